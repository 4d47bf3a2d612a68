import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Serving {
  /** Whether it sends the part that is asked for, or always the whole file. */
  ranges?: boolean;
  /** After how many bytes each answer breaks off, in turn; later answers are whole. */
  breaks?: readonly number[];
  /** Before it breaks off there: waits until the file has arrived up to this byte. Never, to leave the line open. */
  arrived?: (end: number) => Promise<void>;
  /** Answers with this status and no file. */
  status?: number;
}

/** A server on this machine that has one file. `requests` are the Range headers that it was asked with. */
export async function serveWheel(content: Buffer, name: string, serving: Serving = {}) {
  const { ranges = true, arrived = async () => undefined, status } = serving;
  const breaks = [...(serving.breaks ?? [])];
  const requests: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers.range);
    if (status !== undefined) return void response.writeHead(status).end('no');
    const from = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    const rest = content.subarray(from);
    response.setHeader('content-length', rest.length);
    if (ranges) response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
    response.writeHead(ranges ? 206 : 200);
    const stop = breaks.shift();
    if (stop === undefined) response.end(rest);
    else {
      response.write(rest.subarray(0, stop));
      const breakOff = () => response.destroy();
      arrived(from + stop).then(breakOff, breakOff);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/files/${name}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
