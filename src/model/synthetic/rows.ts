import { type Days, formatDay } from '../../calendar.ts';
import type { Sentiment } from '../../sentiment.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../spec.ts';
import { type Random, randomOf, shuffled } from '../training/random.ts';
import { fillIn } from './fill-in.ts';
import { AMBIGUOUS, SENTENCES, SLOTS } from './sentences.ts';
import { asTyped, type Pick } from './typing.ts';

/** One labelled post; brand and user are invented. */
export interface SyntheticRow {
  readonly text: string;
  readonly label: Sentiment;
  readonly brand: string;
  readonly userId: string;
  /** An instant of the days asked for, as ISO 8601 in UTC to the second; empty without days. */
  readonly createdAt: string;
}

export interface SyntheticOptions {
  readonly rows: number;
  readonly classes: 2 | 3;
  readonly seed: number;
  /** First and last day, both included. */
  readonly days?: Days;
}

/** The invented brands of the sample that comes with the program. */
const BRANDS = ['Brindlecup', 'Larkovia', 'Pellimo'];

/** Share of texts whose class nobody could tell, and of those that say something besides their main sentence. */
const AMBIGUOUS_SHARE = 0.05;
const SECOND_SHARE = 0.2;

/** How often a text is drawn anew that was there before. Very many rows end with a few repeats. */
const TRIES = 20;

const USERS = 400;
const SECONDS_PER_DAY = 86_400;

/**
 * Labelled posts made of sentences of our own, the same for the same options on every machine. Each class has the same number
 * of rows, to within one, in the whole as in any part from the beginning; texts are different from each other as long as
 * there are different ones to be had.
 */
export function syntheticRows({ rows, classes, seed, days }: SyntheticOptions): SyntheticRow[] {
  const names: readonly Sentiment[] = classes === 2 ? TWO_CLASSES : THREE_CLASSES;
  const random = randomOf(seed);
  const pick = pickOf(random);
  const seen = new Set<string>();
  const made: SyntheticRow[] = [];
  while (made.length < rows)
    for (const label of shuffled(names, random).slice(0, rows - made.length)) {
      const brand = pick(BRANDS);
      let text = textOf(label, brand, random, pick);
      for (let tries = 1; seen.has(text) && tries < TRIES; tries += 1) text = textOf(label, brand, random, pick);
      seen.add(text);
      // Few people write much: the square of an even draw piles up at the first ids.
      const userId = `user${1 + Math.floor(random() ** 2 * USERS)}`;
      made.push({ text, label, brand: brand.toLowerCase(), userId, createdAt: days ? instantIn(days, random) : '' });
    }
  return made;
}

function textOf(label: Sentiment, brand: string, random: Random, pick: Pick): string {
  const spelling = random() < 0.15 ? brand.toLowerCase() : brand;
  const say = (sentence: string): string => {
    const said = fillIn(sentence, { ...SLOTS, brandName: [spelling] }, pick);
    const tidy = said.replaceAll(/\s+/g, ' ').replaceAll(/\s+([.,!?])/g, '$1');
    return tidy.replaceAll(/\ba (?=[aeiou])/g, 'an ').replace(/^[a-z]/, (letter) => letter.toUpperCase());
  };
  const main = say(pick(random() < AMBIGUOUS_SHARE ? AMBIGUOUS : SENTENCES[label]));
  const second = random() < SECOND_SHARE ? ` ${say(pick(SENTENCES[random() < 0.5 ? 'neutral' : label]))}` : '';
  return asTyped(main + second, label, random, pick);
}

function instantIn({ from, to }: Days, random: Random): string {
  const day = from + Math.floor(random() * (to - from + 1));
  const second = Math.floor(random() * SECONDS_PER_DAY);
  const part = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${formatDay(day)}T${part(second / 3600)}:${part((second / 60) % 60)}:${part(second % 60)}Z`;
}

function pickOf(random: Random): Pick {
  return (values) => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  };
}
