/**
 * English words that say what a sentence is built of, not what it feels: articles, pronouns, prepositions, auxiliaries and their
 * contractions. Negations (not, no, never, nothing, without, don't, …), contrasts (but, though) and degrees (very, too, more,
 * only) are no stop words here, since they turn or weigh what is said.
 */
const STOP_WORDS = `
a an the this that these those
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
it its itself they them their theirs themselves one who whom whose which what where when why how there here
am is are was were be been being do does did doing done have has had having will would shall should can could may might must
i'm i've i'd i'll we're we've we'd we'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll
they're they've they'd they'll that's that'd that'll who's who'd who'll what's where's when's how's there's here's let's
of in on at by to from for with into onto about as over under up down out off through during between among after before since
until while around along across behind beside within upon toward towards via per
and or so if because then than whether also both each either other another such same own
some any every all just now s t d m ll re ve
`;

const words: ReadonlySet<string> = new Set(STOP_WORDS.trim().split(/\s+/));

/** Whether a word in small letters, with a straight apostrophe, is a stop word. */
export function isStopWord(word: string): boolean {
  return words.has(word);
}
