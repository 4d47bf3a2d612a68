import { backfillBeside } from '../../jobs/model-switch.ts';
import { type JobInput, withSession } from '../../jobs/session.ts';
import type { Days } from '../calendar.ts';
import { modelLabel } from '../model/pinned.ts';
import { printResult } from './output.ts';

/** `monitor backfill --model`: a range of days by a model beside the one in use. */
export async function backfillWithModel(input: JobInput, use: string, range: Days, json: boolean): Promise<void> {
  await withSession(
    input,
    'monitor backfill --model',
    async (session) => {
      const run = await backfillBeside(session, range);
      const label = modelLabel({ name: session.model.spec.name, sha256: session.model.modelSha256 });
      const text =
        `${run.score?.texts ?? 0} texts scored, ${run.aggregate?.days ?? 0} brand-days computed by ${label}, beside the others.\n` +
        `Compare:  monitor model compare shown ${label}\nSwitch:   monitor model use ${label}`;
      printResult(json, { ...run, model: label }, text);
    },
    { use },
  );
}
