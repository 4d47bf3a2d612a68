import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { latestEvents } from '../db/alerts.ts';
import { lastSeriesDay } from '../db/series.ts';
import { brandLines } from '../jobs/brand-lines.ts';
import { exportTable } from '../jobs/export.ts';
import { csvOf } from '../reports/daily-csv.ts';
import { decisionText, storedDecision } from '../src/alerts/explain.ts';
import { rulesOf } from '../src/alerts/stage.ts';
import { formatDay } from '../src/calendar.ts';
import { packageVersion } from '../src/package.ts';
import * as schemas from './api-schemas.ts';
import { placeOf, placeText, postsOf } from './pages/day.ts';
import { runsOf } from './pages/runs.ts';
import { NotFound, refusal } from './refusal.ts';
import { type Service, storeOf } from './service.ts';

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const jsonOrCsv = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } },
});
const refusals = (...codes: number[]) =>
  Object.fromEntries(codes.map((code) => [code, json(schemas.refused, 'What is wrong, and what to do')]));

const READ = 'read' as const;

export const PREDICT_PATH = '/api/predict';

const routes = {
  brands: createRoute({
    ...{ method: 'get', path: '/api/brands', summary: 'Where each brand stands', tags: [READ] },
    responses: { 200: json(schemas.brandsAnswer, 'Brands by short name'), ...refusals(401, 404) },
  }),
  daily: createRoute({
    ...{ method: 'get', path: '/api/brands/{brand}/daily', summary: 'A brand’s daily figures', tags: [READ] },
    request: { params: schemas.brandParams, query: schemas.dailyQuery },
    responses: { 200: jsonOrCsv(schemas.dailyAnswer, 'A row a day'), ...refusals(400, 401, 404) },
  }),
  posts: createRoute({
    ...{ method: 'get', path: '/api/brands/{brand}/posts', summary: 'A day’s posts by influence', tags: [READ] },
    request: { params: schemas.brandParams, query: schemas.postsQuery },
    responses: { 200: jsonOrCsv(schemas.postsAnswer, 'A page of posts'), ...refusals(400, 401, 404) },
  }),
  alerts: createRoute({
    ...{ method: 'get', path: '/api/brands/{brand}/alerts', summary: 'What was decided, and why', tags: [READ] },
    request: { params: schemas.brandParams, query: schemas.alertsQuery },
    responses: { 200: jsonOrCsv(z.array(schemas.alert), 'A decision a day and rule'), ...refusals(400, 401, 404) },
  }),
  runs: createRoute({
    ...{ method: 'get', path: '/api/runs', summary: 'Runs, newest first', tags: [READ] },
    request: { query: schemas.runsQuery },
    responses: { 200: jsonOrCsv(z.array(schemas.run), 'Records of runs'), ...refusals(400, 401, 404) },
  }),
  predict: createRoute({
    ...{ method: 'post', path: PREDICT_PATH, summary: 'What the model in use says of texts', tags: ['predict'] },
    request: { body: { required: true, content: { 'application/json': { schema: schemas.predictBody } } } },
    responses: {
      200: json(schemas.predictAnswer, 'In the order of the texts'),
      ...refusals(400, 401, 403, 413, 415, 429, 503),
    },
  }),
} as const;

/** The HTTP API, and its description at /api/openapi.json. */
export function apiOf(service: Service): OpenAPIHono {
  const api = new OpenAPIHono({
    defaultHook: (result, context) => {
      if (!result.success) return refusal(context, 400, z.prettifyError(result.error));
    },
  });

  api.openapi(routes.brands, async (context) => {
    const source = { store: storeOf(service), config: service.config };
    const newestDay = await lastSeriesDay(source.store.read);
    return context.json(newestDay === null ? [] : await brandLines(source, newestDay), 200);
  });

  api.openapi(routes.daily, async (context) => {
    const { brand } = context.req.valid('param');
    const { from, to, format } = context.req.valid('query');
    const parts: (string | Uint8Array)[] = [];
    const request = { kind: 'daily', format: format === 'csv' ? 'csv' : 'jsonl', brand, from, to } as const;
    const sink = async (part: string | Uint8Array) => {
      parts.push(part);
    };
    const rows = await exportTable(storeOf(service), service.config, request, sink, context.req.raw.signal);
    if (rows === 0 && from === undefined && to === undefined)
      throw new NotFound(`There is no brand "${brand}" with figures.`);
    const text = parts.join('');
    if (format === 'csv') return csv(context, text, `${brand}-daily`);
    return context.json(jsonLines(text) as z.infer<typeof schemas.dailyAnswer>, 200);
  });

  api.openapi(routes.posts, async (context) => {
    const { brand: slug } = context.req.valid('param');
    const { day, after, limit, format, ...filter } = context.req.valid('query');
    const place = after === undefined ? undefined : placeOf(after);
    const page = await postsOf(service, { slug, day, filter, from: place ? { after: place } : 'first', limit });
    const posts = page.posts.flatMap((post) => {
      const shown = page.shown.get(post.postId);
      if (!shown) return [];
      return {
        ...{ post_id: post.postId, posted_at: new Date(shown.atMs).toISOString(), source: shown.source },
        ...{ source_key: shown.sourceKey, user_id: shown.userId, text: shown.text, predicted: post.predicted },
        ...{ score: post.score, p_negative: post.pNegative, p_positive: post.pPositive, influence: post.influence },
        correction: shown.correction,
      };
    });
    const last = page.posts.at(-1);
    const next = page.hasAfter && last ? placeText(last) : null;
    if (next !== null) context.header('Link', `<${nextAddress(context, next)}>; rel="next"`);
    if (format === 'csv')
      return csv(context, table(Object.keys(schemas.post.shape), posts), `${slug}-${formatDay(day)}`);
    return context.json({ posts, matching: page.matching, total: page.total, next }, 200);
  });

  api.openapi(routes.alerts, async (context) => {
    const { brand: slug } = context.req.valid('param');
    const { from, to, format } = context.req.valid('query');
    const rules = rulesOf(service.config).filter(({ brandSlug }) => brandSlug === slug);
    if (rules.length === 0) throw new NotFound(`The settings name no alert for "${slug}".`);
    const days = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const decisions: z.infer<typeof schemas.alert>[] = [];
    for (const rule of rules)
      for (const event of await latestEvents(storeOf(service).read, rule.ruleId, days))
        decisions.push({
          ...{ rule: rule.ruleId, day: formatDay(event.day), from: event.from_state, to: event.to_state },
          ...{ reason: event.reason, text: decisionText(rule, storedDecision(event)) },
        });
    if (format === 'csv') return csv(context, table(Object.keys(schemas.alert.shape), decisions), `${slug}-alerts`);
    return context.json(decisions, 200);
  });

  api.openapi(routes.runs, async (context) => {
    const { before, limit, format } = context.req.valid('query');
    const columns = Object.keys(schemas.run.shape);
    const runs = (await runsOf(service, before, limit)).map(
      (line) => schemas.run.parse(line) satisfies z.infer<typeof schemas.run>,
    );
    if (format === 'csv') return csv(context, table(columns, runs), 'runs');
    return context.json(runs, 200);
  });

  // Described like the others, but checked here: the steps that the library puts before a route cost more than the network's share.
  api.openAPIRegistry.registerPath(routes.predict);
  api.post(PREDICT_PATH, async (context) => {
    // Before the body is read as JSON: a form of another site can't send this type unasked.
    if (!/^application\/json\b/i.test(context.req.header('content-type') ?? ''))
      return refusal(context, 415, 'The body is not JSON.', 'Send it with the header Content-Type: application/json.');
    const body = schemas.predictBody.safeParse(await bodyOf(context));
    if (!body.success) return refusal(context, 400, z.prettifyError(body.error));
    const { text, texts = text === undefined ? [] : [text] } = body.data;
    const { model, predictions } = await service.predictor.predict(texts);
    const answer = predictions.map(({ predicted, score, pNegative, pNeutral, pPositive }) => ({
      ...{ predicted, score, p_negative: pNegative, p_neutral: pNeutral, p_positive: pPositive },
    }));
    return context.json({ model, predictions: answer }, 200);
  });

  api.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'monitor',
      version: packageVersion,
      description: 'Sentiment of brands by day. With a token: `Authorization: Bearer …`.',
    },
  });
  return api;
}

/** Errors: HTTPException with status 400 for what is no JSON. */
async function bodyOf(context: Context): Promise<unknown> {
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new HTTPException(400, { message: 'The body is broken JSON.' });
  }
}

function csv(context: Context, text: string, name: string): never {
  // The routes' types know JSON alone.
  return context.body(text, 200, {
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': attachment(`${name}.csv`),
  }) as never;
}

/** The header that makes a browser keep an answer as a file; whatever isn't plain in the name becomes a hyphen. */
export function attachment(name: string): string {
  return `attachment; filename="${name.replace(/[^\w.-]+/g, '-')}"`;
}

function table(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const cell = (value: unknown): string | number =>
    value === null || value === undefined ? '' : typeof value === 'number' ? value : String(value);
  return csvOf(
    columns,
    rows.map((row) => columns.map((name) => cell(row[name]))),
  );
}

function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function nextAddress(context: Context, after: string): string {
  const url = new URL(context.req.url);
  url.searchParams.set('after', after);
  return `${url.pathname}?${url.searchParams.toString()}`;
}
