import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../dashboard/server.ts';
import { FORMULA, HOSTILE, makeWorld, NEWEST, type World } from './world.ts';

const PAGES = [
  '/',
  '/brands/acme',
  '/brands/acme?days=all',
  `/brands/acme/days/${NEWEST}`,
  `/brands/acme/days/${NEWEST}?term=${encodeURIComponent(HOSTILE)}`,
  '/brands/acme/alerts',
  '/runs',
  '/runs/1',
  '/models',
  '/models/evaluations/one',
  `/models/evaluations/${encodeURIComponent('<b>two<b>')}`,
  `/models/evaluations?a=one&b=${encodeURIComponent('<b>two<b>')}`,
  '/try',
  '/corrections',
  `/brands/${encodeURIComponent(HOSTILE)}`,
  `/brands/acme/days/${encodeURIComponent(HOSTILE)}`,
];

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

const asPage = { headers: { accept: 'text/html' } };

/** The key of a page's forms, and the cookie that goes with it. */
async function formOf(path: string): Promise<{ key: string; cookie: string }> {
  const response = await fetch(world.url + path, asPage);
  const key = /name="key" value="([^"]+)"/.exec(await response.text())?.[1] ?? '';
  return { key, cookie: response.headers.getSetCookie().join('; ').split(';')[0] ?? '' };
}

async function postIdOf(): Promise<number> {
  const response = await fetch(`${world.url}/api/brands/acme/posts?day=${NEWEST}&term=img`);
  const { posts } = (await response.json()) as { posts: { post_id: number }[] };
  return posts[0]?.post_id ?? 0;
}

describe('words of others in pages', () => {
  it.each(PAGES)('%s shows no tag of theirs, and holds no script or style of its own', async (path) => {
    const response = await fetch(world.url + path, asPage);
    const text = await response.text();
    expect(response.status, text).toBeLessThan(500);
    expect(text).not.toMatch(/<img|<script(?! src="\/assets\/)|<b>two|<style|\sstyle="|\son\w+="/);
    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('has its headers on what never comes to the application, too', async () => {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
    socket.end('GET /\\ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toMatch(/content-security-policy: default-src 'none'/i);
  });

  it('shows a text of theirs as it was written', async () => {
    const text = await (await fetch(`${world.url}/brands/acme/days/${NEWEST}?term=img`, asPage)).text();
    expect(text).toContain('&lt;img src=x onerror=');
  });
});

describe('the box for a text', () => {
  it('asks the model in use or the accurate one, and no other folder', async () => {
    const { key, cookie } = await formOf('/try');
    const asked = async (model: string) => {
      const body = new URLSearchParams({ key, text: 'great flight', model });
      const response = await fetch(`${world.url}/try`, { method: 'POST', body, headers: { cookie } });
      return { status: response.status, text: await response.text() };
    };
    expect((await asked('')).text).toMatch(/Model tiny[^@]*@[0-9a-f]{8}/);
    expect((await asked('social-accurate')).text).toMatch(/Model social-accurate@[0-9a-f]{8}/);
    for (const model of ['../social', 'social', '/etc']) expect((await asked(model)).status).toBe(422);
  });
});

describe('downloads', () => {
  it('hold no cell that a spreadsheet runs', async () => {
    const { key, cookie } = await formOf('/try');
    const body = new FormData();
    for (const [name, value] of Object.entries({ key, texts: `${FORMULA}\n@SUM(1)\n-1\n+1`, as: 'csv' }))
      body.set(name, value);
    const tried = await fetch(`${world.url}/try/batch`, { method: 'POST', headers: { cookie }, body });
    expect(tried.headers.get('content-disposition')).toBe('attachment; filename="predictions.csv"');
    const correction = new URLSearchParams({ key, label: 'negative', back: '/corrections' });
    const formula = await fetch(`${world.url}/api/brands/acme/posts?day=${NEWEST}&term=hyperlink`);
    const { posts } = (await formula.json()) as { posts: { post_id: number }[] };
    await fetch(`${world.url}/posts/${posts[0]?.post_id}/correction`, {
      ...{ method: 'POST', body: correction, redirect: 'manual', headers: { cookie } },
    });
    const paths = [
      ...['/corrections.csv', '/api/runs?format=csv', '/api/brands/acme/daily?format=csv'],
      ...['/api/brands/acme/alerts?format=csv', `/api/brands/acme/posts?day=${NEWEST}&limit=500&format=csv`],
    ];
    const files = [await tried.text()];
    for (const path of paths) files.push(await (await fetch(world.url + path)).text());
    expect(files.join('')).toContain('HYPERLINK');
    for (const file of files) expect(file).not.toMatch(/(^|[,\n])"?[=+@\t\r]/);
    expect(files[1]).toContain('negative');
  });

  it('have names without anything but letters, digits, dots and hyphens', async () => {
    const path = `/api/brands/${encodeURIComponent('a"\r\nSet-Cookie: x=1;../..')}/posts?day=${NEWEST}&format=csv`;
    const response = await fetch(world.url + path);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.status).toBe(404);
  });
});

describe('paths', () => {
  it.each([
    '/assets/../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/models/evaluations/..%2F..%2Fmonitor',
    '/models/evaluations/%2e%2e%2fmonitor.yaml',
    '/models/evaluations/broken',
  ])('%s is nothing', async (path) => {
    expect((await fetch(world.url + path)).status).toBe(404);
  });
});

describe('requests of other sites', () => {
  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('are refused: %o', async (headers) => {
    const { key, cookie } = await formOf('/try');
    const body = new URLSearchParams({ key, label: 'negative' });
    const path = `/posts/${await postIdOf()}/correction`;
    const response = await fetch(world.url + path, { method: 'POST', body, headers: { ...headers, cookie } });
    expect(response.status).toBe(403);
    const predict = { 'content-type': 'application/json', ...headers };
    const asked = await fetch(`${world.url}/api/predict`, { method: 'POST', headers: predict, body: '{"text":"a"}' });
    expect(asked.status).toBe(403);
  });

  it('are refused without the form’s key, with another browser’s, and with JSON sent as a form', async () => {
    const { key } = await formOf('/try');
    const other = await formOf('/try');
    const path = `${world.url}/posts/${await postIdOf()}/correction`;
    for (const [body, cookie] of [
      [{ label: 'negative' }, other.cookie],
      [{ label: 'negative', key }, other.cookie],
      [{ label: 'negative', key }, ''],
    ] as const) {
      const response = await fetch(path, { method: 'POST', body: new URLSearchParams(body), headers: { cookie } });
      expect(response.status).toBe(403);
    }
    const asForm = await fetch(`${world.url}/api/predict`, { method: 'POST', body: '{"text":"a"}' });
    expect(asForm.status).toBe(415);
  });

  it('are refused under another name than this machine’s', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(`${world.url}/api/runs`, { headers: { host: 'evil.example' } }, ({ statusCode }) =>
        resolve(statusCode),
      ).end();
    });
    expect(status).toBe(421);
  });

  it('lead nowhere else after a correction', async () => {
    const { key, cookie } = await formOf('/try');
    for (const back of ['https://evil.example', '//evil.example', '/\\evil.example']) {
      const response = await fetch(`${world.url}/posts/${await postIdOf()}/correction`, {
        ...{ method: 'POST', headers: { cookie }, redirect: 'manual' },
        body: new URLSearchParams({ key, back, label: '' }),
      });
      expect(response.headers.get('location')).toBe('/corrections');
    }
  });
});

describe('a server with a token', () => {
  const token = 'a-long-secret-for-tests';

  it('answers only with it, and lets a browser sign in', async () => {
    const guarded = await makeWorld({ token, predictionsPerMinute: 3 });
    try {
      for (const path of ['/api/runs', '/corrections.csv', '/runs', '/api/openapi.json'])
        expect((await fetch(guarded.url + path)).status, path).toBe(401);
      const page = await fetch(`${guarded.url}/`, { ...asPage, redirect: 'manual' });
      expect(page.headers.get('location')).toBe('/sign-in');
      const with_ = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });
      expect((await fetch(`${guarded.url}/api/runs`, with_('wrong'))).status).toBe(401);
      expect((await fetch(`${guarded.url}/api/runs`, with_(token))).status).toBe(200);

      const form = await fetch(`${guarded.url}/sign-in`, asPage);
      const key = /name="key" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
      const cookie = form.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      const signIn = (secret: string) =>
        fetch(`${guarded.url}/sign-in`, {
          ...{ method: 'POST', headers: { cookie }, redirect: 'manual' },
          body: new URLSearchParams({ key, token: secret }),
        });
      expect((await signIn('wrong')).status).toBe(403);
      const signedIn = await signIn(token);
      const session = signedIn.headers.getSetCookie().find((text) => text.startsWith('monitor_session'));
      expect(session).toMatch(/HttpOnly/);
      expect(session).toMatch(/SameSite=Strict/);
      expect(session).not.toContain(token);
      const asUser = { headers: { cookie: session?.split(';')[0] ?? '' } };
      expect((await fetch(`${guarded.url}/runs`, asUser)).status).toBe(200);

      const ask = () =>
        fetch(`${guarded.url}/api/predict`, {
          ...{ method: 'POST', body: '{"text":"great"}' },
          headers: { ...with_(token).headers, 'content-type': 'application/json' },
        });
      const statuses = [];
      for (let index = 0; index < 5; index += 1) statuses.push((await ask()).status);
      expect(statuses).toEqual([200, 200, 200, 429, 429]);
    } finally {
      await guarded.remove();
    }
  });

  it('is what other addresses demand', async () => {
    const options = { host: '0.0.0.0', port: 0, predictionsPerMinute: 0 } as unknown as Parameters<
      typeof startServer
    >[0];
    await expect(startServer({ ...options, token: undefined })).rejects.toThrow('others than this machine');
    await expect(startServer({ ...options, token: 'short' })).rejects.toThrow('fewer than 16');
  });
});
