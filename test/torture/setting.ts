import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { randomFrom } from '../../examples/world/random.ts';
import { loadModel } from '../../src/model/artifact.ts';
import { createOnnxEngine } from '../../src/model/engines/onnx/engine.ts';
import { scorerOf } from '../../src/model/scorer.ts';
import { makeTinyModel, WORDS } from '../support/tiny-model.ts';
import { type Step, tortureWorld, type WorldOptions } from './world.ts';

/** A model, a world in words that it finds good or bad, and settings under which its dips mail. */
export interface Setting {
  steps: Step[];
  settings: Record<string, unknown>;
  remove(): void;
}

/** Makes the world of a seed. */
export async function makeSetting(seed: number, size: Omit<WorldOptions, 'random' | 'words'>): Promise<Setting> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  const use = await makeTinyModel(folder);
  const model = await loadModel(use);
  const score = scorerOf(model, await createOnnxEngine(model));
  const positive = async (texts: readonly string[]): Promise<number[]> => {
    const probabilities = await score(texts);
    return texts.map((_, index) => probabilities[2 * index + 1] ?? 0);
  };
  const ofWord = await positive(WORDS);
  const ranked = WORDS.map((word, index) => ({ word, score: ofWord[index] ?? 0 }))
    // This word is a brand's.
    .filter(({ word }) => word !== 'coffee')
    .sort((a, b) => a.score - b.score)
    .map(({ word }) => word);
  const words = { bad: ranked.slice(0, 8), other: ranked.slice(8, -8), good: ranked.slice(-8) };
  const steps = tortureWorld({ random: randomFrom(seed), words, ...size });
  const mean = async (some: readonly string[]): Promise<number> => {
    const random = randomFrom(1);
    const texts = Array.from({ length: 300 }, () => Array.from({ length: 6 }, () => random.pick(some)).join(' '));
    return (await positive(texts)).reduce((sum, value) => sum + value, 0) / texts.length;
  };
  const below = Number(((await mean(words.good)) * 0.4 + (await mean(words.bad)) * 0.6).toFixed(3));
  const alerts = [{ below, min_posts: 20 }];
  return {
    steps,
    settings: {
      model: { use, workers: 1 },
      brands: {
        acme: { name: 'Acme', team: 'care', alerts },
        beans: { name: 'Beans', match: { any: ['coffee'] }, team: 'care', alerts },
      },
      teams: { care: { to: ['care@acme.example'] } },
      owner: ['owner@acme.example'],
      mail: { from: 'Monitor <monitor@acme.example>' },
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A mail server in this process: what arrived, every copy. */
export async function mailServer(): Promise<{ port: number; arrived: string[]; close(): Promise<void> }> {
  const arrived: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        // A client that dies in the middle of a mail has sent none.
        arrived.push(Buffer.concat(chunks).toString('utf8'));
        done();
      });
    },
  });
  // A client that is killed breaks its connection off.
  server.on('error', () => undefined);
  const port = await new Promise<number>((resolve) => {
    const listener = server.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port));
  });
  return { port, arrived, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
