import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { documentHtml, html } from '../reports/html.ts';
import type { ErrorCode, MonitorError } from '../src/errors.ts';
import { ASSETS } from './assets.ts';

/** What a refused request is told, as a page to a browser and as JSON to programs. */
export function refusal(
  context: Context,
  status: ContentfulStatusCode,
  message: string,
  remedy = 'docs/dashboard.md tells what is possible.',
  code: ErrorCode | 'E_REQUEST' = 'E_REQUEST',
): Response {
  const isPage = !context.req.path.startsWith('/api/') && (context.req.header('accept') ?? '').includes('text/html');
  if (!isPage) return context.json({ error: { code, message, remedy } }, status);
  const body = html`<main><section><p class="kicker">${status}${code === 'E_REQUEST' ? undefined : html` · ${code}`}</p>
<h1>${message}</h1>
<p>${remedy}</p>
<p><a href="/">To the overview</a></p></section></main>`;
  return context.html(documentHtml(message, { styles: [ASSETS.style.href] }, body), status);
}

const STATUS_OF_CODE: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  E_USAGE: 400,
  E_INPUT: 422,
  E_BUSY: 503,
  E_INTERRUPTED: 503,
  E_DATABASE_LOCKED: 503,
  E_DATABASE_UNREACHABLE: 503,
  // Of another schema: until the next run, or until this program is brought up to date.
  E_DATABASE: 503,
  E_DATABASE_NEWER: 503,
};

/** The program's own errors keep their code and their remedy; the files that they name stay on the server. */
export function refusalOf(context: Context, thrown: MonitorError): Response {
  return refusal(context, STATUS_OF_CODE[thrown.code] ?? 500, thrown.message, thrown.remedy, thrown.code);
}

/** Something that a request names and that is not there. */
export class NotFound extends Error {}
