import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { outboxState } from '../../db/deliveries.ts';
import type { Store } from '../../db/store.ts';
import { mailNames } from '../../src/alerts/mail.ts';
import { queueNotice } from '../../src/alerts/queue.ts';
import { type Delivered, deliver, transportsOf } from '../../src/alerts/stage.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { databaseSettings, dropOwn, openOwn } from '../support/own-database.ts';
import type { MailServer, Step } from './mail-server.ts';

/** An outbox of its own, whose mails go to a server; without posts and figures. */
export interface OutboxWorld {
  readonly store: Store;
  readonly config: Config;
  now: number;
  /** Puts a mail to two people into the outbox; returns its Message-ID. */
  queue(key: string): Promise<string>;
  send(): Promise<Delivered>;
  /** Sends in a process of its own, which is killed when the server comes to this step. */
  sendAndKill(server: MailServer, step: Step | 'answered'): Promise<void>;
  state(): ReturnType<typeof outboxState>;
  close(): Promise<void>;
}

export async function openOutboxWorld(smtp: Record<string, unknown>): Promise<OutboxWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'monitor-outbox-'));
  const settings = {
    data_dir: directory,
    ...databaseSettings(directory),
    mail: { smtp: { host: '127.0.0.1', tls: 'none', timeout_seconds: 0.3, per_minute: 10_000, ...smtp } },
  };
  const config = configSchema.parse(settings) as Config;
  const store = await openOwn(directory);
  const context = {
    ...{ store, config, clock: () => world.now, signal: new AbortController().signal, log: pino({ level: 'silent' }) },
  };
  const world: OutboxWorld = {
    ...{ store, config, now: Date.UTC(2026, 10, 21, 2, 30) },
    async queue(key) {
      const from = 'Monitor <monitor@acme.example>';
      const to = ['care@acme.example', 'boss@acme.example'];
      const { messageId, file } = mailNames(key, { from, newestDay: 20_778, about: 'acme-air' });
      const parts = { subject: key, text: key, html: `<p>${key}</p>`, charts: [], quotes: [], chat: { text: key } };
      const mail = { from, to, messageId, file, dateMs: world.now, ...parts };
      const notice = { dedupeKey: key, ruleId: 'r', day: 20_778, kind: 'rejects', team: null } as const;
      await store.transaction((tx) => queueNotice(tx, config, { ...notice, content: { mail } }, world.now));
      return messageId;
    },
    async send() {
      const transports = transportsOf(config, () => undefined);
      return deliver(context, transports).finally(() => transports.close());
    },
    sendAndKill: (server, step) =>
      new Promise((resolve, reject) => {
        const program = fileURLToPath(new URL('deliver-process.ts', import.meta.url));
        const child = spawn(process.execPath, [program, JSON.stringify(settings), String(world.now)], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        child.on('error', reject);
        child.on('exit', () => resolve());
        server.onStep = (reached) => {
          if (reached === step) child.kill('SIGKILL');
          // The answer is on its way when the next turn comes.
          if (step === 'answered' && reached === 'accepted') setImmediate(() => child.kill('SIGKILL'));
        };
      }),
    state: () => outboxState(store.read),
    async close() {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
      dropOwn(directory);
    },
  };
  return world;
}
