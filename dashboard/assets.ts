import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_STYLE } from '../reports/model-page.ts';
import { PAGE_STYLE } from '../reports/page-style.ts';
import { packageRoot } from '../src/package.ts';
import { DASHBOARD_STYLE } from './style.ts';

interface Asset {
  readonly type: string;
  readonly content: string;
  /** With its hash, so that a browser keeps it until it changes. */
  readonly href: string;
}

function asset(name: string, type: string, content: string): Asset {
  const version = createHash('sha256').update(content).digest('hex').slice(0, 10);
  return { type, content, href: `/assets/${name}?v=${version}` };
}

/** The files that pages link to. */
export const ASSETS = {
  style: asset('dashboard.css', 'text/css; charset=utf-8', `${PAGE_STYLE}\n${DASHBOARD_STYLE}`),
  modelStyle: asset('model.css', 'text/css; charset=utf-8', MODEL_STYLE),
  script: asset(
    'dashboard.js',
    'text/javascript; charset=utf-8',
    readFileSync(join(packageRoot, 'dashboard', 'assets', 'dashboard.js'), 'utf8'),
  ),
} as const;
