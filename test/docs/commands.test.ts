import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { blocksOf, monitorCommands, PAGES, spansOf } from './markdown.ts';

/** What a block or line of documentation says to type. */
const commands = PAGES.flatMap(blocksOf)
  .filter(({ language }) => ['sh', 'cron'].includes(language))
  .flatMap(monitorCommands);

/** Reads a command line as the program would, without doing anything; the mistake that it would tell. */
async function mistakeIn(args: readonly string[]): Promise<string | null> {
  const program = await createProgram(() => undefined, [args[0] ?? '']);
  silence(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return null;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode !== 0) return thrown.message;
    if (thrown instanceof CommanderError) return null;
    throw thrown;
  }
}

function silence(command: Command): void {
  command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  if (command.commands.length === 0) command.action(() => undefined);
  for (const child of command.commands) silence(child);
}

/** The command that words name, and the words that are left. */
function find(program: Command, words: readonly string[]): { command: Command; rest: readonly string[] } {
  let [command, rest] = [program, words];
  for (;;) {
    const child = command.commands.find((known) => known.name() === rest[0]);
    if (!child) return { command, rest };
    [command, rest] = [child, rest.slice(1)];
  }
}

describe('commands in the documentation', () => {
  it('are found', () => {
    expect(commands.length).toBeGreaterThan(150);
    expect(commands.map(({ args }) => args)).toContainEqual([
      'init',
      'posts.csv',
      '--brands',
      'Acme Air, Globex',
      '--mail',
      'care@acme.example',
      '--time-zone',
      'Europe/Berlin',
    ]);
  });

  it('have the options and arguments that the program takes', async () => {
    const wrong: string[] = [];
    for (const { at, args } of commands) {
      const mistake = await mistakeIn(args);
      if (mistake !== null) wrong.push(`${at}: monitor ${args.join(' ')}: ${mistake}`);
    }
    expect(wrong).toEqual([]);
  });

  it('within lines of text name commands and options that there are', async () => {
    const program = await createProgram(() => undefined);
    const wrong = PAGES.flatMap(spansOf).flatMap(({ at, text }) => {
      const words = /^(?:npx )?monitor (?=[a-z])(.+)$/.exec(text)?.[1]?.split(/\s+/);
      if (!words) return [];
      const { command, rest } = find(program, words);
      if (command === program || (command.commands.length > 0 && /^[a-z]/.test(rest[0] ?? '')))
        return [`${at}: ${text}`];
      const flags = rest.flatMap((word) => /^\[?(--[a-z][\w-]*)/.exec(word)?.[1] ?? []);
      const known = [...command.options.map(({ long }) => long), '--help'];
      return flags.some((flag) => !known.includes(flag)) ? [`${at}: ${text}`] : [];
    });
    expect(wrong).toEqual([]);
  });
});
