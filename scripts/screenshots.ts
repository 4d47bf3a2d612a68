// Takes the README's pictures of the report and the mail, as the sample makes them: docs/images/*.png. Needs Chromium.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import PostalMime from 'postal-mime';
import { main } from '../src/cli/program.ts';
import { packageRoot } from '../src/package.ts';

/** Larger pictures are slow to load beside text. */
const MOST_BYTES = 250_000;
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (CHROMIUM === undefined) throw new Error('Install Chromium first.');

const folder = mkdtempSync(join(tmpdir(), 'monitor-screenshots-'));
try {
  if ((await main(['demo', '--dir', folder])) !== 0) throw new Error('the sample failed');
  const data = join(folder, 'data');
  const [day = ''] = readdirSync(join(data, 'reports'));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const take = async (url: string, name: string, width: number, height: number): Promise<void> => {
    const page = await browser.newPage({ viewport: { width, height } });
    await page.goto(url);
    const path = join(packageRoot, 'docs', 'images', `${name}.png`);
    await page.screenshot({ path, clip: { x: 0, y: 0, width, height } });
    await page.close();
    const { size } = statSync(path);
    if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes`);
    console.log(`${path}: ${Math.round(size / 1000)} kB`);
  };
  await take(pathToFileURL(join(data, 'reports', day, 'sentiment_daily_report.html')).href, 'report', 1000, 1175);
  await take(await mailPage(join(data, 'outbox')), 'mail', 680, 1100);
  await browser.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The first mail as a page, its pictures within. */
async function mailPage(outbox: string): Promise<string> {
  const [file = ''] = readdirSync(outbox);
  const mail = await PostalMime.parse(readFileSync(join(outbox, file)));
  let html = mail.html ?? '';
  for (const { contentId, mimeType, content } of mail.attachments) {
    const data = Buffer.from(content as ArrayBuffer).toString('base64');
    html = html.replaceAll(`cid:${contentId?.replace(/^<|>$/g, '')}`, `data:${mimeType};base64,${data}`);
  }
  const path = join(folder, 'mail.html');
  writeFileSync(path, html);
  return pathToFileURL(path).href;
}
