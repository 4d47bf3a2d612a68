import { createHash } from 'node:crypto';
import { markJudged, unjudgedFiles } from '../../db/rejects.ts';
import type { Context } from '../context.ts';
import { type BadSource, badSources, describeBadSource } from '../ingest/judge.ts';
import { html } from './html.ts';
import { mailNames, type RenderedMail } from './mail.ts';
import { queueNotice } from './queue.ts';

/**
 * Looks at the files that were read since the last time, and puts a mail to the owner into the outbox for every source with
 * more rejects than `reject_limit`: one for each set of files, whatever is killed in between.
 */
export async function judgeRejects({ store, config, zone, clock, log }: Context): Promise<{ sources: BadSource[] }> {
  const files = await unjudgedFiles(store.read);
  const bad = badSources(files, config.reject_limit);
  await store.transaction(async (tx) => {
    const nowMs = clock();
    for (const source of bad) {
      log.warn({ source: source.source, rows: source.rows, rejected: source.rejected }, 'too many rows not usable');
      if (config.owner.length === 0) continue;
      const set = createHash('sha256').update(source.files.map(({ sha256 }) => sha256).join());
      const dedupe_key = `rejects:${source.source}:${set.digest('hex').slice(0, 16)}`;
      const mail = ownerMail(source, {
        from: config.mail.from,
        to: config.owner,
        key: dedupe_key,
        nowMs,
        day: zone.dayOf(nowMs),
      });
      const day = zone.dayOf(nowMs);
      await queueNotice(
        tx,
        config,
        {
          ...{ dedupeKey: dedupe_key, ruleId: `rejects:${source.source}`, day, kind: 'rejects', team: null },
          content: { mail },
        },
        nowMs,
      );
    }
    await markJudged(
      tx,
      files.map(({ fileId }) => fileId),
    );
  });
  return { sources: bad };
}

const NAMES = 20;

function ownerMail(
  source: BadSource,
  { from, to, key, nowMs, day }: { from: string; to: readonly string[]; key: string; nowMs: number; day: number },
): RenderedMail {
  const { messageId, file } = mailNames(key, { from, newestDay: day, about: 'rejects' });
  const names = source.files.slice(0, NAMES).map(({ name }) => name);
  if (source.files.length > NAMES) names.push(`and ${source.files.length - NAMES} more`);
  const advice = `What is wrong with each row: monitor rejects list --source ${source.source}`;
  const after = 'Correct the settings, then: monitor rejects retry. Or put corrected exports into the inbox.';
  const lead = describeBadSource(source);
  const subject = `[monitor] ${source.source}: rows that can't be used`;
  return {
    ...{ from, to, messageId, file, dateMs: nowMs, charts: [], quotes: [] },
    subject,
    chat: { text: subject },
    text: [lead, '', ...names.map((name) => `  ${name}`), '', advice, after, ''].join('\n'),
    html: html`<!doctype html><html lang="en"><body style="font-family:sans-serif"><p>${lead}</p><ul>${names.map(
      (name) => html`<li>${name}</li>`,
    )}</ul><p>${advice}<br>${after}</p></body></html>`.source,
  };
}
