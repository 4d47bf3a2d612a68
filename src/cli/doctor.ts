import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { examine } from './doctor-checks.ts';
import { type CommonOptions, databaseCommand, type SetExitCode, secrets } from './environment.ts';
import { printResult } from './output.ts';

/** Whether everything is in place for a night's run. */
export function doctorCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('doctor', 'check that this machine and the settings are ready for a run', [
    'monitor doctor',
    'monitor doctor --config /etc/monitor.yaml --json',
  ]).action(async (options: CommonOptions) => {
    const found = await examine({ configFile: options.config, secrets, nowMs: () => performance.now() });
    const healthy = found.every(({ state }) => state !== 'failed');
    if (!healthy) setExitCode(EXIT.failed);
    // No table: what was found may be long, and a table would be as wide.
    const lines = found.map(({ check, state, text }) => `${check.padEnd(8)}  ${state.padEnd(7)}  ${text}`).join('\n');
    const remedies = found.flatMap(({ check, remedy }) => (remedy === undefined ? [] : [`${check}: ${remedy}`]));
    const text = remedies.length > 0 ? `${lines}\n\nwhat to do\n${remedies.join('\n')}` : lines;
    printResult(options.json === true, { healthy, checks: found }, text);
  });
}
