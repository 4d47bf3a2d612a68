/** An emoticon found at a place of a text. */
export interface Emoticon {
  readonly token: string;
  readonly end: number;
}

/** Emoticons that stay as they are; the longest that fits is taken. Letters at an end need a border there. */
const FIXED: readonly string[] = [
  '</3',
  '<3',
  '^_^',
  '^.^',
  '^^',
  '-_-',
  '-.-',
  'T_T',
  ';_;',
  'o_O',
  'O_o',
  'o_o',
  'xD',
  'XD',
  'D:',
  '\\o/',
];

const FIXED_BY_FIRST = new Map<number, readonly string[]>();
for (const emoticon of FIXED) {
  const first = emoticon.charCodeAt(0);
  const others = FIXED_BY_FIRST.get(first) ?? [];
  FIXED_BY_FIRST.set(
    first,
    [...others, emoticon].sort((a, b) => b.length - a.length),
  );
}

/** Mouths by what they mean: many spellings, one token. */
const MOUTHS: Readonly<Record<string, string>> = {
  ')': ')',
  ']': ')',
  '}': ')',
  '(': '(',
  '[': '(',
  '{': '(',
  '/': '/',
  '\\': '/',
  '|': '|',
  '*': '*',
  '@': '@',
  $: '$',
  D: 'D',
  d: 'D',
  p: 'p',
  P: 'p',
  o: 'o',
  O: 'o',
  s: 's',
  S: 's',
  x: 'x',
  X: 'x',
  '3': '3',
};
const MIRRORED: Readonly<Record<string, string>> = { '(': ')', ')': '(' };

const isEye = (character: string | undefined) => character === ':' || character === ';' || character === '=';
const isNose = (character: string | undefined) => character === '-' || character === 'o' || character === '^';
const isWord = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** Whether an emoticon may start with this unit: asked before anything dearer. */
export function mayStartEmoticon(unit: number): boolean {
  return unit < 128 && STARTS[unit] === 1;
}

const STARTS = new Uint8Array(128);
for (const start of [':', ';', '=', '(', ')', ...FIXED.map((emoticon) => emoticon.charAt(0))])
  STARTS[start.charCodeAt(0)] = 1;

/**
 * The emoticon that starts here, without its nose and with one mouth: ":-)))" is ":)", "=]" too, "(-:" as well.
 * `fresh` tells that nothing of a word is before it: "sad:(" has one, "re:D" none.
 */
export function emoticonAt(text: string, position: number, fresh: boolean): Emoticon | undefined {
  return fixed(text, position, fresh) ?? facing(text, position, fresh) ?? mirrored(text, position, fresh);
}

function fixed(text: string, position: number, fresh: boolean): Emoticon | undefined {
  for (const emoticon of FIXED_BY_FIRST.get(text.charCodeAt(position)) ?? []) {
    if (!text.startsWith(emoticon, position)) continue;
    const end = position + emoticon.length;
    if ((!fresh && isWord(emoticon[0])) || (isWord(emoticon.at(-1)) && isWord(text[end]))) continue;
    return { token: emoticon.toLowerCase() === 'o_o' ? 'o_o' : emoticon === 'XD' ? 'xD' : emoticon, end };
  }
  return undefined;
}

function facing(text: string, position: number, fresh: boolean): Emoticon | undefined {
  if (!isEye(text[position])) return undefined;
  let place = position + 1;
  const tear = text[place] === "'" || text[place] === '’';
  if (tear) place += 1;
  else if (isNose(text[place]) && text[place + 1] !== undefined && MOUTHS[text.charAt(place + 1)] !== undefined)
    place += 1;
  const spelled = text.charAt(place);
  const mouth = MOUTHS[spelled];
  if (mouth === undefined || (spelled === '/' && text[place + 1] === '/')) return undefined;
  let end = place + 1;
  while (text[end] === spelled) end += 1;
  // ":D" at the end of "re:D" or at the start of ":Details" is none.
  if (isWord(spelled) && (!fresh || isWord(text[end]))) return undefined;
  const eyes = text[position] === ';' ? ';' : ':';
  return { token: `${eyes}${tear ? "'" : ''}${mouth}`, end };
}

function mirrored(text: string, position: number, fresh: boolean): Emoticon | undefined {
  const mouth = MIRRORED[text.charAt(position)];
  if (mouth === undefined || !fresh) return undefined;
  const eyes = position + (text[position + 1] === '-' ? 2 : 1);
  if (!isEye(text[eyes]) || isWord(text[eyes + 1])) return undefined;
  return { token: `${text[eyes] === ';' ? ';' : ':'}${mouth}`, end: eyes + 1 };
}
