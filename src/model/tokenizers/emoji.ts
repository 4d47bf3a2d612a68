import { KIND, kindAt, widthAt } from './characters.ts';

const JOINER = 0x200d;
const isRegional = (code: number) => code >= 0x1f1e6 && code <= 0x1f1ff;
const isSkin = (code: number) => code >= 0x1f3fb && code <= 0x1f3ff;
const isTag = (code: number) => code >= 0xe0020 && code <= 0xe007f;
const isGender = (code: number) => code === 0x2640 || code === 0x2642;

/**
 * The emoji that starts here, as people see it: joined ones (a family, a flag) are one. Skin tone, gender sign, variation
 * selector and tags are dropped, and ♥ is ❤: they share a meaning, and apart each would be too rare to learn.
 */
export function emojiAt(text: string, position: number): { token: string; end: number } {
  const first = text.codePointAt(position) ?? 0;
  let end = position + widthAt(text, position);
  if (isRegional(first)) {
    const second = text.codePointAt(end) ?? 0;
    return isRegional(second)
      ? { token: String.fromCodePoint(first, second), end: end + 2 }
      : { token: String.fromCodePoint(first), end };
  }
  const parts = [first === 0x2665 ? 0x2764 : first];
  for (;;) {
    const code = text.codePointAt(end) ?? 0;
    if (code === 0xfe0f || code === 0xfe0e || code === 0x20e3) end += 1;
    else if (isSkin(code) || isTag(code)) end += 2;
    else if (code === JOINER && kindAt(text, end + 1) === KIND.pictograph) {
      const joined = text.codePointAt(end + 1) ?? 0;
      if (!isGender(joined)) parts.push(JOINER, joined);
      end += 1 + widthAt(text, end + 1);
    } else return { token: String.fromCodePoint(...parts.slice(0, MOST_PARTS)), end };
  }
}

/** No emoji joins more; a text that goes on joining for ever is cut. */
const MOST_PARTS = 15;
