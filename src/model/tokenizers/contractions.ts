/** What follows an apostrophe and is a word of its own, as GloVe's vocabulary has it. */
export const CLITICS: ReadonlyMap<string, string> = new Map(
  ['s', 'm', 're', 've', 'll', 'd'].map((suffix) => [suffix, `'${suffix}`]),
);

/** The negation that ends a contraction. */
export const NOT = "n't";

/** Verbs that change before n't. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['ca', 'can'],
  ['wo', 'will'],
  ['sha', 'shall'],
  ['ai', 'is'],
]);

/** The verb before n't: `do` of "don", `can` of "can", `will` of "won"; nothing when the word does not end in n. */
export function negated(word: string): string | undefined {
  if (!word.endsWith('n')) return undefined;
  const verb = word.slice(0, -1);
  return IRREGULAR.get(verb) ?? verb;
}

/**
 * Contractions that are typed without their apostrophe. Those that are common words as well ("well", "ill", "id", "were", "its")
 * are left alone.
 */
export const UNMARKED: ReadonlyMap<string, readonly [string, string]> = new Map<string, readonly [string, string]>([
  ...['do', 'is', 'did', 'does', 'was', 'are', 'could', 'would', 'should', 'have', 'has', 'had', 'were'].map(
    (verb): [string, readonly [string, string]] => [`${verb}nt`, [verb, NOT]],
  ),
  ['cant', ['can', NOT]],
  ['wont', ['will', NOT]],
  ['aint', ['is', NOT]],
  ['cannot', ['can', 'not']],
  ['im', ['i', "'m"]],
  ['ive', ['i', "'ve"]],
  ['youre', ['you', "'re"]],
  ['theyre', ['they', "'re"]],
  ['youve', ['you', "'ve"]],
  ['thats', ['that', "'s"]],
  ['whats', ['what', "'s"]],
]);
