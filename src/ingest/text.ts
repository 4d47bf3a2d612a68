import { decodeHTMLStrict } from 'entities/decode';
import { repairMojibake } from './mojibake.ts';
import { WINDOWS_1252 } from './windows-1252.ts';

/** Texts without any of these, and without `&`, are clean but for their outer blanks. */
const ORDINARY = /^[\n\x20-\x25\x27-\x7e]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /\r\n?|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/g;
/** Characters below U+0300, common punctuation and emoji are their own normal form, and compose with nothing. */
const MAY_COMPOSE = /[\u0300-\u2009\u2070-\ud83b\ud83f-\ufe0e\ufe10-\uffff]/;

/**
 * The text that people are shown and brands are looked for in: HTML entities decoded (twice, as some exports encode them twice),
 * UTF-8 that was read as Windows-1252 repaired where that is certain, line breaks made `\n`, tabs made blanks, C1 controls read as the Windows-1252 characters that they stand for, other control
 * characters dropped, Unicode NFC, outer blanks cut. U+FFFD and lone surrogates stay: what was lost is not invented.
 * Only entities that end in `;` are decoded, so that `?a=1&copy=2` in a link stays as it is.
 */
export function cleanText(original: string): string {
  if (ORDINARY.test(original)) return original.trim();
  let text = original;
  for (let pass = 0; pass < 2 && text.includes('&'); pass += 1) text = decodeHTMLStrict(text);
  text = repairMojibake(text);
  text = text.replace(CONTROL, replaceControl);
  if (MAY_COMPOSE.test(text)) text = text.normalize('NFC');
  return text.trim();
}

function replaceControl(control: string): string {
  const code = control.charCodeAt(0);
  if (code === 0x0d || code >= 0x2028) return '\n';
  if (code === 0x09 || code === 0x0b || code === 0x0c) return ' ';
  return (WINDOWS_1252[code - 0x80] ?? '').trim();
}

/** A short field such as a user or an id: control characters dropped, outer blanks cut; null when nothing is left. */
export function cleanField(field: string | undefined): string | null {
  return field?.replace(CONTROL, '').trim() || null;
}
