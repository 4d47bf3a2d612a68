import { expect, it } from 'vitest';
import { beginRun, closeKilledRuns, enterStage, findRun, finishRun, recentRuns } from '../../db/runs.ts';
import { describeStores } from '../support/stores.ts';

describeStores('the record of runs', (store) => {
  const begin = (startedMs: number) =>
    store().transaction((tx) => beginRun(tx, { kind: 'nightly', asOf: 20_000, startedMs }));

  it('keeps the stage in which a run ended early, and none of one that is through', async () => {
    const [through, failed] = [await begin(1_790_000_000_000), await begin(1_790_000_000_001)];
    await store().transaction(async (tx) => {
      for (const run of [through, failed]) await enterStage(tx, run, 'score');
      await finishRun(tx, through, { outcome: 'ok', errorCode: null, finishedMs: 1_790_000_000_002 });
      await finishRun(tx, failed, {
        outcome: 'failed',
        errorCode: 'E_WORKER',
        errorMessage: 'no memory',
        finishedMs: 1_790_000_000_002,
      });
    });
    expect(await findRun(store().read, through)).toMatchObject({ outcome: 'ok', stage: null, error_message: null });
    expect(await findRun(store().read, failed)).toMatchObject({
      ...{ outcome: 'failed', stage: 'score', error_code: 'E_WORKER', error_message: 'no memory' },
      ...{ started_ms: 1_790_000_000_001, finished_ms: 1_790_000_000_002 },
    });
    expect(await findRun(store().read, failed + 1)).toBeUndefined();
  });

  it('closes runs that were killed, and only these', async () => {
    const [killed, ended] = [await begin(1), await begin(2)];
    await store().transaction(async (tx) => {
      await enterStage(tx, killed, 'aggregate');
      await finishRun(tx, ended, { outcome: 'ok', errorCode: null, finishedMs: 3 });
      await closeKilledRuns(tx);
    });
    expect(await recentRuns(store().read, 9)).toMatchObject([
      { run_id: ended, outcome: 'ok' },
      { run_id: killed, outcome: 'killed', stage: 'aggregate', finished_ms: null },
    ]);
    expect(await recentRuns(store().read, 1)).toHaveLength(1);
  });
});
