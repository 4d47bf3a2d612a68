import { type Logger, pino } from 'pino';

/** The log on stderr: plain lines on a terminal, JSON lines for machines. Nothing personal and no secrets go into it. */
export function createLog(terminal: boolean): Logger {
  const options = { level: 'info', base: null };
  if (!terminal) return pino(options, pino.destination({ fd: 2, sync: true }));
  return pino(options, { write: (line: string) => process.stderr.write(`${plainLine(line)}\n`) });
}

function plainLine(line: string): string {
  const { level, time: _, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const details = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [Number(level) >= 40 ? 'warning:' : '', msg, ...details].filter((part) => part !== '').join(' ');
}
