/** Exit codes of the `monitor` command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, rejectedInput: 3, busy: 4, interrupted: 130 } as const;

/** Every error code that the program can end with, and the exit code that goes with it. */
const EXIT_OF_CODE = {
  E_NODE_VERSION: EXIT.usage,
  E_USAGE: EXIT.usage,
  E_CONFIG: EXIT.usage,
  E_CONFIG_MISSING: EXIT.usage,
  E_MODEL_MISSING: EXIT.usage,
  E_MODEL_INVALID: EXIT.usage,
  E_ENGINE_MISSING: EXIT.usage,
  E_ENGINE_INSTALL: EXIT.failed,
  E_INPUT: EXIT.usage,
  E_TIME_ZONE_CHANGED: EXIT.usage,
  E_DATABASE: EXIT.failed,
  E_DATABASE_NEWER: EXIT.usage,
  E_DATABASE_UNREACHABLE: EXIT.failed,
  E_DATABASE_LOCKED: EXIT.busy,
  E_DATABASE_CORRUPT: EXIT.failed,
  E_DISK_FULL: EXIT.failed,
  E_PERMISSION: EXIT.failed,
  E_DISK: EXIT.failed,
  E_PRIVACY_KEY: EXIT.failed,
  E_FILE: EXIT.failed,
  E_CLOCK: EXIT.failed,
  E_BUSY: EXIT.busy,
  E_WORKER: EXIT.failed,
  E_TRAINING: EXIT.failed,
  E_MAIL: EXIT.failed,
  E_INTERRUPTED: EXIT.interrupted,
} as const;

export type ErrorCode = keyof typeof EXIT_OF_CODE;

/** Where something went wrong, as far as it is known. */
export interface Place {
  file?: string;
  line?: number;
  row?: number;
}

/**
 * The one error class of the program: a stable code, what happened, where, and what to do about it.
 * Anything else that is thrown is a defect of the program.
 */
export class MonitorError extends Error {
  readonly code: ErrorCode;
  readonly place: Place;
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options: { place?: Place; remedy: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MonitorError';
    this.code = code;
    this.place = options.place ?? {};
    this.remedy = options.remedy;
  }

  get exitCode(): number {
    return EXIT_OF_CODE[this.code];
  }

  /** The error in the form that people read: what happened, where, what to do. */
  toText(): string {
    const { file, line, row } = this.place;
    const where = [file, line === undefined ? undefined : `line ${line}`, row === undefined ? undefined : `row ${row}`]
      .filter((part) => part !== undefined)
      .join(', ');
    return `${this.code}: ${this.message}${where === '' ? '' : `\n  where: ${where}`}\n  what to do: ${this.remedy}`;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Throws E_INTERRUPTED when the run was asked to stop. Called between batches, where stopping loses nothing. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted)
    throw new MonitorError('E_INTERRUPTED', 'Stopped before the end. Everything done so far is kept.', {
      remedy: 'Run the same command again: it goes on where it stopped.',
    });
}
