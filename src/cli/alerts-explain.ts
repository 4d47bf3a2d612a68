import type { Command } from 'commander';
import { type Explanation, explainDay, type RuleExplanation } from '../../jobs/alert-views.ts';
import { stateText } from '../alerts/explain.ts';
import { MonitorError } from '../errors.ts';
import { reading } from './alerts-list.ts';
import { type CommonOptions, databaseCommand, dayOption } from './environment.ts';
import { printResult } from './output.ts';

export function explainCommand(): Command {
  return databaseCommand('explain', 'tell why a mail about a brand came or didn’t', [
    'monitor alerts explain acme-air',
    'monitor alerts explain acme-air --day 2026-03-12',
  ])
    .argument('<brand>', 'the brand')
    .option('--day <date>', 'the day in question (default: the newest that was decided)')
    .action(async (brand: string, options: CommonOptions & { day?: string }) => {
      const day = options.day === undefined ? null : dayOption(options.day);
      const found = await reading(options, async ({ store, config, zone }) => {
        if (!Object.hasOwn(config.brands, brand))
          throw new MonitorError('E_USAGE', `The settings have no brand "${brand}", so it has no alerts.`, {
            remedy: `Brands in the settings: ${Object.keys(config.brands).join(', ') || 'none'}.`,
          });
        return (await explainDay(store.read, config, zone, { brand, day })) ?? { brand, day: null, rules: [] };
      });
      printResult(options.json === true, found, textOf(found));
    });
}

function textOf(found: Explanation | { brand: string; day: null; rules: readonly never[] }): string {
  if (found.day === null) return `Nothing has been decided about ${found.brand} yet.`;
  if (found.rules.length === 0) return `The settings give ${found.brand} no alerts.`;
  return [`${found.brand}, ${found.day}`, ...found.rules.flatMap(ruleLines)].join('\n');
}

function ruleLines({ rule, state, text, earlier, mail }: RuleExplanation): string[] {
  return [
    '',
    `rule      ${rule}`,
    `decided   ${state === null ? text : `${stateText(state)}: ${text}`}`,
    ...earlier.map((was) => `before    ${was.text}`),
    ...mail.map(({ sent, text: why }) => `mail      ${sent ? 'sent' : 'not sent'}: ${why}`),
  ];
}
