import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';

/** A registry that has one package of its own and sends everything else on, so that a line of the README can be typed as it stands. */
export async function serveRegistry(
  { name, version, manifest, tarball }: { name: string; version: string; manifest: object; tarball: string },
  upstream: string,
): Promise<{ url: string; server: Server }> {
  const bytes = readFileSync(tarball);
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === `/${name}.tgz`) {
      response.end(bytes);
    } else if (path === `/${name}`) {
      const dist = {
        tarball: `${urlOf(server)}${name}.tgz`,
        integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } }),
      );
    } else {
      response.writeHead(302, { location: new URL(path.slice(1), upstream).href }).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: urlOf(server), server };
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}
