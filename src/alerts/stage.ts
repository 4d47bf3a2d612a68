/**
 * Alerts, joined to the store: decide every rule's days, put the mails that follow into the outbox, send what waits there.
 * Each of the three can be run again at any time and does only what is left to do.
 */
export { decide, decideAgain } from './decide.ts';
export { type Delivered, deliver } from './deliver.ts';
export { queueDigests } from './digests.ts';
export { type NotifySummary, notify } from './notify.ts';
export { judgeRejects } from './owner.ts';
export { isSentimentRule, type Rule, rulesOf, shownRule } from './rule.ts';
export { askSecond } from './second-opinion-stage.ts';

export { transportsOf } from './transport.ts';
