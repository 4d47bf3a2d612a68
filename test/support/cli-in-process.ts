import { vi } from 'vitest';
import { main } from '../../src/cli/program.ts';

/** Runs a command in this process: what it exits with and prints. */
export async function monitorInProcess(
  ...args: string[]
): Promise<{ code: number; text: string; stdout: string; stderr: string }> {
  const printed = { text: '', stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk: unknown, ...rest: unknown[]) => {
      printed[stream] += String(chunk);
      printed.text += String(chunk);
      // Who waits until it is written is told.
      for (const done of rest) if (typeof done === 'function') done();
      return true;
    }),
  );
  try {
    return { code: await main(args), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
