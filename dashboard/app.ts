import { Hono } from 'hono';
import { rateLimiter } from 'hono-rate-limiter';
import { MonitorError, messageOf } from '../src/errors.ts';
import { systemError } from '../src/system-errors.ts';
import { apiOf, PREDICT_PATH } from './api.ts';
import { ASSETS } from './assets.ts';
import { LIMITS } from './limits.ts';
import { signInPage } from './pages/sign-in.ts';
import { pagesOf } from './pages.ts';
import { NotFound, refusal, refusalOf } from './refusal.ts';
import { gateOf, guarded, limitedBody, ownNamesOnly, sameSiteOnly } from './security.ts';
import type { Service } from './service.ts';

export interface AppOptions {
  readonly service: Service;
  /** What a client must know; undefined for a server that answers this machine alone. */
  readonly token: string | undefined;
  /** Predictions that a client may ask for in a minute; 0 for any number. */
  readonly predictionsPerMinute: number;
  /** Who sends a request, for the limits. */
  readonly clientOf: (context: { readonly env: unknown }) => string;
}

/** Sign-ins that a client may try in a minute. */
const SIGN_INS = 10;

/** The dashboard and its API, as one application: what each request goes through stands in order here. */
export function dashboardApp({ service, token, predictionsPerMinute, clientOf }: AppOptions): Hono {
  const app = new Hono();
  app.use(guarded([...(token === undefined ? [ownNamesOnly] : []), sameSiteOnly]));
  app.use(
    limitedBody(LIMITS.bodyBytes, (context) => {
      // What is still on its way is not read: nothing else can come over this connection.
      context.header('Connection', 'close');
      return refusal(context, 413, `The body is larger than ${LIMITS.bodyBytes / 1e6} MB.`, 'Send it in parts.');
    }),
  );

  for (const { href, type, content } of Object.values(ASSETS)) {
    const [path = href] = href.split('?');
    app.get(path, (context) =>
      context.body(content, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=86400, immutable' }),
    );
  }

  app.use((context, next) =>
    // A prediction needs the database once in a while, and looks itself then.
    context.req.path === PREDICT_PATH ? next() : service.database.refresh().then(next),
  );

  const limited = (limit: number, what: string) =>
    rateLimiter({
      windowMs: 60_000,
      limit,
      keyGenerator: clientOf,
      handler: (context) => refusal(context, 429, `More than ${limit} ${what} in a minute.`, 'Wait a minute.'),
    });

  if (token !== undefined) {
    const gate = gateOf(token);
    app.get('/sign-in', (context) => context.html(signInPage(service.forms.keyFor(context))));
    app.post('/sign-in', limited(SIGN_INS, 'sign-ins'), async (context) => {
      const form = await context.req.parseBody();
      const key = service.forms.keyFor(context);
      if (service.forms.isValid(context, form['key']) && gate.signIn(context, String(form['token'] ?? '')))
        return context.redirect('/', 303);
      return context.html(signInPage(key, 'The token is wrong, or the page was too old.'), 403);
    });
    app.use(gate.guard);
  }

  if (predictionsPerMinute > 0)
    for (const path of [PREDICT_PATH, '/try', '/try/batch'])
      app.post(path, limited(predictionsPerMinute, 'predictions'));

  app.route('/', apiOf(service));
  app.route('/', pagesOf(service));

  app.notFound((context) => refusal(context, 404, 'There is nothing at this address.', 'Begin at the overview.'));
  app.onError((thrown, context) => {
    if (thrown instanceof NotFound) return refusal(context, 404, thrown.message, 'Begin at the overview.');
    const status = Object(thrown).status;
    // What hono itself finds wrong with a body.
    if (typeof status === 'number' && status >= 400 && status < 500)
      return refusal(context, status === 413 ? 413 : 400, thrown.message || 'The request is broken.', 'Correct it.');
    const known = thrown instanceof MonitorError ? thrown : systemError(thrown);
    if (known) {
      service.log.warn({ code: known.code, path: context.req.path }, known.message);
      return refusalOf(context, known);
    }
    service.log.error({ path: context.req.path }, thrown.stack ?? messageOf(thrown));
    return refusal(
      context,
      500,
      'This is a defect of monitor.',
      'The log of `monitor serve` tells more. Please report it.',
    );
  });
  return app;
}
