import type { Command } from 'commander';
import { addAnnotation, listAnnotations, removeAnnotation } from '../../db/annotations.ts';
import type { Store } from '../../db/store.ts';
import { knownOrNewBrandId } from '../../jobs/known-brand.ts';
import { noteOf } from '../alerts/words.ts';
import { formatDay } from '../calendar.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { MonitorError } from '../errors.ts';
import { type CommonOptions, databaseAt, databaseCommand, dayOption, type SetExitCode } from './environment.ts';
import { formatTable, printResult } from './output.ts';

interface Options extends CommonOptions {
  brand?: string;
  list?: true;
  remove?: string;
}

/** Events that explain a figure: noted once, shown in every chart, page and mail that covers their day. */
export function annotateCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('annotate', 'note an event that charts, pages and mails show', [
    'monitor annotate 2026-03-12 "App 5.0 released"',
    'monitor annotate 2026-03-12 "Strike in Berlin" --brand acme-air',
    'monitor annotate --list',
    'monitor annotate --remove 3',
  ])
    .argument('[day]', 'the day of the event')
    .argument('[text]', 'what happened, in a few words')
    .option('--brand <slug>', 'only for this brand (default: all)')
    .option('--list', 'show the events that were noted')
    .option('--remove <number>', 'take one away; --list shows the numbers')
    .action(async (day: string | undefined, text: string | undefined, options: Options) => {
      const wanted = [options.list, options.remove, day].filter((part) => part !== undefined);
      if (wanted.length !== 1 || (day !== undefined && text === undefined))
        throw new MonitorError('E_USAGE', 'Either note an event, or list them, or remove one.', {
          remedy: 'Write: monitor annotate 2026-03-12 "App 5.0 released". The help shows all three.',
        });
      const json = options.json === true;
      if (options.list) await list(options, json);
      else if (options.remove !== undefined) await remove(options, options.remove, json);
      else if (day !== undefined && text !== undefined) await add(options, day, text, json);
    });
}

async function add(options: Options, isoDay: string, text: string, json: boolean): Promise<void> {
  const day = dayOption(isoDay);
  const note = noteOf(text);
  const slug = options.brand ?? null;
  const id = await withStore(options, (store, config) =>
    store.transaction(async (tx) => {
      const brandId = slug === null ? null : await knownOrNewBrandId(tx, config, slug);
      return addAnnotation(tx, { day, text: note, brandId });
    }),
  );
  const document = { annotation: id, day: formatDay(day), brand: slug, text: note };
  printResult(json, document, `noted ${id}   ${document.day}, ${slug ?? 'all brands'}: ${note}`);
}

async function list(options: Options, json: boolean): Promise<void> {
  // Looking must not make a database.
  const found = (await databaseAt(loadConfig(options.config)).exists())
    ? await withStore(options, (store) => listAnnotations(store.read))
    : [];
  const lines = found
    .filter(({ slug }) => options.brand === undefined || slug === null || slug === options.brand)
    .map(({ id, day, slug, text }) => ({ annotation: id, day: formatDay(day), brand: slug, text }));
  const table = formatTable(
    ['number', 'day', 'brand', 'event'],
    lines.map((line) => [String(line.annotation), line.day, line.brand ?? 'all', line.text]),
  );
  printResult(json, lines, lines.length === 0 ? 'No events were noted.' : table);
}

async function remove(options: Options, number: string, json: boolean): Promise<void> {
  const id = Number(number);
  const removed =
    Number.isSafeInteger(id) &&
    id > 0 &&
    (await withStore(options, (store) => store.transaction((tx) => removeAnnotation(tx, id))));
  if (!removed)
    throw new MonitorError('E_USAGE', `There is no event with the number ${number}.`, {
      remedy: '`monitor annotate --list` shows the numbers.',
    });
  printResult(json, { removed: id }, `removed ${id}`);
}

async function withStore<T>(options: Options, work: (store: Store, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig(options.config);
  const store = await databaseAt(config).open();
  try {
    return await work(store, config);
  } finally {
    await store.close();
  }
}
