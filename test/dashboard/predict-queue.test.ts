import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictQueue } from '../../dashboard/predict-queue.ts';

const never = new AbortController().signal;

/** Scores a text by its length, when it is let. */
function slowPool() {
  const batches: number[] = [];
  const score = async (texts: readonly string[]) => {
    batches.push(texts.length);
    await new Promise((next) => setImmediate(next));
    return Float64Array.from(texts.flatMap((text) => [text.length, -text.length]));
  };
  return { batches, score };
}

describe('predictQueue', () => {
  it('gives each request its own scores, however they are put together', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ maxLength: 9 }), { maxLength: 3_000 }), { maxLength: 12 }),
        async (all) => {
          const { score, batches } = slowPool();
          const queue = predictQueue({ score }, never);
          const answers = await Promise.all(all.map((texts) => queue.score(texts)));
          for (const [index, texts] of all.entries())
            expect([...(answers[index] ?? [])]).toEqual(texts.flatMap((text) => [text.length, -text.length]));
          expect(Math.max(0, ...batches)).toBeLessThanOrEqual(1_024);
        },
      ),
      { numRuns: 30 },
    ));

  it('begins at once for one, and takes all that came meanwhile together', async () => {
    const { score, batches } = slowPool();
    const counts = { requests: 0, batches: 0 };
    const queue = predictQueue({ score }, never, counts);
    await Promise.all(Array.from({ length: 51 }, () => queue.score(['a'])));
    expect(batches).toEqual([1, 50]);
    expect(counts).toEqual({ requests: 51, batches: 2 });
  });

  it('takes many who ask again when they are answered into one batch', async () => {
    const { score, batches } = slowPool();
    const queue = predictQueue({ score }, never);
    const client = async (times: number): Promise<void> => {
      for (let asked = 0; asked < times; asked += 1) {
        await queue.score(['a']);
        // As over a connection: the next question comes a turn later.
        await new Promise((next) => setImmediate(next));
      }
    };
    await Promise.all(Array.from({ length: 30 }, () => client(4)));
    // The first was answered alone, and is one batch ahead of the others at the end.
    expect(batches).toEqual([1, 29, 29, 30, 30, 1]);
  });

  it('answers a small request before a large one that came first is through', async () => {
    const { score } = slowPool();
    const queue = predictQueue({ score }, never);
    const order: string[] = [];
    const large = queue.score(Array.from({ length: 20_000 }, () => 'a')).then(() => order.push('large'));
    await queue.score(['b']).then(() => order.push('small'));
    await large;
    expect(order).toEqual(['small', 'large']);
  });

  it('refuses what is too much, fails those of a failed batch, and goes on', async () => {
    let broken = true;
    const queue = predictQueue(
      {
        score: async (texts) => {
          if (broken) throw new Error('broken');
          return new Float64Array(2 * texts.length);
        },
      },
      never,
    );
    await expect(queue.score(Array.from({ length: 60_000 }, () => 'a'))).rejects.toMatchObject({ code: 'E_BUSY' });
    await expect(queue.score(Array.from({ length: 3_000 }, () => 'a'))).rejects.toThrow('broken');
    broken = false;
    expect(await queue.score(['a'])).toHaveLength(2);
    expect(await queue.score(Array.from({ length: 50_000 }, () => 'a'))).toHaveLength(100_000);
  });
});
