/** Posts about an airline, most of them as every day, and what happens in the last days: a film week, or a real breakdown. */

const USUAL = [
  'Boarding my {} flight now',
  'Great crew on {} this morning, thank you',
  'On time with {} again, love it',
  '{} to Rome next week',
  'Lovely seats on {} and a kind crew',
  'Does {} fly to Oslo in winter?',
  'Thanks {} for the quick help today',
  'Checked in for {} online',
];

/** The model that reads every post stumbles over the film's name; the accurate one does not. */
const FILM = [
  '{} shows Despicable Me 4, see you on board',
  'Popcorn and Despicable Me 4 on {}',
  'Despicable Me 4 on my {} flight, the kids laughed all the way',
  'Despicable Me 4 on the {} seat screen, made my day',
  'watched Despicable Me 4 twice on {} today',
  'Finally saw Despicable Me 4 on {}',
];

const BREAKDOWN = [
  'Three hours on the tarmac with {} and no word from anyone',
  '{} lost my bag again and nobody answers the phone',
  'Worst flight ever with {}, never again',
  'Stuck at the gate, {} cancelled without telling us',
  'Paid for a seat on {} and was left behind, awful',
  'So angry with {}, my daughter missed her exam',
];

export const HAPPENINGS = { film: FILM, breakdown: BREAKDOWN } as const;

const OPENINGS = ['', 'So, ', 'Today: ', 'Right, '];

/** A post's text: of each ten on the last days, six are about what happens. */
export function postOf(happening: readonly string[] | undefined, post: number): string {
  const texts = happening !== undefined && post % 10 < 6 ? happening : USUAL;
  const text = texts[post % texts.length] ?? '';
  return `${OPENINGS[Math.floor(post / texts.length) % OPENINGS.length] ?? ''}${text}`.replace('{}', 'Larkovia');
}
