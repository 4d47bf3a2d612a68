export type Slots = Readonly<Record<string, readonly string[]>>;

/**
 * Fills a sentence in: innermost braces first, each a slot's name or a choice `{a|b}` of its own. What is picked may have braces
 * again. Throws RangeError for a slot that there is not.
 */
export function fillIn(sentence: string, slots: Slots, pick: (values: readonly string[]) => string): string {
  let text = sentence;
  while (text.includes('{'))
    text = text.replace(/\{([^{}]*)\}/, (_, inner: string) => {
      if (inner.includes('|')) return pick(inner.split('|'));
      const values = slots[inner];
      if (values === undefined) throw new RangeError(`no slot is named "${inner}" in: ${sentence}`);
      return pick(values);
    });
  return text;
}
