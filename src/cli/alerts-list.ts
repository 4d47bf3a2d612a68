import type { Command } from 'commander';
import { noDatabase } from '../../db/database.ts';
import type { Store } from '../../db/store.ts';
import { type AlertLine, alertLines } from '../../jobs/alert-views.ts';
import { knownBrandId } from '../../jobs/known-brand.ts';
import { stateText } from '../alerts/explain.ts';
import { type Zone, zoneOf } from '../calendar.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { type CommonOptions, databaseAt, databaseCommand } from './environment.ts';
import { formatTable, printResult } from './output.ts';

export function listCommand(): Command {
  return databaseCommand('list', 'show where every rule stands, those that fire first', [
    'monitor alerts list',
    'monitor alerts list --firing',
    'monitor alerts list --json',
  ])
    .option('--brand <slug>', 'only this brand')
    .option('--firing', 'only alerts that stand')
    .action(async (options: CommonOptions & { brand?: string; firing?: true }) => {
      const lines = await reading(options, async ({ store, config, zone }) => {
        if (options.brand !== undefined && !Object.hasOwn(config.brands, options.brand))
          await knownBrandId(store.read, options.brand);
        return alertLines(store.read, config, zone, Date.now());
      });
      const shown = lines
        .filter(({ brand }) => options.brand === undefined || brand === options.brand)
        .filter(({ state }) => options.firing !== true || state === 'firing')
        .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
      printResult(options.json === true, shown, textOf(shown, options.firing === true));
    });
}

const ORDER: readonly AlertLine['state'][] = ['firing', 'pending', 'no_data', 'resolved', 'inactive'];

function textOf(lines: readonly AlertLine[], firing: boolean): string {
  if (lines.length === 0) return firing ? 'No alert stands.' : 'The settings have no alerts to show.';
  const table = formatTable(
    ['brand', 'state', 'since', 'decided', 'rule', 'mail'],
    lines.map((line) => [
      ...[line.brand, stateText(line.state), line.since ?? '–', line.day ?? '–', line.rule],
      line.silenced_until === null ? (line.told ? 'told' : '') : `silent until ${line.silenced_until}`,
    ]),
  );
  const standing = lines.filter(({ state }) => state === 'firing' || state === 'pending');
  return [table, ...standing.map(({ brand, text }) => `${brand}: ${text}`)].join('\n');
}

/** Reads the database without holding up a run. Errors: E_USAGE where there is none yet. */
export async function reading<T>(
  options: CommonOptions,
  work: (from: { store: Store; config: Config; zone: Zone }) => Promise<T>,
): Promise<T> {
  const config = loadConfig(options.config);
  const database = databaseAt(config);
  const store = await database.openReadOnly();
  if (!store) throw noDatabase(database);
  try {
    return await work({ store, config, zone: zoneOf(config.time_zone) });
  } finally {
    await store.close();
  }
}
