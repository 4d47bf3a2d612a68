/** A PostgreSQL server's address, as the URL names it. */
export interface PostgresAddress {
  /** A host name, or the folder of a local socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly database: string;
  /** What `sslmode` of the URL asks for; undefined where it says nothing. */
  readonly tls: Tls | undefined;
}

/** `verify` checks the server's certificate, `require` only encrypts. */
export const TLS = ['verify', 'require', 'off'] as const;
type Tls = (typeof TLS)[number];

/** The modes of libpq. Those that fall back to plain text silently are taken for the strict one. */
const MODES: Readonly<Record<string, Tls>> = {
  disable: 'off',
  prefer: 'require',
  require: 'require',
  'verify-ca': 'verify',
  'verify-full': 'verify',
};

/** What is wrong with a database URL; undefined for one that can be used. Never repeats the URL: it may hold a password. */
export function postgresUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '')
    return 'is not the address of a PostgreSQL database, such as postgres://monitor@db.example.com:5432/monitor';
  if (url.password !== '') return 'must not hold the password; name password_env or password_file instead';
  if (url.pathname.length < 2) return 'does not name the database, such as postgres://monitor@db.example.com/monitor';
  for (const [name, value] of url.searchParams) {
    if (name !== 'sslmode') return `has the parameter ${name}; only sslmode is known here`;
    if (!Object.hasOwn(MODES, value)) return `has an unknown sslmode; use one of ${Object.keys(MODES).join(', ')}`;
  }
  return undefined;
}

/** Takes a URL apart that has no problem. A host that begins with %2F is the folder of a socket. */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = new URL(text);
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 5432 : Number(url.port),
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    database: decodeURIComponent(url.pathname.slice(1)),
    tls: MODES[url.searchParams.get('sslmode') ?? ''],
  };
}
