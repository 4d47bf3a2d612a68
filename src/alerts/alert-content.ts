import { type Day, formatDay } from '../calendar.ts';

/** Why there is something to tell: a dip began, it still stands, or it is over. */
export type AlertKind = 'firing' | 'repeat' | 'resolved';

/** What is told about one alert, in words: the text and the HTML part are two layouts of it. Stored as JSON. */
export interface AlertContent {
  readonly kind: AlertKind;
  readonly slug: string;
  readonly ruleId: string;
  /** ISO date of the newest day that is told. */
  readonly day: string;
  readonly subject: string;
  readonly brand: string;
  readonly date: string;
  readonly title: string;
  /** What happened, how sure it is, and on how many posts it rests. */
  readonly lead: string;
  readonly certainty: string;
  /** What an accurate model says of it; contents of earlier versions lack it. */
  readonly opinion?: string;
  readonly basis: string;
  readonly facts: readonly { readonly label: string; readonly value: string; readonly note: string }[];
  readonly recent: readonly {
    readonly date: string;
    readonly daily: string;
    readonly smoothed: string;
    readonly posts: string;
  }[];
  readonly dailyLabel: string;
  readonly smoothedLabel: string;
  readonly events: readonly { readonly date: string; readonly text: string }[];
  readonly quotesNote: string;
  readonly quotes: readonly Quote[];
  readonly terms: readonly { readonly term: string; readonly text: string }[];
  readonly resolve: string;
  readonly rule: string;
  readonly silence: string;
  readonly page: string;
  readonly scale: string;
}

type Quote = {
  readonly score: string;
  readonly note: string;
  readonly text: string;
  /** Of the stored text, by which it is found again when its author asks to be forgotten. */
  readonly hash: string;
};

export const BRAND_IN_SUBJECT = 40;
export const BRAND_IN_BODY = 80;

/** What silences a brand for a week after the morning of a mail. */
export function silenceCommand(slug: string, day: Day): string {
  return `monitor alerts silence ${slug} --until ${formatDay(day + 8)} --comment "why"`;
}
