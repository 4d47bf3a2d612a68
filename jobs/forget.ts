import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addForgotten, deletePosts, postsOfUsers, refreshStatistics } from '../db/forgotten.ts';
import { allMessages, saveContent, saveRendered, waitingNotifications } from '../db/outbox.ts';
import { emptyReject, listRejects } from '../db/rejects.ts';
import { composeMail, parseMail, type RenderedMail } from '../src/alerts/mail.ts';
import type { NotificationContent } from '../src/alerts/queue.ts';
import { redactContent, redactMail } from '../src/alerts/redact.ts';
import type { Context } from '../src/context.ts';
import { throwIfAborted } from '../src/errors.ts';
import { writeFileAtomic } from '../src/files.ts';
import { privacyKey } from '../src/privacy/key.ts';
import { pseudonym } from '../src/privacy/people.ts';
import { removeQuotes } from './report-quotes.ts';

/** What was removed. Mails that were sent by SMTP can't be called back; what is stored of them is cleaned. */
export interface ForgetSummary {
  posts: number;
  texts: number;
  /** Brand-days that are computed again by the next run. */
  days: number;
  /** Rejected rows whose content named the person. */
  rejects: number;
  mails: number;
  /** Pages of reports that quoted them. */
  pages: number;
}

const PAGE = 500;

/**
 * Removes a person: first a keyed hash is left behind that keeps their posts out when a file is read again, then posts with
 * their texts and scores go, quotes in mails and reports, and the content of rejected rows that name them. Every step can be stopped and
 * done again; a second call finds nothing more. Errors: E_PRIVACY_KEY, E_FILE, E_INTERRUPTED between pages.
 */
export async function forget(context: Context, userId: string): Promise<ForgetSummary> {
  const { store, config, signal } = context;
  const hashed = pseudonym(await privacyKey(store, config.data_dir), userId);
  await store.transaction((tx) => addForgotten(tx, hashed));
  const summary: ForgetSummary = { posts: 0, texts: 0, days: 0, rejects: 0, mails: 0, pages: 0 };
  for (let afterPostId = 0; ; ) {
    throwIfAborted(signal);
    const posts = await postsOfUsers(store.read, [userId, hashed], { afterPostId, limit: PAGE });
    const last = posts.at(-1);
    if (last === undefined) break;
    afterPostId = last.post_id;
    const postIds = new Set(posts.map(({ post_id }) => post_id));
    summary.pages += await removeQuotes(config.data_dir, (postId) => postIds.has(postId));
    const bodies = new Set(posts.map(({ body }) => body));
    const mails = await redactedMails(context, bodies);
    const waiting = await redactedContents(context, bodies);
    // Files before the transaction that makes them findable no more.
    for (const { mail } of mails) await rewriteFile(config.data_dir, mail);
    const done = await store.transaction(async (tx) => {
      for (const { id, mail } of mails) await saveRendered(tx, id, JSON.stringify(mail));
      for (const { id, content } of waiting) await saveContent(tx, id, JSON.stringify(content));
      return deletePosts(tx, posts);
    });
    summary.posts += posts.length;
    summary.texts += done.texts;
    summary.days += done.days;
    summary.mails += mails.length + waiting.length;
  }
  await refreshStatistics(store.read);
  summary.rejects = await forgetRejects(context, userId);
  return summary;
}

async function redactedMails({ store }: Context, bodies: Set<string>): Promise<{ id: number; mail: RenderedMail }[]> {
  const mails: { id: number; mail: RenderedMail }[] = [];
  for (const { message_id: id, rendered } of await allMessages(store.read)) {
    const mail = redactMail(parseMail(rendered), bodies);
    if (mail) mails.push({ id, mail });
  }
  return mails;
}

/** What waits to become part of a mail. */
async function redactedContents(
  { store }: Context,
  bodies: Set<string>,
): Promise<{ id: number; content: NotificationContent }[]> {
  return (await waitingNotifications(store.read)).flatMap(({ notification_id: id, content: stored }) => {
    const content = redactContent(JSON.parse(stored) as NotificationContent, bodies);
    return content ? [{ id, content }] : [];
  });
}

async function rewriteFile(dataDir: string, mail: RenderedMail): Promise<void> {
  const path = join(dataDir, 'outbox', mail.file);
  if (existsSync(path)) await writeFileAtomic(path, await composeMail(mail));
}

/** Empties rejected rows that have the user as a word of their own: rather one too many than one too few. */
async function forgetRejects({ store, signal }: Context, userId: string): Promise<number> {
  const name = userId.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const word = new RegExp(`(?<![\\p{L}\\p{N}_])${name}(?![\\p{L}\\p{N}_])`, 'iu');
  let after: { fileId: number; row: number } | undefined;
  let emptied = 0;
  for (;;) {
    throwIfAborted(signal);
    const page = await listRejects(store.read, { after, limit: PAGE });
    after = page.at(-1);
    if (!after) return emptied;
    const named = page.filter(({ raw, reason }) => word.test(Buffer.from(raw).toString()) || word.test(reason));
    await store.transaction(async (tx) => {
      for (const { fileId, row } of named) await emptyReject(tx, fileId, row, 'removed on request');
    });
    emptied += named.length;
  }
}
