import { fillIn, type Slots } from '../../src/model/synthetic/fill-in.ts';
import { EMOJI, SLIPS } from '../../src/model/synthetic/typing.ts';
import type { Random } from './random.ts';
import type { Mood, Voice } from './voice.ts';

/** No post is longer, in UTF-16 units. */
export const LONGEST_POST = 240;

const OPENINGS: Record<Mood, readonly string[]> = {
  positive: [
    'Wow.',
    'So happy.',
    'Good news.',
    'Love this.',
    'What a day.',
    'Honestly the best.',
    'Yes!',
    'Credit where it is due.',
  ],
  negative: ['Really?', 'Not happy.', 'Seriously?', 'Unbelievable.', 'Not again.', 'So angry.', 'Come on.', 'Enough.'],
  neutral: ['Quick question.', 'Hello.', 'Morning all.', 'Hi there.'],
};

const CLOSINGS: Record<Mood, readonly string[]> = {
  positive: [
    'Highly recommended.',
    'Thank you so much.',
    'Made my day.',
    'Five stars.',
    'Keep it up.',
    'So happy with this.',
    'Ten out of ten.',
    'A real joy.',
    'Great team.',
    'Love you all.',
    'Simply the best.',
  ],
  negative: [
    'Very disappointed.',
    'Never again.',
    'I want my money back.',
    'Zero stars.',
    'Just bad.',
    'Shame on you.',
    'Terrible.',
    'I expected better.',
    'Really poor.',
    'What a waste of time.',
    'Stay away.',
    'Do better.',
  ],
  neutral: ['Thanks.', 'Just asking.', 'Thanks in advance.', 'Anyone?'],
};

/** Whether two sentences share a word that would sound like an echo. */
function echoes(first: string, second: string): boolean {
  const words = new Set(first.toLowerCase().match(/[a-z]{4,}/g));
  return (second.toLowerCase().match(/[a-z]{4,}/g) ?? []).some((word) => words.has(word));
}

/** Appends a part where the post stays short enough. */
function withPart(text: string, separator: string, part: string): string {
  return text.length + separator.length + part.length <= LONGEST_POST ? text + separator + part : text;
}

/** A sentence between an opening and a closing that fit its mood. Only a question is closed like one. */
function inContext(sentence: string, mood: Mood, random: Random): string {
  const separator = random.chance(0.06) ? '\n' : ' ';
  let text = sentence;
  if (mood !== 'neutral' || sentence.endsWith('?')) {
    const opening = random.pick(OPENINGS[mood]);
    const closing = random.pick(CLOSINGS[mood]);
    const opened = random.chance(0.22) && !echoes(sentence, opening);
    if (opened) text = opening + separator + text;
    if (random.chance(0.42) && !echoes(text, closing)) text = withPart(text, separator, closing);
  }
  return text.length <= LONGEST_POST ? text : sentence;
}

/** The way that the writer types: stops, shouting, slips, entities left by an exporting tool. */
function asTyped(text: string, mood: Mood, random: Random): string {
  let typed = text;
  if (mood !== 'neutral' && random.chance(0.25)) typed = typed.replace(/\.$/, random.pick(['!', '!', '!!', '...']));
  else if (random.chance(0.2)) typed = typed.replace(/\.$/, '');
  if (random.chance(0.05)) {
    const [right, wrong] = random.pick(SLIPS);
    typed = typed.replace(right, wrong);
  }
  if (random.chance(0.07)) typed = typed.toLowerCase();
  else if (mood === 'negative' && random.chance(0.02)) typed = typed.toUpperCase();
  if (random.chance(0.08)) typed = typed.replace(' and ', ' &amp; ');
  if (random.chance(0.3)) typed = typed.replaceAll('"', '&quot;').replaceAll("'", '&#39;');
  return typed.length <= LONGEST_POST ? typed : text;
}

/** What is hung on at the end: an emoji, a hashtag, a link to a picture. */
function decorated(text: string, mood: Mood, topics: readonly string[], random: Random): string {
  let post = text;
  if (random.chance(0.28)) post = withPart(post, ' ', random.pick(EMOJI[mood]).repeat(random.chance(0.2) ? 2 : 1));
  if (topics.length > 0 && random.chance(0.12)) post = withPart(post, ' ', random.pick(topics));
  if (random.chance(0.05)) post = withPart(post, ' ', `https://pic.example/${random.below(60_466_176).toString(36)}`);
  return post;
}

/**
 * One post on a brand. Where the sentence does not say the brand, it is added as a mention or a hashtag;
 * with `mayBeUnnamed` some posts stay without it, because the export's brand column says it.
 */
export function postText(
  sentence: string,
  mood: Mood,
  voice: Voice,
  { mayBeUnnamed, slots }: { mayBeUnnamed: boolean; slots: Slots },
  random: Random,
): string {
  const filled = fillIn(sentence, { ...voice.slots, brand: voice.spellings, ...slots }, random.pick);
  let text = asTyped(inContext(filled, mood, random), mood, random);
  const named = text.toLowerCase().includes(voice.handle.slice(1));
  if (!named && !(mayBeUnnamed && random.chance(0.5)))
    text = random.chance(0.5) ? `${voice.handle} ${text}` : `${text} ${voice.hashtag}`;
  return decorated(text, mood, voice.topics, random);
}

/** One post that is on no brand, or on two that its sentence names. */
export function plainText(sentence: string, mood: Mood, random: Random): string {
  return decorated(asTyped(fillIn(sentence, {}, random.pick), mood, random), mood, [], random);
}
