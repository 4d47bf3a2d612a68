import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { databaseOf } from '../../db/database.ts';
import { setting } from '../../db/settings.ts';
import { checkConfig } from '../config/check.ts';
import { loadConfig } from '../config/load.ts';
import { accurateModels } from '../config/second-opinion.ts';
import type { Secrets } from '../config/secrets.ts';
import { MonitorError, messageOf } from '../errors.ts';
import { findModel, loadModel } from '../model/artifact.ts';
import { installedEngines } from '../model/engines/installed.ts';
import { engineSpeed } from '../model/engines/speed.ts';
import { modelLabel } from '../model/pinned.ts';
import { systemError } from '../system-errors.ts';
import { machineFindings, mailFindings } from './doctor-machine.ts';

/** One thing that was looked at, and what to do where it is wrong. */
export interface Finding {
  readonly state: 'ok' | 'warning' | 'failed';
  readonly text: string;
  readonly remedy?: string;
}

/** What the checks are told. */
interface Surroundings {
  readonly configFile: string;
  /** The environment's secrets by name. */
  readonly secrets: Secrets;
  /** A clock of milliseconds, for measuring. */
  readonly nowMs: () => number;
}

/** One thing that `monitor doctor` looks at. What it throws counts as failed, in the error's words. */
interface Check {
  readonly name: string;
  find(surroundings: Surroundings): Promise<Finding[]>;
}

/** Milliseconds that each engine is timed for. */
const SPEED_MS = 2_000;

const ok = (text: string): Finding => ({ state: 'ok', text });

/** In the order they are shown. A new check is a new entry. */
const CHECKS: readonly Check[] = [
  { name: 'machine', find: machineFindings },
  {
    name: 'settings',
    find: async ({ configFile, secrets }) => {
      const { errors, warnings } = checkConfig(configFile, secrets);
      const doubts = warnings.map(({ line, text }): Finding => ({ state: 'warning', text: `line ${line}: ${text}` }));
      const remedy = `Correct these lines of ${configFile}, and set what they name; monitor.example.yaml shows every key.`;
      const mistakes = errors.map(
        ({ line, text }, index): Finding => ({
          ...{ state: 'failed', text: `line ${line}: ${text}` },
          ...(index === 0 ? { remedy } : {}),
        }),
      );
      if (mistakes.length > 0) return [...mistakes, ...doubts];
      const config = loadConfig(configFile);
      return [ok(`${configFile}: ${Object.keys(config.brands).length} brands, days in ${config.time_zone}`), ...doubts];
    },
  },
  {
    name: 'folders',
    find: async ({ configFile }) => {
      const { inbox, data_dir: dataDir } = loadConfig(configFile);
      return [await folder('inbox', inbox, constants.R_OK), await folder('data_dir', dataDir, constants.W_OK)];
    },
  },
  {
    name: 'database',
    find: async ({ configFile, secrets }) => {
      const database = databaseOf(loadConfig(configFile), secrets);
      const store = await database.openReadOnly();
      if (store === undefined) return [ok(`${database.label}: not there yet, the first run makes it`)];
      try {
        return [ok(`${database.label}: days in ${(await setting(store.read, 'time_zone')) ?? 'a zone yet to be set'}`)];
      } finally {
        await store.close();
      }
    },
  },
  {
    name: 'accurate',
    find: async ({ configFile }) => {
      const findings: Finding[] = [];
      for (const use of accurateModels(loadConfig(configFile))) {
        const { spec, modelSha256: sha256 } = await loadModel(findModel(use));
        findings.push(ok(`${use}: ${modelLabel({ name: spec.name, sha256 })}`));
      }
      return findings;
    },
  },
  {
    name: 'mail',
    find: async ({ configFile, secrets }) => mailFindings(loadConfig(configFile), secrets),
  },
  {
    name: 'engines',
    find: async ({ configFile, nowMs }) => {
      // Without settings the shipped model is timed: engines can be looked at before anything else is there.
      const use = existsSync(configFile) ? loadConfig(configFile).model.use : 'social';
      const model = await loadModel(findModel(use));
      const findings: Finding[] = [];
      for (const installed of await installedEngines()) {
        const speed = Math.round(await engineSpeed(installed, model, SPEED_MS, nowMs)).toLocaleString('en-US');
        findings.push(ok(`${installed.name} on the ${installed.device}: ${speed} posts/s in one process, ${use}`));
      }
      return findings;
    },
  },
];

async function folder(key: string, path: string, mode: number): Promise<Finding> {
  const there = existsSync(path);
  // A folder that is not there yet is made inside the nearest one that is.
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  const needed = there ? mode : constants.W_OK;
  const usable = await access(nearest, needed).then(
    () => true,
    () => false,
  );
  if (usable) return there ? ok(`${key} ${path}`) : { ...ok(`${key} ${path}: not there yet`), state: 'warning' };
  const verb = needed === constants.W_OK ? 'write to' : 'read';
  return { state: 'failed', text: `${key} ${path}`, remedy: `Let the user that runs monitor ${verb} ${nearest}.` };
}

/** What one line of the doctor's answer says. */
export interface Diagnosis extends Finding {
  readonly check: string;
}

/** Does every check, one after the other. A check that needs what another found broken says so by itself. */
export async function examine(surroundings: Surroundings): Promise<Diagnosis[]> {
  const all: Diagnosis[] = [];
  for (const { name, find } of CHECKS) {
    const findings = await find(surroundings).catch((thrown: unknown): Finding[] => {
      const error = systemError(thrown) ?? thrown;
      // The first check has told what is wrong with them.
      if (
        name !== 'settings' &&
        error instanceof MonitorError &&
        (error.code === 'E_CONFIG' || error.code === 'E_CONFIG_MISSING')
      )
        return [{ state: 'warning', text: 'not looked at: the settings have to be right first' }];
      const remedy = error instanceof MonitorError ? { remedy: error.remedy } : {};
      return [{ state: 'failed', text: messageOf(error), ...remedy }];
    });
    all.push(...findings.map((finding) => ({ check: name, ...finding })));
  }
  return all;
}
