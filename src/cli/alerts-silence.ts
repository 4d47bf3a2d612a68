import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { addSilence, endSilence, listSilences, type Silence } from '../../db/silences.ts';
import type { Store } from '../../db/store.ts';
import { localTime } from '../../jobs/alert-views.ts';
import { knownOrNewBrandId } from '../../jobs/known-brand.ts';
import { isHolding, silenceEnd } from '../alerts/silence.ts';
import { oneLine } from '../alerts/words.ts';
import { type Zone, zoneOf } from '../calendar.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { MonitorError } from '../errors.ts';
import { reading } from './alerts-list.ts';
import { type CommonOptions, databaseAt, databaseCommand } from './environment.ts';
import { formatTable, printResult } from './output.ts';

interface SilenceOptions extends CommonOptions {
  all?: true;
  until: string;
  comment: string;
  author?: string;
}

export function silenceCommand(): Command {
  return databaseCommand('silence', 'keep a brand’s mails back for a while', [
    'monitor alerts silence acme-air --until 2026-03-31 --comment "strike, known"',
    'monitor alerts silence acme-air --until 12h --comment "new app tonight"',
    'monitor alerts silence --all --until 2026-03-31T18:00 --comment "export is being rebuilt"',
  ])
    .argument('[brand]', 'the brand')
    .option('--all', 'all brands')
    .requiredOption('--until <time>', 'its end: a day (included), a local time, or a length such as 12h, 3d, 2w')
    .requiredOption('--comment <text>', 'why; shown where mails are missed')
    .option('--author <name>', 'who is silencing (default: the user of this computer)')
    .action(async (brand: string | undefined, options: SilenceOptions) => {
      if ((brand === undefined) === (options.all !== true))
        throw new MonitorError('E_USAGE', 'Name one brand, or --all.', {
          remedy: 'Write: monitor alerts silence acme-air --until 3d --comment "why"',
        });
      const [comment, author] = [oneLine(options.comment), oneLine(options.author ?? userInfo().username)];
      if (comment === '' || author === '')
        throw new MonitorError('E_USAGE', 'A silence needs a comment and an author.', {
          remedy: 'Say why in --comment, so that others know whether they may end it.',
        });
      await writing(options, async ({ store, config, zone }) => {
        const fromMs = Date.now();
        const untilMs = silenceEnd(options.until, fromMs, zone);
        const id = await store.transaction(async (tx) => {
          const brandId = brand === undefined ? null : await knownOrNewBrandId(tx, config, brand);
          return addSilence(tx, { brandId, fromMs, untilMs, author, comment });
        });
        const until = localTime(untilMs, zone);
        printResult(
          options.json === true,
          { silence: id, brand: brand ?? null, until, author, comment },
          `silence ${id}: no mails about ${brand ?? 'any brand'} until ${until}\nWhat is still true then is told on the next run. To end it now: monitor alerts silences --end ${id}`,
        );
      });
    });
}

export function silencesCommand(): Command {
  return databaseCommand('silences', 'show the silences that hold, or end one', [
    'monitor alerts silences',
    'monitor alerts silences --all',
    'monitor alerts silences --end 3',
  ])
    .option('--all', 'also those that are over')
    .option('--end <number>', 'end this one now')
    .action(async (options: CommonOptions & { all?: true; end?: string }) => {
      if (options.end !== undefined) return end(options, options.end);
      const lines = await reading(options, async ({ store, zone }) => {
        const nowMs = Date.now();
        const found = await listSilences(store.read);
        return found
          .filter((silence) => options.all === true || isHolding(silence, nowMs))
          .map((silence) => lineOf(silence, zone, nowMs));
      });
      const table = formatTable(
        ['number', 'brand', 'until', 'author', 'comment', ...(options.all ? ['state'] : [])],
        lines.map((line) => [
          ...[String(line.silence), line.brand ?? 'all', line.until, line.author, line.comment],
          ...(options.all ? [line.state] : []),
        ]),
      );
      const none = options.all ? 'There has been no silence.' : 'No silence holds.';
      printResult(options.json === true, lines, lines.length === 0 ? none : table);
    });
}

function lineOf(silence: Silence, zone: Zone, nowMs: number) {
  const { id, slug, author, comment, fromMs, untilMs, endedMs } = silence;
  return {
    ...{ silence: id, brand: slug, from: localTime(fromMs, zone), until: localTime(untilMs, zone) },
    ...{ author, comment, ended: endedMs === null ? null : localTime(endedMs, zone) },
    state: isHolding(silence, nowMs) ? 'holds' : endedMs === null ? 'over' : 'ended',
  };
}

async function end(options: CommonOptions, number: string): Promise<void> {
  const id = Number(number);
  const ended =
    Number.isSafeInteger(id) &&
    id > 0 &&
    (await writing(options, ({ store }) => store.transaction((tx) => endSilence(tx, id, Date.now()))));
  if (!ended)
    throw new MonitorError('E_USAGE', `No silence with the number ${number} holds.`, {
      remedy: '`monitor alerts silences` shows the numbers.',
    });
  printResult(options.json === true, { ended: id }, `ended ${id}; what is true is told on the next run`);
}

async function writing<T>(
  options: CommonOptions,
  work: (on: { store: Store; config: Config; zone: Zone }) => Promise<T>,
): Promise<T> {
  const config = loadConfig(options.config);
  const store = await databaseAt(config).open();
  try {
    return await work({ store, config, zone: zoneOf(config.time_zone) });
  } finally {
    await store.close();
  }
}
