import { hash16 } from './identity.ts';

/** What texts that are copies of one another share. A text of nothing but emoji or links is a copy only of its like. */
export function copyHash(body: string): Buffer {
  const length = writeEssence(body);
  return hash16(length > 0 ? bytes.subarray(0, length) : slowEssence(body) || body.toLowerCase());
}

/** A text without what copies of it differ in: links, mentions, the mark of a retweet, case and punctuation. */
export function essenceOf(text: string): string {
  return fastEssence(text) ?? slowEssence(text);
}

/** The same for nearly all texts; undefined for the few that need the definition. */
export function fastEssence(text: string): string | undefined {
  const length = writeEssence(text);
  return length === TOO_HARD ? undefined : bytes.toString('utf8', 0, length);
}

/** The definition, which says the same in five times the time. */
export function slowEssence(text: string): string {
  return text
    .toLowerCase()
    .replace(/https?:\/\/\S+|@\w+/g, ' ')
    .replace(/^\s*rt\b/, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const TOO_HARD = -1;
/** Longer texts are rare. */
const LONGEST = 4096;
const BLANK = 0x20;
const AT = 0x40;
const [H, R, S, T] = [0x68, 0x72, 0x73, 0x74];

/** Kinds of UTF-16 units, found out when one is first met: 0 is not known yet. */
const LETTER = 1;
const SIGN = 2;
const SPACE = 3;
/** Letters whose small form depends on their place or is longer; the first halves of letters beyond the first plane. */
const HARD = 4;
const kinds = new Uint8Array(65_536);
const smallForms = new Uint16Array(65_536);

/** A text, and a blank after it, at which all that goes on in it ends. */
const units = new Uint16Array(LONGEST + 1);
const unitBytes = Buffer.from(units.buffer);
const bytes = Buffer.alloc(LONGEST * 3);

learn(BLANK);

function learn(unit: number): number {
  const character = String.fromCharCode(unit);
  const small = character.toLowerCase();
  smallForms[unit] = small.charCodeAt(0);
  // Emoji pairs are signs, but for the few that `isRarePair` finds.
  const isHard = small.length !== 1 || character === 'Σ' || (unit >= 0xd800 && unit < 0xdc00 && !isEmojiHalf(unit));
  const kind = isHard ? HARD : /[\p{L}\p{N}]/u.test(small) ? LETTER : /\s/.test(small) ? SPACE : SIGN;
  kinds[unit] = kind;
  // What is looked at later is the small form.
  const smallForm = smallForms[unit] ?? 0;
  if (kinds[smallForm] === 0) learn(smallForm);
  return kind;
}

function isEmojiHalf(unit: number): boolean {
  return unit >= 0xd83c && unit <= 0xd83e;
}

/** Whether a pair with the first half of an emoji may be a letter or digit, as 🄀 and 🯰 are. */
function isRarePair(first: number, second: number): boolean {
  return (first === 0xd83c && second < 0xdf00) || (first === 0xd83e && second >= 0xdfb0);
}

/** Writes the essence's UTF-8 into `bytes`. Returns its length, or `TOO_HARD`. */
function writeEssence(text: string): number {
  const { length } = text;
  if (length > LONGEST) return TOO_HARD;
  unitBytes.write(text, 'utf16le');
  units[length] = BLANK;
  for (let at = 0; at < length; at += 1) {
    const unit = units[at] ?? 0;
    if ((kinds[unit] || learn(unit)) === HARD) return TOO_HARD;
    if (isRarePair(unit, units[at + 1] ?? 0)) return TOO_HARD;
    units[at] = smallForms[unit] ?? 0;
  }
  let start = 0;
  while (start < length && isBlank(start)) start = isSpaceAt(start) ? start + 1 : endOfLink(start);
  if (units[start] === R && units[start + 1] === T && isEndOfWord(start + 2)) start += 2;

  let written = 0;
  let apart = false;
  for (let at = start; at < length; ) {
    const unit = units[at] ?? 0;
    const end = unit === H || unit === AT ? endOfLink(at) : at;
    if (end > at || kinds[unit] !== LETTER) {
      apart = true;
      at = Math.max(end, at + 1);
      continue;
    }
    if (apart && written > 0) bytes[written++] = BLANK;
    apart = false;
    written = writeUnit(unit, written);
    at += 1;
  }
  return written;
}

function writeUnit(unit: number, at: number): number {
  let next = at;
  if (unit < 0x80) bytes[next++] = unit;
  else {
    if (unit < 0x800) bytes[next++] = 0xc0 | (unit >> 6);
    else {
      bytes[next++] = 0xe0 | (unit >> 12);
      bytes[next++] = 0x80 | ((unit >> 6) & 0x3f);
    }
    bytes[next++] = 0x80 | (unit & 0x3f);
  }
  return next;
}

/** Where the link or mention that starts here ends; the start itself if none does. */
function endOfLink(start: number): number {
  let at = start;
  if (units[at] === AT) {
    at += 1;
    while (isWordUnit(units[at] ?? 0)) at += 1;
    return at > start + 1 ? at : start;
  }
  for (const unit of HTTP) if (units[at++] !== unit) return start;
  if (units[at] === S) at += 1;
  for (const unit of SLASHES) if (units[at++] !== unit) return start;
  const first = at;
  while (!isSpaceAt(at)) at += 1;
  return at > first ? at : start;
}

const HTTP = [0x68, 0x74, 0x74, 0x70] as const;
const SLASHES = [0x3a, 0x2f, 0x2f] as const;

function isSpaceAt(at: number): boolean {
  return kinds[units[at] ?? BLANK] === SPACE;
}

function isBlank(at: number): boolean {
  return isSpaceAt(at) || endOfLink(at) > at;
}

function isEndOfWord(at: number): boolean {
  return !isWordUnit(units[at] ?? 0) || endOfLink(at) > at;
}

/** What `\w` is: ASCII letters, digits and the underscore, in small letters. */
function isWordUnit(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f;
}
