import { isApostrophe, isWordKind, KIND, kindAt, widthAt } from './characters.ts';
import { CLITICS, NOT, negated, UNMARKED } from './contractions.ts';
import { emojiAt } from './emoji.ts';
import { emoticonAt, mayStartEmoticon } from './emoticons.ts';
import { hashtagWords } from './hashtag.ts';
import { type ChooseSpelling, HASHTAG, LINK, MENTION, NUMBER, REPEATED, Tokens } from './tokens.ts';

/**
 * Tokeniser `social`, version 1: what a post says, in words that GloVe's vocabulary has, and signs of how it says it.
 * Links, mentions and numbers are classes; hashtags are `<hashtag>` and their words; every emoji and emoticon is a token;
 * contractions are cut so that a negation is always "n't"; drawn-out words are squeezed and followed by `<elong>`, repeated
 * signs and emoji by `<repeat>`; a run of words in capitals is preceded by `<allcaps>`. Of punctuation only !, ? and … stay.
 * Reads each character a bounded number of times. Any change to what it gives is a new version.
 */
export function socialTokens(
  text: string,
  limit = Number.POSITIVE_INFINITY,
  choose: ChooseSpelling = (doubled) => doubled,
): string[] {
  // Letters in fancy alphabets (𝓵𝓸𝓿𝓮, ＬＯＶＥ) are letters.
  const source = FANCY.test(text) ? text.normalize('NFKC') : text;
  const out = new Tokens(choose);
  let position = 0;
  while (position < source.length && out.tokens.length < limit) position = readToken(source, position, out);
  return out.tokens.length > limit ? out.tokens.slice(0, limit) : out.tokens;
}

/**
 * Where the tokens stand: the parts of a text that are read in one go and give at least one token, with start and end in UTF-16
 * units. Undefined for a text with letters in fancy alphabets, which is read in another form than it is written.
 */
export function socialSpans(text: string): { start: number; end: number }[] | undefined {
  if (FANCY.test(text)) return undefined;
  const out = new Tokens((doubled) => doubled);
  const spans: { start: number; end: number }[] = [];
  for (let position = 0; position < text.length; ) {
    const [start, before] = [position, out.tokens.length];
    position = readToken(text, start, out);
    if (out.tokens.length > before) spans.push({ start, end: position });
  }
  return spans;
}

const FANCY = /[\ud835\uff01-\uff5e]/;

/** Reads what starts here and tells where it ends. */
function readToken(text: string, position: number, out: Tokens): number {
  const kind = kindAt(text, position);
  if (kind === KIND.blank) return position + 1;
  const unit = text.charCodeAt(position);
  const fresh = position === 0 || !isWordKind(kindAt(text, position - 1));
  if (mayStartEmoticon(unit)) {
    const emoticon = emoticonAt(text, position, fresh);
    if (emoticon) {
      out.sign(emoticon.token);
      return emoticon.end;
    }
  }
  if (isWordKind(kind)) return readWord(text, position, out);
  if (kind === KIND.pictograph) {
    const { token, end } = emojiAt(text, position);
    out.repeatable(token);
    return end;
  }
  if (unit === 0x21 || unit === 0x3f) return readExclamation(text, position, out);
  if (unit === 0x2026) {
    out.sign('...');
    return position + 1;
  }
  if (unit === 0x2e) return readDots(text, position, out);
  if (unit === AT && fresh && isHandle(text, position + 1)) {
    out.sign(MENTION);
    return endOf(text, position + 1, isHandle);
  }
  if (unit === HASH && isHandle(text, position + 1)) return readHashtag(text, position + 1, out);
  // A corpus of 2011 has this in place of its links.
  if (unit === 0x7b && text.startsWith('{link}', position)) {
    out.sign(LINK);
    return position + 6;
  }
  if (isApostrophe(unit) && fresh) return readLooseClitic(text, position, out);
  return position + widthAt(text, position);
}

const AT = 0x40;
const HASH = 0x23;

function isHandle(text: string, position: number): boolean {
  return isWordKind(kindAt(text, position)) || text.charCodeAt(position) === 0x5f;
}

function endOf(text: string, position: number, inside: (text: string, position: number) => boolean): number {
  let end = position;
  while (inside(text, end)) end += widthAt(text, end);
  return end;
}

/** A word, a number, a link, or a word with what follows its apostrophe. */
function readWord(text: string, start: number, out: Tokens): number {
  let end = start;
  let digits = 0;
  let capitals = 0;
  let units = 0;
  let drawnOut = false;
  for (let kind = kindAt(text, end); isWordKind(kind); kind = kindAt(text, end)) {
    if (kind === KIND.digit) digits += 1;
    else if (kind === KIND.capital) capitals += 1;
    if (units >= 2 && kind !== KIND.digit) drawnOut ||= isThird(text, end);
    units += 1;
    end += widthAt(text, end);
  }
  if (digits === units) {
    out.sign(NUMBER);
    return endOfNumber(text, end);
  }
  const next = text.charCodeAt(end);
  if (next === 0x3a || next === 0x2e) {
    const link = endOfLink(text, start, end);
    if (link !== undefined) {
      out.sign(LINK);
      return link;
    }
  }
  const typed = text.slice(start, end);
  const word = capitals > 0 ? typed.toLowerCase() : typed;
  const shouted = capitals >= 2 && capitals + digits === units && word !== 'rt';
  if (isApostrophe(next) && isWordKind(kindAt(text, end + 1))) {
    const suffixEnd = endOf(text, end + 1, isLetter);
    const suffix = text.slice(end + 1, Math.min(suffixEnd, end + 4)).toLowerCase();
    const clitic = CLITICS.get(suffix);
    const verb = suffix === 't' ? negated(word) : undefined;
    if (suffixEnd - end <= 3 && (clitic !== undefined || verb !== undefined)) {
      if (verb === undefined) out.word(word, shouted, drawnOut);
      else if (verb !== '') out.word(verb, shouted, drawnOut);
      out.sign(clitic ?? NOT, true);
      return suffixEnd;
    }
  }
  const parts = UNMARKED.get(word);
  if (parts) {
    out.word(parts[0], shouted, false);
    out.sign(parts[1], true);
  } else out.word(word, shouted, drawnOut);
  return end;
}

/** Whether this letter is the third of its kind in a row, in any case. */
function isThird(text: string, position: number): boolean {
  const unit = text.charCodeAt(position) | 0x20;
  return (text.charCodeAt(position - 1) | 0x20) === unit && (text.charCodeAt(position - 2) | 0x20) === unit;
}

function isLetter(text: string, position: number): boolean {
  const kind = kindAt(text, position);
  return kind === KIND.letter || kind === KIND.capital;
}

/** Of 1,000.50, 10:30, 24/7 and 2015-08-06 all; of "10." only the digits. */
function endOfNumber(text: string, start: number): number {
  let end = start;
  for (;;) {
    if (kindAt(text, end) === KIND.digit) end += widthAt(text, end);
    else if ('.,:/-'.includes(text.charAt(end)) && end < text.length && kindAt(text, end + 1) === KIND.digit) end += 1;
    else return end;
  }
}

/** Longer names are no hosts. */
const LONGEST_HOST = 64;

/** The end of a link that starts with the word from `start` to `end`: http://…, www.…, or a host with a path (t.co/x). */
function endOfLink(text: string, start: number, end: number): number | undefined {
  if (text.startsWith('://', end)) return end - start <= 5 ? endOfUnbroken(text, end + 3) : undefined;
  if (text[end] !== '.' || end - start > LONGEST_HOST || !isWordKind(kindAt(text, end + 1))) return undefined;
  if (end - start === 3 && text.slice(start, end).toLowerCase() === 'www') return endOfUnbroken(text, end);
  const host = /[a-z\d.-]{1,64}\//iy;
  host.lastIndex = end + 1;
  return host.test(text) ? endOfUnbroken(text, host.lastIndex) : undefined;
}

function endOfUnbroken(text: string, position: number): number {
  const gap = /[\s<>"“”…]/gu;
  gap.lastIndex = position;
  return gap.exec(text)?.index ?? text.length;
}

function readHashtag(text: string, start: number, out: Tokens): number {
  const end = endOf(text, start, isHandle);
  out.sign(HASHTAG);
  for (const part of hashtagWords(text.slice(start, end))) {
    if (kindAt(part, 0) === KIND.digit) out.sign(NUMBER, true);
    else {
      const word = part.toLowerCase();
      out.word(word, false, DRAWN_OUT.test(word));
    }
  }
  return end;
}

const DRAWN_OUT = /(\p{L})\1\1/u;

function readExclamation(text: string, start: number, out: Tokens): number {
  let end = start;
  let exclamations = 0;
  let questions = 0;
  for (; ; end += 1) {
    if (text[end] === '!') exclamations += 1;
    else if (text[end] === '?') questions += 1;
    else break;
  }
  if (questions > 0) out.sign('?');
  if (exclamations > 0) out.sign('!');
  if (questions > 1 || exclamations > 1) out.sign(REPEATED);
  return end;
}

function readDots(text: string, start: number, out: Tokens): number {
  let end = start + 1;
  while (text[end] === '.') end += 1;
  if (end > start + 1) out.sign('...');
  return end;
}

/** n't, 's, 've … written apart, as some corpora have them. */
function readLooseClitic(text: string, start: number, out: Tokens): number {
  const end = endOf(text, start + 1, isLetter);
  const clitic = end - start <= 3 ? CLITICS.get(text.slice(start + 1, end).toLowerCase()) : undefined;
  if (clitic === undefined) return start + 1;
  out.sign(clitic, true);
  return end;
}
