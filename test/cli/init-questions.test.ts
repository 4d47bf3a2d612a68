import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { askOnTerminal } from '../../src/cli/init-questions.ts';
import { MonitorError } from '../../src/errors.ts';

let keyboard: PassThrough;
let shown = '';
beforeEach(() => {
  keyboard = new PassThrough();
  shown = '';
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(keyboard as unknown as typeof process.stdin);
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    shown += String(chunk);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

function numberRead(answer: string): number {
  if (/^\d+$/.test(answer)) return Number(answer);
  throw new MonitorError('E_USAGE', `"${answer}" is no number.`, { remedy: 'Write digits.' });
}

it('a question is asked again until its answer can be used', async () => {
  const asked = askOnTerminal('How many', '7', numberRead);
  keyboard.write('many\n');
  await vi.waitFor(() => expect(shown).toContain('"many" is no number. Write digits.'));
  keyboard.write('12\n');
  expect(await asked).toBe(12);
  expect(shown.match(/How many \[7\]: /g)).toHaveLength(2);
});

it('an empty answer takes what is proposed', async () => {
  const asked = askOnTerminal('How many', '7', numberRead);
  keyboard.write('\n');
  expect(await asked).toBe(7);
});

it('the end of the input stops everything', async () => {
  const asked = askOnTerminal('How many', '7', numberRead);
  keyboard.end();
  await expect(asked).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
});
