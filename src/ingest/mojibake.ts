import { WINDOWS_1252 } from './windows-1252.ts';

/** The start of a character of UTF-8 as Windows-1252 (or Latin-1, with its C1 controls) shows it. */
const SUSPECT = new RegExp(`[\\u00c2-\\u00f4][\\u0080-\\u00bf${WINDOWS_1252.replaceAll(' ', '')}]`);
const BYTES = new Map(
  [...WINDOWS_1252].flatMap((sign, index) => (sign === ' ' ? [] : [[sign.charCodeAt(0), index + 0x80]])),
);
/** Signs that follow a word as it is: `AMANHÃ…` may be Portuguese and not `AMANHÅ`. */
const AFTER_WORDS = new Set([...'‚„…‹‘’“”•–—›™\u00a0¡¨ª«¯°´·º»¿'].map((sign) => sign.charCodeAt(0)));
const LETTER = /\p{L}/u;
const UPPER = /\p{Lu}/u;
const LOST = 0xfffd;
const REPLACED = -1;

/**
 * Repairs UTF-8 that was read as Windows-1252, once or twice (`itâ€™s`, `cafÃ©`, `Ã¢â‚¬â„¢`), where that is certain: every
 * character of the text is one of Windows-1252, every one beyond ASCII is part of UTF-8, what they stand for is in common use, and
 * at least one is nothing that people write. Any other text is returned as it came. A character of which bytes were lost, as in `â€`
 * for a closing quote, stays as it is.
 */
export function repairMojibake(text: string): string {
  if (!SUSPECT.test(text)) return text;
  const once = repairOnce(text);
  return once === undefined ? text : (repairOnce(once) ?? once);
}

/** One part of a text: a character of UTF-8 where `codePoint` is set, else what stays as it is. */
interface Part {
  start: number;
  end: number;
  codePoint: number | undefined;
}

function repairOnce(text: string): string | undefined {
  const bytes = bytesOf(text);
  const parts = bytes && partsOf(bytes);
  if (!parts) return undefined;
  let certain = false;
  let repaired = '';
  for (const [index, part] of parts.entries()) {
    const { start, end, codePoint } = part;
    if (codePoint === undefined) {
      repaired += text.slice(start, end);
      continue;
    }
    const character = String.fromCodePoint(codePoint);
    if (!COMMON.test(character)) return undefined;
    // Two in a row are no chance.
    certain ||= parts[index - 1]?.codePoint !== undefined || isUnwritten(text, part, codePoint);
    repaired += character;
  }
  return certain ? repaired : undefined;
}

/** The byte that each character stands for; undefined when one stands for none. */
function bytesOf(text: string): Int16Array | undefined {
  const bytes = new Int16Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const byte = code <= 0xff ? code : code === LOST ? REPLACED : BYTES.get(code);
    if (byte === undefined) return undefined;
    bytes[index] = byte;
  }
  return bytes;
}

/** Cuts bytes into characters of UTF-8 and what stays; undefined when some are neither. */
function partsOf(bytes: Int16Array): Part[] | undefined {
  const parts: Part[] = [];
  let start = 0;
  while (start < bytes.length) {
    const lead = bytes[start] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    let end = start + 1;
    while (end < start + length && isContinuation(bytes[end] ?? 0)) end += 1;
    if (length > 1 && end === start + length) {
      const codePoint = codePointOf(bytes.subarray(start, end));
      if (codePoint === undefined) return undefined;
      parts.push({ start, end, codePoint });
    } else if (length === 1 || isRemainder(bytes, start, end)) parts.push({ start, end, codePoint: undefined });
    else return undefined;
    start = end;
  }
  return parts;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Punctuation whose last byte was lost, which Windows-1252 has nothing for, or the character at which a text was cut. */
function isRemainder(bytes: Int16Array, start: number, end: number): boolean {
  if (bytes[start] === 0xe2 && bytes[start + 1] === 0x80) return true;
  return end === bytes.length && end > start + 1;
}

/** The code point of a sequence of 2 to 4 bytes (a surrogate too: `COMMON` has none); undefined when it is longer than need be, or none. */
function codePointOf(sequence: Int16Array): number | undefined {
  const length = sequence.length;
  let codePoint = (sequence[0] ?? 0) & (0x7f >> length);
  for (const byte of sequence.subarray(1)) codePoint = (codePoint << 6) | (byte & 0x3f);
  const least = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x1_0000;
  return codePoint < least || codePoint > 0x10_ffff ? undefined : codePoint;
}

/** What texts are commonly written in: letters (and three signs of Windows-1252), scripts of Asia, signs, emoji. */
const COMMON = new RegExp(
  [
    '^[\\u0080-\\u017f\\u0192\\u01a0-\\u01b0\\u0218-\\u021b\\u02c6\\u02dc\\u0370-\\u052f\\u05d0-\\u05ea\\u0600-\\u06ff',
    '\\u0900-\\u0eff\\u10a0-\\u10ff\\u1e00-\\u1eff\\u3000-\\u9fff\\uac00-\\ud7a3\\uff00-\\uffef',
    '\\u2000-\\u2bff\\ufe0f\\ufeff\\ufffd\\u{1f000}-\\u{1faff}]$',
  ].join(''),
  'u',
);

/** Whether people don't write what stands there, such as `Ã©` or `â€™`, though it stands alone between other characters. */
function isUnwritten(text: string, { start, end }: Part, codePoint: number): boolean {
  const before = text[start - 1] ?? '';
  const after = text[end] ?? '';
  const second = text.charCodeAt(start + 1);
  if (codePoint > 0xffff || codePoint === LOST) return true;
  if (codePoint >= 0x2000 && codePoint < 0x2c00)
    return codePoint < 0x2040 || !LETTER.test(before) || !AFTER_WORDS.has(second);
  if (codePoint < 0xa0 || codePoint > 0x17f) return false;
  if (!AFTER_WORDS.has(second)) return true;
  if (UPPER.test(before)) return false;
  // `Â°`, `Â«` and a blank after Â; of the others, such as `Ã…`, those inside a word.
  return codePoint < 0xc0 || LETTER.test(before) || LETTER.test(after);
}
