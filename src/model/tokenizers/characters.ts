/** What a UTF-16 unit is to the tokeniser. */
export const KIND = { other: 1, blank: 2, letter: 3, capital: 4, digit: 5, pictograph: 6, surrogate: 7 } as const;

/** Kinds by unit, found out on first sight: property tests cost a hundred times a look into a table. */
const kinds = new Uint8Array(0x10000);

/** The kind of the unit at a place; of a character beyond U+FFFF, the kind of the character; 0 behind the end. */
export function kindAt(text: string, position: number): number {
  if (position >= text.length) return 0;
  const unit = text.charCodeAt(position);
  const known = kinds[unit];
  if (known !== undefined && known !== 0) return known === KIND.surrogate ? kindOfAstral(text, position) : known;
  const kind = unit >= 0xd800 && unit <= 0xdfff ? KIND.surrogate : kindOfCharacter(String.fromCharCode(unit));
  kinds[unit] = kind;
  return kind === KIND.surrogate ? kindOfAstral(text, position) : kind;
}

function kindOfAstral(text: string, position: number): number {
  const code = text.codePointAt(position) ?? 0;
  // The half of a pair that was lost is no character.
  if (code <= 0xffff) return KIND.other;
  const known = astralKinds.get(code);
  if (known !== undefined) return known;
  const kind = kindOfCharacter(String.fromCodePoint(code));
  if (astralKinds.size < MOST_ASTRAL) astralKinds.set(code, kind);
  return kind;
}

/** All emoji and some alphabets; what comes after is found out anew each time. */
const MOST_ASTRAL = 8_192;
const astralKinds = new Map<number, number>();

function kindOfCharacter(character: string): number {
  if (/\s/u.test(character)) return KIND.blank;
  if (/[\p{Lu}\p{Lt}]/u.test(character)) return KIND.capital;
  // A combining mark belongs to the letter before it.
  if (/[\p{L}\p{M}]/u.test(character) && !VARIATION.test(character)) return KIND.letter;
  if (/\p{N}/u.test(character)) return KIND.digit;
  // Letter-like signs (™, ©, ®, ℹ) say nothing.
  if (/[\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(character) && !/[©®™ℹ]/u.test(character))
    return KIND.pictograph;
  return KIND.other;
}

const VARIATION = /[\ufe00-\ufe0f\u20e3]/u;

/** Units that a character takes. */
export function widthAt(text: string, position: number): number {
  return (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

export function isWordKind(kind: number): boolean {
  return kind === KIND.letter || kind === KIND.capital || kind === KIND.digit;
}

/** ', ’, `, ´, ʼ and ‘: people type all of them in "don't". */
export function isApostrophe(unit: number): boolean {
  return unit === 0x27 || unit === 0x2019 || unit === 0x60 || unit === 0xb4 || unit === 0x2bc || unit === 0x2018;
}
