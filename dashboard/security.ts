import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { refusal } from './refusal.ts';

/** Nothing inline, nothing from elsewhere, in no frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Headers of every answer. Pages hold people's words: nothing is kept in caches, nothing is told to other sites. */
const SAFE_HEADERS = new Map([
  ['Content-Security-Policy', POLICY],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
]);

/**
 * Gives an answer its headers before anything else has a say, so that those have them too which never come to the application.
 * On Node's own object: through `Headers` they cost a prediction a fifth of the server's time.
 */
export function setSafeHeaders(outgoing: ServerResponse): void {
  outgoing.setHeaders(SAFE_HEADERS);
}

/** Refuses bodies beyond a number of bytes. */
export function limitedBody(maxSize: number, onError: (context: Context) => Response): MiddlewareHandler {
  const counted = bodyLimit({ maxSize, onError });
  return (context, next) => {
    const { req } = context;
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    const length = req.header('transfer-encoding') === undefined ? req.header('content-length') : undefined;
    // Only a body that doesn't say its length has to be counted: looking at it takes longer than a prediction.
    if (length === undefined) return counted(context, next);
    return Number(length) > maxSize ? Promise.resolve(onError(context)) : next();
  };
}

/** The refusal of a request that must not go on. */
export type Guard = (context: Context) => Response | undefined;

/** Asks guards in order; as one step, since each step of the application costs a request several turns of promises. */
export function guarded(guards: readonly Guard[]): MiddlewareHandler {
  return (context, next) => {
    for (const guard of guards) {
      const refused = guard(context);
      if (refused) return Promise.resolve(refused);
    }
    return next();
  };
}

/** Names under which a browser on this machine reaches it. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Without a token only this machine is answered, under its own names: another site whose name is pointed at 127.0.0.1 (DNS
 * rebinding) comes under that name.
 */
export const ownNamesOnly: Guard = (context) => {
  const host = (context.req.header('host') ?? '').replace(/:\d+$/, '');
  return isLoopback(host) ? undefined : refusal(context, 421, `This server does not answer for "${host}".`);
};

/** What a request that changes something, or costs much, must not come from: another site. */
export const sameSiteOnly: Guard = (context) =>
  context.req.method !== 'GET' && context.req.method !== 'HEAD' && isFromElsewhere(context)
    ? refusal(context, 403, 'The request comes from another site.')
    : undefined;

function isFromElsewhere({ req }: Context): boolean {
  const site = req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin = req.header('origin');
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== req.header('host'));
}

const SESSION_COOKIE = 'monitor_session';
const FORM_COOKIE = 'monitor_form';
const COOKIE = { httpOnly: true, sameSite: 'Strict', path: '/' } as const;

/** Who may use the server where a token is set: whoever sends it, or signed in with it in this browser. */
export interface Gate {
  /** Lets requests through that carry the token; sends the others to the sign-in page, or refuses them. */
  readonly guard: MiddlewareHandler;
  /** Signs a browser in if the token is right. */
  signIn(context: Context, token: string): boolean;
}

export function gateOf(token: string): Gate {
  // What the cookie holds tells nothing of the token, and another token makes it worthless.
  const session = createHmac('sha256', token).update('session').digest('base64url');
  return {
    guard: async (context, next) => {
      const bearer = /^Bearer (.+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
      if (isSame(bearer, token) || isSame(getCookie(context, SESSION_COOKIE), session)) return next();
      const isPage = context.req.method === 'GET' && (context.req.header('accept') ?? '').includes('text/html');
      if (isPage && !context.req.path.startsWith('/api/')) return context.redirect('/sign-in', 303);
      context.header('WWW-Authenticate', 'Bearer');
      return refusal(context, 401, 'The token is missing or wrong.');
    },
    signIn: (context, given) => {
      if (!isSame(given, token)) return false;
      setCookie(context, SESSION_COOKIE, session, { ...COOKIE, maxAge: 30 * 86_400 });
      return true;
    },
  };
}

function isSame(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false;
  const [a, b] = [given, expected].map((text) => createHmac('sha256', 'compare').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** Ties forms to the browser that they were sent to: another site can make a browser post a form, but not know this. */
export interface FormKeys {
  /** The value of the form's hidden field; sets the browser's cookie where it has none. */
  keyFor(context: Context): string;
  isValid(context: Context, key: unknown): boolean;
}

export function formKeys(): FormKeys {
  const secret = randomBytes(32);
  const keyOf = (browser: string) => createHmac('sha256', secret).update(browser).digest('base64url');
  return {
    keyFor: (context) => {
      let browser = getCookie(context, FORM_COOKIE);
      if (browser === undefined || browser.length < 20) {
        browser = randomBytes(18).toString('base64url');
        setCookie(context, FORM_COOKIE, browser, COOKIE);
      }
      return keyOf(browser);
    },
    isValid: (context, key) => {
      const browser = getCookie(context, FORM_COOKIE);
      return browser !== undefined && typeof key === 'string' && isSame(key, keyOf(browser));
    },
  };
}
