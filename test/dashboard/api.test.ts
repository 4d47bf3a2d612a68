import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, NEWEST, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

const predict = (body: string | Uint8Array, type = 'application/json') =>
  fetch(`${world.url}/api/predict`, { method: 'POST', headers: { 'content-type': type }, body: Buffer.from(body) });

describe('the API', () => {
  it('is what its OpenAPI document says', async () => {
    const document = (await (await fetch(`${world.url}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    expect(
      Object.entries(document.paths)
        .map(([path, methods]) => `${Object.keys(methods)} ${path}`)
        .sort(),
    ).toEqual([
      'get /api/brands',
      'get /api/brands/{brand}/alerts',
      'get /api/brands/{brand}/daily',
      'get /api/brands/{brand}/posts',
      'get /api/runs',
      'post /api/predict',
    ]);
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, { responses }] of Object.entries(methods)) {
        const url = world.url + path.replace('{brand}', 'acme');
        const body = method === 'post' ? '{"text":"great"}' : null;
        const query = path.endsWith('/posts') ? `?day=${NEWEST}` : '';
        const answer = await fetch(url + query, { method, body, headers: { 'content-type': 'application/json' } });
        expect(answer.status, path).toBe(200);
        expect(Object.keys(responses), path).toContain('200');
        const wrong = await fetch(`${url}?day=x&from=x&limit=0`, {
          method,
          body: body && '{',
          headers: { 'content-type': 'application/json' },
        });
        expect(Object.keys(responses), path).toContain(String(wrong.status));
      }
  });

  it('gives the posts of a day page by page, each once, by influence', async () => {
    const seen: number[] = [];
    const influence: number[] = [];
    for (let after = ''; ; ) {
      const path = `/api/brands/acme/posts?day=${NEWEST}&limit=11${after}`;
      const page = (await (await fetch(world.url + path)).json()) as {
        posts: { post_id: number; influence: number }[];
        next: string | null;
      };
      seen.push(...page.posts.map(({ post_id }) => post_id));
      influence.push(...page.posts.map((post) => post.influence));
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    expect(new Set(seen).size).toBe(70);
    expect(seen).toHaveLength(70);
    expect(influence.map(Math.abs)).toEqual(influence.map(Math.abs).toSorted((a, b) => b - a));
    const daily = (await (await fetch(`${world.url}/api/brands/acme/daily`)).json()) as {
      mean_pos: number;
      total: number;
    }[];
    const before = daily.slice(-8, -1);
    const posts = before.reduce((sum, { total }) => sum + total, 0);
    const usual = before.reduce((sum, { mean_pos, total }) => sum + mean_pos * total, 0) / posts;
    // What the posts add is the day's difference from the week before.
    expect(influence.reduce((sum, value) => sum + value, 0)).toBeCloseTo((daily.at(-1)?.mean_pos ?? 0) - usual, 5);
  });

  it('predicts one text and many, in their order', async () => {
    const { predictions } = (await (await predict('{"texts":["great","worst","great"]}')).json()) as {
      predictions: { score: number }[];
    };
    expect(predictions).toHaveLength(3);
    expect(predictions[0]).toEqual(predictions[2]);
    expect(predictions[0]).not.toEqual(predictions[1]);
  });

  it.each([
    ['broken JSON', '{"texts":["a"', 400],
    ['no text', '{}', 400],
    ['both', '{"text":"a","texts":["b"]}', 400],
    ['numbers', '{"texts":[1]}', 400],
    ['another key', '{"text":"a","model":"x"}', 400],
    ['100,000 texts', JSON.stringify({ texts: Array.from({ length: 100_000 }, () => 'a') }), 400],
    ['a long text', JSON.stringify({ text: 'a'.repeat(20_001) }), 400],
    ['binary', Uint8Array.from({ length: 1_000 }, (_, index) => (index * 37) % 256), 400],
    ['50 MB', new Uint8Array(50_000_000), 413],
  ])('refuses %s, and goes on', async (_, body, status) => {
    const answer = await predict(body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code: 'E_REQUEST', message: expect.any(String) } });
    expect((await predict('{"text":"great"}')).status).toBe(200);
  });

  it('refuses a large body that does not say its length, with the headers of every answer', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (sent >= 6_000_000) controller.close();
        else controller.enqueue(new Uint8Array(1_000_000));
        sent += 1_000_000;
      },
    });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${world.url}/api/predict`, { method: 'POST', headers, body, duplex: 'half' });
    expect(answer.status).toBe(413);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses what is no JSON by its type', async () => {
    expect((await predict('text=a', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await predict('{"text":"a"}', 'text/plain')).status).toBe(415);
  });
});
