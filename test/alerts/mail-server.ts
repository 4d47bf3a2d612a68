import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** What a mail server comes to, step by step. */
export const STEPS = ['connect', 'sender', 'recipient', 'data', 'accepted'] as const;
export type Step = (typeof STEPS)[number];

/** What a test lets happen at a step: an answer of refusal, silence, or the end of the connection. */
export type Trouble = { readonly code: number } | 'silence' | 'drop';

/** A real mail server in this process that counts the copies it accepted, by Message-ID. */
export interface MailServer {
  readonly port: number;
  readonly copies: ReadonlyMap<string, number>;
  /** When each copy was accepted, by Message-ID, in milliseconds of `performance.now`. */
  readonly accepted: ReadonlyMap<string, readonly number[]>;
  /** What happens next at these steps, each as often as it is listed. */
  readonly troubles: Partial<Record<Step, Trouble[]>>;
  /** Told of each step, before it is answered. */
  onStep: (step: Step) => void;
  close(): Promise<void>;
}

export async function openMailServer(port = 0): Promise<MailServer> {
  const copies = new Map<string, number>();
  const accepted = new Map<string, number[]>();
  const sockets = new Set<Socket>();
  const handle = (step: Step, done: (error?: Error) => void): void => {
    opened.onStep(step);
    const trouble = opened.troubles[step]?.shift();
    if (trouble === undefined) done();
    else if (trouble === 'drop') for (const socket of sockets) socket.destroy();
    else if (trouble !== 'silence') done(Object.assign(new Error('try again later'), { responseCode: trouble.code }));
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 10,
    onConnect: (_session, done) => handle('connect', done),
    onMailFrom: (_address, _session, done) => handle('sender', done),
    onRcptTo: (_address, _session, done) => handle('recipient', done),
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () =>
        handle('data', (refused) => {
          if (refused) return done(refused);
          const id = /^Message-ID: (.*)$/im.exec(Buffer.concat(chunks).toString('latin1'))?.[1]?.trim() ?? '';
          copies.set(id, (copies.get(id) ?? 0) + 1);
          accepted.set(id, [...(accepted.get(id) ?? []), performance.now()]);
          handle('accepted', done);
        }),
      );
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const opened: MailServer = {
    ...{ port: (server.server.address() as AddressInfo).port, copies, accepted, troubles: {}, onStep: () => undefined },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(resolve));
    },
  };
  return opened;
}
