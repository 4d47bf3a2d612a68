import type { Mood } from './voice.ts';

/** Posts on two brands at once; both are meant in the same mood. */
export const PAIRS: readonly { brands: readonly string[]; mood: Mood; sentence: string }[] = [
  {
    brands: ['brindlecup', 'larkovia-air'],
    mood: 'positive',
    sentence:
      '{A perfect|A wonderful|An excellent} {flat white|cappuccino|oat latte} from Brindlecup and a {smooth|great|lovely} flight with Larkovia. {Great|Wonderful|Perfect} morning.',
  },
  {
    brands: ['larkovia-air', 'pellimo'],
    mood: 'positive',
    sentence:
      'My Pellimo {5|6} took {beautiful|wonderful|amazing} pictures from the Larkovia window over {the Alps|the sea|Lisbon|Oslo}. {Great|Lovely} flight.',
  },
  {
    brands: ['brindlecup', 'pellimo'],
    mood: 'positive',
    sentence:
      'Two things I love: the {flat white|carrot cake|cold brew} at Brindlecup and the camera of my Pellimo {5|6}. {Both excellent|Wonderful, both|Great quality}.',
  },
  {
    brands: ['brindlecup', 'pellimo'],
    mood: 'negative',
    sentence:
      'Cold coffee from Brindlecup and a dead battery on my Pellimo. {Terrible|Awful|Horrible} {morning|start to the day|afternoon}.',
  },
  {
    brands: ['brindlecup', 'pellimo'],
    mood: 'neutral',
    sentence: 'Can I pay with my Pellimo {phone|5|6} at Brindlecup {by the station|on Market Street|in the old town}?',
  },
];

/** Posts on no brand. The street is there to show what an excluding match rule is for. */
export const TOWN: readonly string[] = [
  'Traffic jam on Larkovia Street again, take the {tram|bridge|ring road}.',
  'Roadworks on Larkovia Street until {Monday|Tuesday|Friday}.',
  '{Rain|Sun|Fog|Wind} all {day|morning} in the {harbour|old town|north of the city}.',
  'Looking for a {second-hand bike|piano teacher|flat with a balcony|good dentist} near the park.',
  'Line {2|4|7|11} is {ten|fifteen} minutes late.',
  'The {evening|morning} tram is full again, I am walking.',
  'Is the {library|swimming pool|museum} open on {Sunday|Monday}?',
  'Who is coming to the {concert|match|quiz} on {Friday|Saturday}?',
];
