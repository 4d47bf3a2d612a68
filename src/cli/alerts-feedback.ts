import { Argument, type Command } from 'commander';
import { type RulePrecision, rulePrecision, saveFeedback } from '../../db/feedback.ts';
import type { Verdict } from '../../db/schema-messages.ts';
import { loadConfig } from '../config/load.ts';
import { MonitorError } from '../errors.ts';
import { percent } from '../percent.ts';
import { type CommonOptions, databaseAt, databaseCommand } from './environment.ts';
import { formatTable, printResult } from './output.ts';

export function feedbackCommand(): Command {
  return databaseCommand('feedback', 'say whether an alert was useful; its mail has the number', [
    'monitor alerts feedback 12 useful',
    'monitor alerts feedback 12 false',
  ])
    .argument('<notification>', 'the number in the mail')
    .addArgument(new Argument('<verdict>', 'what it was').choices(['useful', 'false']))
    .action(async (number: string, verdict: Verdict, options: CommonOptions) => {
      const { ruleId } = await answer(options, Number(number), verdict);
      const document = { notification: Number(number), rule: ruleId, verdict };
      printResult(options.json === true, document, `noted     alert ${number} of ${ruleId} was ${verdict}`);
    });
}

async function answer(options: CommonOptions, notificationId: number, verdict: Verdict): Promise<{ ruleId: string }> {
  const store = await databaseAt(loadConfig(options.config)).open();
  try {
    const known =
      Number.isSafeInteger(notificationId) && notificationId > 0
        ? await store.transaction((tx) => saveFeedback(tx, { notificationId, verdict, givenMs: Date.now() }))
        : undefined;
    if (known) return known;
  } finally {
    await store.close();
  }
  throw new MonitorError('E_USAGE', `There is no alert with the number ${notificationId}.`, {
    remedy: 'The number stands at the end of the alert in its mail.',
  });
}

export function precisionCommand(): Command {
  return databaseCommand('precision', 'show how many alerts of each rule were useful', [
    'monitor alerts precision',
    'monitor alerts precision --json',
  ]).action(async (options: CommonOptions) => {
    const store = await databaseAt(loadConfig(options.config)).openReadOnly();
    const rules = store ? await rulePrecision(store.read).finally(() => store.close()) : [];
    const lines = rules.map(({ ruleId, alerts, useful, falseAlarms }) => ({
      ...{ rule: ruleId, alerts, useful, false: falseAlarms },
      precision: useful + falseAlarms === 0 ? null : useful / (useful + falseAlarms),
    }));
    printResult(options.json === true, lines, precisionText(rules));
  });
}

function precisionText(rules: readonly RulePrecision[]): string {
  if (rules.length === 0) return 'No alert was sent yet.';
  return formatTable(
    ['rule', 'alerts', 'useful', 'false', 'precision'],
    rules.map(({ ruleId, alerts, useful, falseAlarms }) => [
      ...[ruleId, String(alerts), String(useful), String(falseAlarms)],
      useful + falseAlarms === 0 ? 'no answer yet' : percent(useful / (useful + falseAlarms), 0),
    ]),
  );
}
