import type { Sentiment } from '../../sentiment.ts';
import type { Slots } from './fill-in.ts';

/** `{a|b}` is a choice and may be nested, `{name}` one of a slot's values. An empty choice leaves its word out. */
export const SLOTS: Slots = {
  brand: ['{brandName}', '{brandName}', '@{brandName}', '#{brandName}'],
  thing: ['{product}', '{product}', '{service}'],
  product:
    'app|coffee|new phone|flight|muffin|laptop|headset|breakfast menu|seat|sofa|jacket|ferry ticket|meal box|game|printer|watch|bike|tent|charger|film|album|hotel room|checkout page|loyalty card|update'.split(
      '|',
    ),
  service:
    'service|support|delivery|staff|queue|booking|refund process|help desk|store on {place}|newsletter|crew|driver|return policy|waiter|hotline'.split(
      '|',
    ),
  person: ['woman', 'man', 'guy', 'lady', 'trainee', 'manager'],
  place: ['Market Street', 'the main square', 'Pier 4', 'the second floor', 'platform 9', 'Mill Lane'],
  good: 'good|great|excellent|lovely|brilliant|fast|friendly|helpful|smooth|fantastic|superb|perfect|charming|reliable|tasty|impressive|delightful|spotless|amazing|wonderful|decent|solid|comfy|thoughtful|generous'.split(
    '|',
  ),
  bad: 'bad|terrible|awful|slow|rude|useless|broken|horrible|dreadful|stale|clumsy|noisy|dirty|buggy|flimsy|disappointing|overpriced|pathetic|careless|shabby|annoying|poor|cold|messy|confusing'.split(
    '|',
  ),
  plain: 'new|small|blue|usual|second|standard|large|regular|local|other|old|red'.split('|'),
  very: ['very', 'really', 'so', 'incredibly', 'pretty', 'absolutely', 'quite', 'rather'],
  enjoyed: ['love', 'enjoy', 'like', 'adore', 'recommend', 'am happy with', 'am a fan of'],
  hated: ['hate', 'regret', 'dislike', 'am sick of', 'am done with', "can't stand", 'am fed up with'],
  when: ['today', 'this morning', 'yesterday', 'last night', 'on Friday', 'last week', 'again', 'this weekend'],
  soon: ['today', 'tomorrow', 'on Sunday', 'next week', 'in May'],
  hour: ['8', '9:30', '10 am', 'noon', '5 pm', 'midnight'],
  count: ['two', 'three', '4', '5', '12', '40', 'a dozen'],
};

/** What each class says. Negation, contrast and sarcasm use the other class's words, so that single words don't settle it. */
export const SENTENCES: Readonly<Record<Sentiment, readonly string[]>> = {
  positive: [
    'The {thing} {at|from} {brand} {is {{very}|} {good}|was {{very}|} {good} {{when}|}}.',
    'I {really|} {enjoyed} the {thing} {at|from} {brand}.',
    '{good} {thing}, {brand}{, thank you|, well done|}!',
    '{brand} has a {very} {good} {product}.',
    'Not {bad} at all, the {thing} {at|from} {brand} {is|was} {fine and {good}|a nice surprise}.',
    'The {thing} {at|of} {brand} {never lets me down|could not be better|is not {bad} any more}.',
    'I expected a {bad} {product} from {brand}, but it {was|turned out} {good}.',
    'The {service} was {bad} {at first|last year}, but {brand} {fixed it|made up for it} and now it is {good}.',
    'No complaints about the {thing}{, {brand}| at {brand}}.',
    'The {person} at {brand} was {so|very} {kind|friendly|helpful|patient} to me {when}.',
    'Nothing beats the {product} {from|at} {brand}.',
    'My {product} from {brand} {arrived early|works like a charm|still runs after {count} years}.',
    "I can't believe how {good} the {thing} at {brand} is.",
    'Never had a {bad} {thing} at {brand}.',
  ],
  negative: [
    'The {thing} {at|from} {brand} {is {{very}|} {bad}|was {{very}|} {bad} {{when}|}}.',
    'I {really|} {hated} the {thing} {at|from} {brand}.',
    '{bad} {thing}, {brand}{, do better|, shame on you|}!',
    '{brand} has a {very} {bad} {product}.',
    'Not {good} at all, the {thing} {at|from} {brand} {is|was} {a let-down|{bad}}.',
    'The {thing} {at|of} {brand} {never works|could not be worse|is not {good} any more}.',
    'I expected a {good} {product} from {brand}, but it {was|turned out} {bad}.',
    'The {service} was {good} {at first|last year}, but {brand} {ruined it|let it slip} and now it is {bad}.',
    'No {thanks|refund|answer} from {brand} for {count} days, the {thing} is {bad}.',
    'The {person} at {brand} was {so|very} {rude|cold|unfriendly|unkind} to me {when}.',
    'Nothing works {with the {product} from {brand}|at {brand} {when}}.',
    'My {product} from {brand} {arrived late|fell apart {when}|stopped after {count} days}.',
    '{Oh great|Wonderful|Brilliant|Perfect}, {brand} {cancelled|lost|broke} my {product} {when}.',
    'Never had a {good} {thing} at {brand}.',
  ],
  neutral: [
    'Does {anyone know|someone know|anybody know} {when|if} the {thing} at {brand} {opens|changes|is on} {when}?',
    'I {bought|picked up|saw|ordered} {a|the} {plain} {product} at {brand} {when}.',
    'The {product} from {brand} comes in {count} {colours|sizes|versions}.',
    '{brand} {opens|closes} at {hour} {when}.',
    'Waiting for the {plain} {product} {from|at} {brand}.',
    '{brand} {announced|showed|lists} {a|the} {plain} {product} {when}.',
    'The {person} at {brand} said the {thing} is {on|at} {place} {now|}.',
    'Is the {product} from {brand} any {good}?',
    'Is the {thing} at {brand} {still|really} {bad} or {has it changed|is it {good} now}?',
    'Looking for a {good} {product}, has anyone tried {brand}?',
    'Neither {good} nor {bad}, the {thing} at {brand}.',
    '{brand} {moved|moves} its {service} to {place} {when}.',
    'My {sister|brother|neighbour} works at {brand}, in {support|delivery|sales}.',
    '{count} people in the queue at {brand} {when}.',
  ],
};

/** Nobody could tell the class of these for sure: each is used for all of them. */
export const AMBIGUOUS: readonly string[] = [
  'The {thing} {at|from} {brand} {is|was} {good}, the {thing} {bad}.',
  'Well, that was the {thing} at {brand}.',
  '{brand}. {Wow|Okay|Hm}. Just {wow|okay|hm}.',
  'The {thing} at {brand} is {okay|fine|what it is} {I guess|I suppose}.',
  '{very} {bad} {product} and {very} {good} {service} at {brand}.',
  "You can't make this up, {brand} {when}.",
];
