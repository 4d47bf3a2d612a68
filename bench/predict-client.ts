import { once } from 'node:events';
import { connect } from 'node:net';

/** One client on one connection, by hand: `fetch` takes more of the processor than the answer does. */
export interface PredictClient {
  /** Milliseconds until the answer was there. Errors: any that is no 200. */
  ask(text: string): Promise<number>;
  close(): void;
}

export async function predictClient(url: string): Promise<PredictClient> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let answered: ((answer: string) => void) | undefined;
  let failed: ((reason: unknown) => void) | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    received += part;
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) return failed?.(new Error(`an answer without a length: ${received.slice(0, end)}`));
    if (received.length < end + 4 + length) return;
    const answer = received;
    received = '';
    answered?.(answer);
  });
  socket.on('error', (error) => failed?.(error));
  socket.on('close', () => failed?.(new Error('the connection was closed')));
  return {
    ask: async (text) => {
      const body = JSON.stringify({ text });
      const startedMs = performance.now();
      const answer = new Promise<string>((resolve, reject) => {
        [answered, failed] = [resolve, reject];
      });
      socket.write(
        `POST /api/predict HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      const [status = ''] = (await answer).split('\r\n', 1);
      if (!status.startsWith('HTTP/1.1 200')) throw new Error(status);
      return performance.now() - startedMs;
    },
    close: () => {
      failed = undefined;
      socket.destroy();
    },
  };
}
