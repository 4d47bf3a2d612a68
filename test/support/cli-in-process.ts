import { vi } from 'vitest';
import { main } from '../../src/cli/program.ts';

/** Runs a command in this process: what it exits with and prints. */
export async function monitorInProcess(...args: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const write = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(write));
  try {
    return { code: await main(args), text };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
