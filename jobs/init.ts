import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type FirstSettings, firstSettings } from '../src/config/first-settings.ts';
import { parseConfig } from '../src/config/load.ts';
import type { Config } from '../src/config/schema.ts';
import { MonitorError } from '../src/errors.ts';
import { checkFolderOf } from '../src/files.ts';
import type { ColumnMapping } from '../src/ingest/column-names.ts';
import { brandNamed, type FoundBrand, likelyBrands } from '../src/ingest/found-brands.ts';
import { describeFiles, isReadableName, listInbox } from '../src/ingest/inbox.ts';
import type { RowProblem } from '../src/ingest/reader.ts';
import { type Survey, surveyFile } from '../src/ingest/survey.ts';
import { fileError } from '../src/system-errors.ts';
import { type BrandHistory, type FirstHistory, firstHistory } from './first-history.ts';
import { brandsRead, fileRead, mailRead, orderRead, zoneRead } from './init-answers.ts';
import type { JobInput } from './session.ts';

/** Asks one thing: an empty answer takes the proposal, and `read` throws E_USAGE for an answer that can't be used. */
export type Ask = <T>(question: string, proposal: string, read: (answer: string) => T) => Promise<T>;

/** What is known before anything is asked; null is asked for. */
export interface InitRequest {
  readonly configFile: string;
  readonly inbox: string;
  readonly file: string | null;
  readonly timeZone: string | null;
  readonly brands: string | null;
  readonly mail: string | null;
  readonly dateOrder: string | null;
  readonly columns: ColumnMapping;
  readonly exportTimeZone: string | null;
  /** The zone of this machine, which is proposed. */
  readonly localZone: string;
}

export interface Initialised {
  readonly configFile: string;
  readonly inbox: string;
  /** The export that was looked at, as it lies in the inbox. */
  readonly file: string | null;
  /** Whether it was copied there. */
  readonly copied: boolean;
  readonly survey: Survey | null;
  readonly history: FirstHistory | null;
  readonly brands: readonly (FoundBrand & { readonly proposal: BrandHistory | null })[];
}

/**
 * Writes first settings from a first export and at most five answers: which export, what its dates mean if that is open, the brands,
 * the time zone, and who is mailed. The export is put into the inbox; nothing that is there is written over.
 * Errors: E_USAGE where settings are there already or an answer can't be used, E_INPUT for an export that can't be read, E_INTERRUPTED before anything is written.
 */
export async function initialise(
  input: Omit<JobInput, 'config'>,
  request: InitRequest,
  ask: Ask,
  propose: typeof firstHistory = firstHistory,
): Promise<Initialised> {
  const configFile = resolve(request.configFile);
  if (existsSync(configFile))
    throw new MonitorError('E_USAGE', 'There are settings already; nothing was changed.', {
      place: { file: configFile },
      remedy: 'Edit that file and check it with `monitor doctor`, or name another one with --config FILE.',
    });
  // What can't be written is told before an export is read and scored.
  await checkFolderOf(configFile);
  const inbox = resolve(dirname(configFile), request.inbox);
  // What is wrong in the options is told before the first question.
  for (const zone of [request.timeZone, request.exportTimeZone]) if (zone !== null) zoneRead(zone);
  if (request.mail !== null) mailRead(request.mail);
  const answered = <T>(given: string | null, question: string, proposal: string, read: (answer: string) => T) =>
    given === null ? ask(question, proposal, read) : Promise.resolve(read(given));

  const proposed = request.file ?? (await listInbox(inbox))?.at(-1)?.path ?? '';
  const file = await answered(request.file, 'An export of posts to look at', relative('.', proposed), fileRead);
  let settings: FirstSettings = {
    ...{ timeZone: request.timeZone ?? request.localZone, inbox: request.inbox, mail: null, brands: [] },
    ...{ proposals: new Map(), source: null },
  };
  const configOf = (): Config => parseConfig(firstSettings(settings), configFile);
  let survey: Survey | null = null;
  const placed = file === null ? null : await placeOf(file, inbox);
  if (file !== null) {
    const [found] = await describeFiles(inbox, [file]);
    const source = {
      ...{ name: found?.source ?? 'inbox', columns: request.columns, brand: null },
      ...{ dateOrder: request.dateOrder, timeZone: request.exportTimeZone },
    };
    settings = { ...settings, source };
    const look = () =>
      surveyFile({ path: file, name: file }, { config: configOf(), source: source.name, nowMs: input.clock() });
    let result = await look();
    if ('code' in result && result.code === 'R_DATE_ORDER') {
      const dateOrder = await ask(`${capital(result.reason)}\nDay first or month first (dmy or mdy)`, '', orderRead);
      settings = { ...settings, source: { ...source, dateOrder } };
      result = await look();
    }
    survey = usable(result, file);
  }
  const found = survey === null ? [] : likelyBrands(survey);
  const names = found.map(({ name }) => name).join(', ');
  const brands = await answered(request.brands, 'Brands, with commas between', names, (answer) =>
    answer === names ? found : brandsRead(answer),
  );
  if (brands.length === 0 && settings.source !== null) {
    const whole = brandNamed('All posts');
    settings = { ...settings, brands: [whole], source: { ...settings.source, brand: whole.slug } };
  } else settings = { ...settings, brands };
  const timeZone = await answered(request.timeZone, 'Time zone that days are counted in', request.localZone, zoneRead);
  const mail = await answered(request.mail, 'Mail address that hears of dips (empty: nobody yet)', '', mailRead);
  settings = { ...settings, timeZone, mail };

  const history = file === null ? null : await notWritten(propose({ ...input, config: configOf() }, file));
  settings = { ...settings, proposals: history?.brands ?? new Map() };
  configOf();
  await mkdir(inbox, { recursive: true });
  if (file !== null && placed?.copy) await copyInto(file, placed.path);
  await write(configFile, firstSettings(settings));
  return {
    ...{ configFile, inbox, file: placed?.path ?? null, copied: placed?.copy === true, survey, history },
    brands: settings.brands.map((brand) => ({ ...brand, proposal: history?.brands.get(brand.slug) ?? null })),
  };
}

/** The same, stopped by Ctrl-C: other than in a night, nothing of it is kept. */
async function notWritten<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof MonitorError && cause.code === 'E_INTERRUPTED')) throw cause;
    throw new MonitorError('E_INTERRUPTED', 'Stopped before the settings were written; nothing was changed.', {
      remedy: 'Run the same command again.',
      cause,
    });
  }
}

function usable(result: Survey | RowProblem, file: string): Survey {
  const place = { file };
  if ('code' in result)
    throw new MonitorError('E_INPUT', `The export can't be read: ${result.reason}.`, {
      place,
      remedy:
        REMEDIES[result.code] ??
        `\`monitor ingest --check ${file}\` shows how it is read. docs/data.md tells what is read.`,
    });
  if (result.posts > 0) return result;
  throw new MonitorError('E_INPUT', `None of its ${result.rows} rows can be used as a post.`, {
    place,
    remedy: `\`monitor ingest --check ${file}\` shows why, row by row.`,
  });
}

const REMEDIES: Readonly<Record<string, string>> = {
  R_HEADER: 'Say which columns they are, such as: --column created_at=Date --column text=Snippet',
  R_TIME_ZONE: 'Say which zone it is, such as: --export-time-zone America/New_York',
};

/** Where an export lies in the inbox or is going to. Errors: E_USAGE where a file of another content has its name. */
async function placeOf(file: string, inbox: string): Promise<{ path: string; copy: boolean }> {
  const path = resolve(file);
  const [described] = await describeFiles(inbox, [path]);
  if (described?.inside) return { path, copy: false };
  const name = isReadableName(basename(path)) ? basename(path) : `${basename(path).replace(/^\.+/, '')}.csv`;
  const target = join(inbox, name);
  if (!existsSync(target)) return { path: target, copy: true };
  if ((await readFile(target)).equals(await readFile(path))) return { path: target, copy: false };
  throw new MonitorError('E_USAGE', 'There is another file of that name in the inbox.', {
    place: { file: target },
    remedy: 'Give the export another name, or move that file away.',
  });
}

/** Copies under a name that no run reads until the file is whole. It keeps its time, or the next run would wait for it to be finished. */
async function copyInto(file: string, target: string): Promise<void> {
  try {
    const { atime, mtime } = await stat(file);
    await copyFile(file, `${target}.part`);
    await utimes(`${target}.part`, atime, mtime);
    await rename(`${target}.part`, target);
  } catch (cause) {
    throw fileError(cause, target, "The export can't be copied into the inbox", 'Copy it there yourself.');
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw fileError(
      cause,
      path,
      "The settings can't be written",
      'Check that the folder exists and is yours to write.',
    );
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
