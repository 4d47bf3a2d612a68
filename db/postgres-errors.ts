import { type ErrorCode, MonitorError, messageOf } from '../src/errors.ts';

type Trouble = Extract<ErrorCode, 'E_DATABASE_UNREACHABLE' | 'E_DISK_FULL' | 'E_PERMISSION' | 'E_DATABASE_CORRUPT'>;

/** What each of these means and what helps. */
const TROUBLE: Readonly<Record<Trouble, { message: string; remedy: string }>> = {
  E_DATABASE_UNREACHABLE: {
    message: "The database server can't be reached, or ended the connection.",
    remedy:
      'Check that the server runs, and the address, user and password under `database` in the settings. Then run again: it goes on where it stopped.',
  },
  E_DISK_FULL: {
    message: 'The database server has no room left to write, or no memory or connections left.',
    remedy: 'Make room on the server, then run again: it goes on where it stopped.',
  },
  E_PERMISSION: {
    message: 'The database does not allow this user to do that.',
    remedy: 'Give the user its rights: docs/scaling.md has the statements for each role.',
  },
  E_DATABASE_CORRUPT: {
    message: 'The database server finds its data damaged.',
    remedy: 'Restore a backup of the server. Then run again: newer exports in the inbox are read again.',
  },
};

/** Codes of SQLSTATE and of the network, longer ones by their beginning. The first that fits counts. */
const MEANINGS: readonly (readonly [RegExp, Trouble])[] = [
  [/^42501$/, 'E_PERMISSION'],
  [/^53/, 'E_DISK_FULL'],
  [/^XX00[12]$/, 'E_DATABASE_CORRUPT'],
  // No connection, no login, no such database, a server that is stopping or starting.
  [/^(08|28|57P0|3D000)/, 'E_DATABASE_UNREACHABLE'],
  [
    /^(ECONN|ENOTFOUND|EHOST|ENET|ETIMEDOUT|EAI_|EPIPE|ENOENT|EACCES|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/,
    'E_DATABASE_UNREACHABLE',
  ],
];

/** What the driver says without a code when a connection is gone. */
const GONE =
  /connection terminated|connection ended|connection timeout|timeout exceeded when trying to connect|server does not support SSL|Client (was closed|has encountered)|client password must be a string/i;

/**
 * The program's own error for what a PostgreSQL server or the way to it does: unreachable, full, forbidden, damaged. Anything else
 * is returned as it is. `label` names the database, without a password.
 */
export function postgresError(thrown: unknown, label: string): unknown {
  if (thrown instanceof MonitorError) return thrown;
  const { code } = Object(thrown) as { code?: unknown };
  const known = typeof code === 'string' ? MEANINGS.find(([pattern]) => pattern.test(code))?.[1] : undefined;
  const trouble = known ?? (GONE.test(messageOf(thrown)) ? 'E_DATABASE_UNREACHABLE' : undefined);
  if (trouble === undefined) return thrown;
  const { message, remedy } = TROUBLE[trouble];
  // A refused connection to several addresses of a host has its reasons inside.
  const reasons = thrown instanceof AggregateError ? thrown.errors.map(messageOf).join('; ') : messageOf(thrown);
  return new MonitorError(trouble, `${message} (${reasons})`, { place: { file: label }, remedy, cause: thrown });
}
