import { z } from '@hono/zod-openapi';
import { type Context, Hono } from 'hono';
import { saveCorrection } from '../db/corrections.ts';
import { formatDay, parseDay } from '../src/calendar.ts';
import { MonitorError } from '../src/errors.ts';
import { attachment } from './api.ts';
import { filterQuery } from './api-schemas.ts';
import { predictionsCsv, textsOfCsv, textsOfLines } from './batch.ts';
import type { From } from './day-posts.ts';
import { framed, type Page } from './frame.ts';
import { LIMITS } from './limits.ts';
import { alertsPage } from './pages/alerts.ts';
import { brandPage, pathOfBrand, SPANS } from './pages/brand.ts';
import { correctionsPage, writeCorrections } from './pages/corrections.ts';
import { dayPage, placeOf } from './pages/day.ts';
import { comparisonPage, evaluationPage, modelsPage, seriesPage } from './pages/models.ts';
import { overviewPage } from './pages/overview.ts';
import { runPage, runsPage } from './pages/runs.ts';
import { type Asked, type Tried, tryPage } from './pages/try.ts';
import { NotFound, refusal } from './refusal.ts';
import { type Service, storeOf } from './service.ts';

/** A field that was left empty is one that was not given. */
const blankIsNone = (value: unknown) => (value === '' ? undefined : value);
const optional = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(blankIsNone, schema.optional());

const spanQuery = z.object({ days: optional(z.enum(SPANS)) });
const dayFilter = z.object({
  class: optional(filterQuery.shape.class),
  term: optional(filterQuery.shape.term),
  min: optional(filterQuery.shape.min),
  max: optional(filterQuery.shape.max),
  ...{ after: optional(z.string()), before: optional(z.string()), last: optional(z.string()) },
});
const share = z.coerce.number().min(0).max(1);
const replayQuery = z.object({
  rule: optional(z.string()),
  below: optional(share),
  recover_above: optional(share),
  min_posts: optional(z.coerce.number().int().min(1).max(1_000_000_000)),
});
const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const correctionForm = z.object({
  label: optional(z.enum(['negative', 'neutral', 'positive'])),
  back: optional(z.string()),
});

/** The pages, and what their forms do. */
export function pagesOf(service: Service): Hono {
  const app = new Hono();
  const show = async (context: Context, page: Page | Promise<Page>) => context.html(framed(await page));
  const form = async (context: Context): Promise<Record<string, string | File>> => {
    const body = await context.req.parseBody();
    if (!service.forms.isValid(context, body['key']))
      throw new Refused(403, 'The form is too old, or it comes from another site.', 'Load its page again.');
    return body as Record<string, string | File>;
  };

  app.get('/', (context) => show(context, overviewPage(service)));

  app.get('/brands/:slug', (context) => {
    const { days = '30' } = read(spanQuery, context.req.query());
    return show(context, brandPage(service, context.req.param('slug'), days));
  });
  app.get('/brands/:slug/days', (context) => {
    const day = dayOf(context.req.query('day'));
    return context.redirect(`${pathOfBrand(context.req.param('slug'))}/days/${formatDay(day)}`, 303);
  });
  app.get('/brands/:slug/days/:day', (context) => {
    const { slug } = context.req.param();
    const { after, before, last, ...filter } = read(dayFilter, context.req.query());
    const { pathname, search } = new URL(context.req.url);
    const query = { slug, day: dayOf(context.req.param('day')), filter, from: fromOf({ after, before, last }) };
    const formKey = service.forms.keyFor(context);
    return show(context, dayPage(service, { ...query, formKey, here: pathname + search }));
  });
  app.get('/brands/:slug/alerts', (context) => {
    const { rule, below, recover_above, min_posts } = read(replayQuery, context.req.query());
    const settings = {
      ...(below === undefined ? {} : { below }),
      ...(recover_above === undefined ? {} : { recoverAbove: recover_above }),
      ...(min_posts === undefined ? {} : { minPosts: min_posts }),
    };
    return show(context, alertsPage(service, { slug: context.req.param('slug'), rule, settings }));
  });

  app.get('/runs', (context) => {
    const { before } = read(z.object({ before: optional(number) }), context.req.query());
    return show(context, runsPage(service, before));
  });
  app.get('/runs/:run', (context) => show(context, runPage(service, read(number, context.req.param('run')))));

  app.get('/models', (context) => show(context, modelsPage(service)));
  const two = z.object({ a: z.string(), b: z.string() });
  app.get('/models/evaluations', (context) => show(context, comparisonPage(service, read(two, context.req.query()))));
  app.get('/models/evaluations/:name', (context) => show(context, evaluationPage(service, context.req.param('name'))));
  app.get('/models/series', (context) => show(context, seriesPage(service, read(two, context.req.query()))));

  app.get('/try', (context) => show(context, tryPage(service.forms.keyFor(context), service.predictor.others)));
  app.post('/try', async (context) => {
    const { text, model } = await form(context);
    const given = typeof text === 'string' ? text : '';
    const other = typeof model === 'string' && model !== '' ? model : undefined;
    return answer(context, { text: given, other }, async () => {
      if (given.trim() === '' || given.length > LIMITS.explainedCharacters)
        throw new MonitorError('E_INPUT', `The text must have 1 to ${LIMITS.explainedCharacters} characters.`, {
          remedy: 'Give a shorter one.',
        });
      return service.predictor.explain(given, other);
    });
  });
  app.post('/try/batch', async (context) => {
    const { texts, file, as } = await form(context);
    const predict = async () => {
      const isFile = file instanceof File && file.size > 0;
      const given = isFile ? textsOfCsv(await file.text()) : textsOfLines(typeof texts === 'string' ? texts : '');
      return service.predictor.predict(given);
    };
    if (as !== 'csv') return answer(context, {}, predict);
    const { predictions } = await predict();
    return context.body(predictionsCsv(predictions), 200, {
      ...{ 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': attachment('predictions.csv') },
    });
  });

  /** The page with an answer, or with what is wrong with what was given. */
  async function answer(context: Context, given: Asked, ask: () => Promise<Tried>) {
    const key = service.forms.keyFor(context);
    const { others } = service.predictor;
    try {
      return context.html(framed(tryPage(key, others, given, await ask())));
    } catch (thrown) {
      if (!(thrown instanceof MonitorError) || thrown.code !== 'E_INPUT') throw thrown;
      return context.html(framed(tryPage(key, others, given, undefined, `${thrown.message} ${thrown.remedy}`)), 422);
    }
  }

  app.get('/corrections', (context) => {
    const { after } = read(z.object({ after: optional(number) }), context.req.query());
    return show(context, correctionsPage(service, { after, formKey: service.forms.keyFor(context) }));
  });
  app.get('/corrections.csv', (context) => corrections(context, 'csv', 'text/csv; charset=utf-8'));
  app.get('/corrections.jsonl', (context) => corrections(context, 'jsonl', 'application/jsonl; charset=utf-8'));

  async function corrections(context: Context, format: 'csv' | 'jsonl', type: string) {
    const parts: (string | Uint8Array)[] = [];
    await writeCorrections(service, format, async (part) => {
      parts.push(part);
    });
    return context.body(parts.join(''), 200, {
      ...{ 'Content-Type': type, 'Content-Disposition': attachment(`corrections.${format}`) },
    });
  }

  app.post('/posts/:post/correction', async (context) => {
    const postId = read(number, context.req.param('post'));
    const { label = null, back = '/corrections' } = read(correctionForm, await form(context));
    storeOf(service);
    // Opened for this alone, as runs do their writing beside it.
    const store = await service.database.database.open();
    try {
      const isKept = await store.transaction((tx) => saveCorrection(tx, { postId, label, nowMs: service.clock() }));
      if (!isKept) throw new NotFound(`There is no post ${postId} with a text.`);
    } finally {
      await store.close();
    }
    // Only to a page of this server.
    return context.redirect(/^\/(?![/\\])/.test(back) ? back : '/corrections', 303);
  });

  app.onError((thrown, context) => {
    if (thrown instanceof Refused) return refusal(context, thrown.status, thrown.message, thrown.remedy);
    throw thrown;
  });
  return app;
}

/** A request that can't be answered, and what to do about it. */
class Refused extends Error {
  readonly status: 400 | 403;
  readonly remedy: string;

  constructor(status: 400 | 403, message: string, remedy: string) {
    super(message);
    this.status = status;
    this.remedy = remedy;
  }
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refused(400, z.prettifyError(result.error), 'Correct the address or the form.');
}

function dayOf(text: string | undefined): number {
  const day = parseDay(text ?? '');
  if (day === undefined) throw new Refused(400, `"${text ?? ''}" is not a day.`, 'Write days as 2026-03-31.');
  return day;
}

function fromOf({ after, before, last }: Partial<Record<'after' | 'before' | 'last', string | undefined>>): From {
  const places = { after: placeOf(after ?? ''), before: placeOf(before ?? '') };
  if (places.after && after !== undefined) return { after: places.after };
  if (places.before && before !== undefined) return { before: places.before };
  return last === undefined ? 'first' : 'last';
}
