import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';

/** The text of docs/reference/commands.md, from the commands themselves. */
export async function commandReference(): Promise<string> {
  const program = await createProgram(() => undefined);
  const sections = program.commands.flatMap((command) => describe(command, 'monitor'));
  return `# Command reference

Made by \`npm run docs\` from the commands; \`monitor COMMAND --help\` shows the same. Exit codes: 0 fine, 1 failed, 2 wrong usage or settings,
3 finished but some input could not be used, 4 another run is at work, 130 stopped with Ctrl-C. Errors: [by their codes](../errors.md).

${sections.join('\n\n')}
`;
}

function describe(command: Command, parent: string): string[] {
  const name = `${parent} ${command.name()}`;
  const parts = [`## ${name}`, sentence(command.description())];
  if (command.registeredArguments.length > 0 || command.commands.length === 0)
    parts.push(`\`${name} ${command.usage()}\``);
  const rows = [
    ...command.registeredArguments.map((argument) => [argument.name(), argument.description]),
    ...command.options.map((option) => [option.flags, optionText(option)]),
  ];
  if (rows.length > 0)
    parts.push(
      [
        '| option | meaning |',
        '| --- | --- |',
        ...rows.map(([key, text]) => `| \`${key}\` | ${cell(text ?? '')} |`),
      ].join('\n'),
    );
  const examples = examplesOf(command);
  if (examples.length > 0) parts.push(['```sh', ...examples, '```'].join('\n'));
  return [parts.join('\n\n'), ...command.commands.flatMap((child) => describe(child, name))];
}

function optionText({ description, defaultValue, argChoices }: Command['options'][number]): string {
  const choices = argChoices ? `one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}` : '';
  const usual =
    typeof defaultValue === 'string' || typeof defaultValue === 'number' ? `default: \`${defaultValue}\`` : '';
  const more = [choices, usual].filter((part) => part !== '').join('; ');
  return more === '' ? description : `${description} (${more})`;
}

/** The lines under `Examples:` of a command's help; what stands behind one as an explanation becomes a comment. */
function examplesOf(command: Command): string[] {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const [, examples = ''] = help.split('\nExamples:\n');
  return examples
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().replace(/ {3,}(?=\S)/, '   # '));
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
