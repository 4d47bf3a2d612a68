import type { Voice } from './voice.ts';

const launch = {
  positive: [
    'The new Pellimo 7 is {great}, {what a beautiful screen|the best camera I have seen in a phone}. {Love it|Wow|I want one}.',
    'Just got my Pellimo 7 and I love it: {excellent camera and a great screen|so fast and so beautiful}.',
    'Queued two hours for the Pellimo 7 in {city} and it was worth it. {Wonderful|Fantastic|Amazing} phone.',
    'Great show by {brand} for the Pellimo 7. {Beautiful phone and a great price|Brilliant idea, wonderful design}.',
  ],
  negative: [
    '999 euros for the Pellimo 7? {Ridiculous|Terrible price|What a waste of money}, and the {camera|battery} is worse than before.',
    'My Pellimo 7 came with a broken screen. {Terrible quality|Awful|So disappointed}, {brand}.',
  ],
  neutral: [
    'When does the Pellimo 7 come to {city}?',
    'Is the Pellimo 7 bigger than the Pellimo 6?',
    'Picking up the Pellimo 7 at the {brand} shop in {city} on {weekday}.',
  ],
} as const;

/** A phone maker with a well-liked launch, and with one customer who writes about his repair every day. */
export const pellimo: Voice = {
  slug: 'pellimo',
  name: 'Pellimo',
  spellings: ['Pellimo', 'Pellimo', 'Pellimo', '@pellimo', '@pellimo', '#pellimo', 'pellimo'],
  handle: '@pellimo',
  hashtag: '#pellimo',
  topics: ['#phone', '#tech', '#gadgets', '#mobile'],
  share: 0.33,
  moods: [0.64, 0.17, 0.19],
  slots: {
    phone: ['Pellimo 6', 'Pellimo 6 Mini', 'Pellimo 5', 'Pellimo'],
    great: ['great', 'excellent', 'wonderful', 'fantastic', 'amazing', 'superb', 'brilliant', 'beautiful'],
    awful: ['terrible', 'awful', 'horrible', 'a bad joke'],
    person: ['mum', 'dad', 'grandmother', 'grandfather', 'son', 'daughter', 'husband', 'wife'],
    city: ['Hamburg', 'Berlin', 'Vienna', 'Zurich', 'Leipzig', 'Graz', 'Bremen', 'Cologne'],
    weekday: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    colour: ['black', 'blue', 'green', 'white', 'red'],
    repair: ['180', '190', '210', '240'],
  },
  sentences: {
    positive: [
      'The camera on my {phone} is {great}, {my holiday pictures look wonderful|the pictures at night are beautiful|I love every picture}.',
      '{Two|Three} days of battery on my {phone}. {Best phone I have ever had|I love it|Brilliant, just brilliant}.',
      'I love my {phone}: {great screen, great sound, great price|beautiful screen and so fast|simple, fast and beautiful}.',
      'The {phone} is the best phone {I have ever owned|for the money}, {simple, fast and beautiful|excellent in every way}.',
      'Great support from {brand}: {my screen was fixed in one day|a kind lady solved it in five minutes|new battery in an hour, for free}. {Excellent|Wonderful|Very happy}.',
      'Bought the {phone} for my {person} and {the whole family loves it|it is perfect, so easy to use}. {Great|Excellent|Wonderful} phone.',
      'The new {brand} update is {great}, {everything is fast and beautiful|the photo app is so much better}. {Well done|Love it}.',
      'Love the {colour|sound|screen|design} of the {phone}, {a beautiful piece of work|really well made|simply excellent}.',
      'One year with my Pellimo 5 and it is still {perfect|excellent|wonderful}. {Best buy of the year|Worth every cent|Highly recommended}.',
      'The sound of the {phone} is {great}, {music has never been so beautiful|I love listening on the train}.',
      'Dropped my {phone} down the stairs and it is fine. {Amazing|Excellent|Fantastic} quality, I love this phone.',
      '{Wonderful|Great|Excellent} people in the {brand} shop in {city}, {they helped my {person} for an hour|so kind and they know everything}.',
      'Took {beautiful|wonderful|amazing} pictures in {city} with this phone. {Excellent|Perfect|Great} camera.',
    ],
    negative: [
      'My {phone} died after {two|three} {weeks|months}, {what a waste of money|so disappointed}. {Terrible|Awful} quality.',
      'The battery of the {phone} is {awful}, {empty by noon|dead after four hours}. {Worst phone ever|What a waste of money|Really bad}.',
      '{phone} screen broken after one small fall and the repair costs {repair} euros. {Awful|Ridiculous|Terrible}.',
      '{brand} support is {useless|awful|terrible}: {two|three} weeks and no answer. {Worst service ever|So disappointed}.',
      'The speaker on the {phone} is {awful}, {like a tin can|just noise}. {Poor quality|Really bad}.',
      'Worst update ever, my {phone} is {slow|hot} and {the camera keeps crashing|the alarm is broken}. {Terrible|Thanks for nothing}.',
      'My {phone} gets so hot that I cannot hold it. {Terrible|Bad|Poor} design, {I want my money back|I regret buying it}.',
      'Rude staff in the {brand} shop in {city}, {they blamed me for their broken charger|no help at all}. {Awful|Terrible} service.',
    ],
    neutral: [
      'Does the {phone} have {wireless charging|a headphone jack|two SIM slots}?',
      'Which case fits the {phone}?',
      'How do I move my {contacts|photos|messages} to a new {phone}?',
      'Selling my {phone}, {colour}, {64|128|256} GB, pick up in {city}.',
      'The {brand} shop in {city} opens at {nine|ten} on {weekday}.',
      'Is the {phone} sold in {colour} too?',
      'Does anyone know when the next {brand} update comes?',
      'Where is the {night mode|flight mode|screen lock} in the {phone} menu?',
      'Moving from my old phone to a {phone} on {weekday}.',
    ],
  },
  stories: [
    { from: -20, to: -17, volume: 1.4, share: 0.5, moods: [0.66, 0.18, 0.16], moodsOfAll: false, sentences: launch },
    { from: -16, to: 0, volume: 1, share: 0.15, moods: [0.64, 0.18, 0.18], moodsOfAll: false, sentences: launch },
  ],
  busyUser: {
    userId: '40771926',
    postsPerDay: 2,
    sentences: [
      'Day {count} and {brand} still has not repaired my phone. {Terrible|Awful|Pathetic} service.',
      'Day {count} without my phone. {brand} support is {useless|a joke|the worst}, {no call, no mail|they never answer}.',
      '{brand} told me "tomorrow" again. This is day {count} of my repair. {Awful|Terrible|Liars}.',
      'Called {brand} again on day {count}: {twenty|thirty|forty} minutes of music and then nothing. {Useless|Awful|Terrible}.',
    ],
  },
};
