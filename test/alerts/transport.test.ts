import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mailNames, type RenderedMail } from '../../src/alerts/mail.ts';
import { channelsOf, transportsOf } from '../../src/alerts/transport.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'monitor-transport-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const hook = { url: 'https://chat.example/hook' };
const configOf = (settings: Record<string, unknown>) => configSchema.parse(settings) as Config;

describe('the ways that a message takes', () => {
  it.each([
    ['of a team', { to: ['a@acme.example'] }, ['outbox'], ['smtp']],
    ['of a team with a webhook', { to: ['a@acme.example'], webhook: hook }, ['outbox', 'webhook'], ['smtp', 'webhook']],
    ['of a team with a webhook alone', { webhook: hook }, ['webhook'], ['webhook']],
    ['of the owner', undefined, ['outbox'], ['smtp']],
  ])('%s', (_, care, withoutServer, withServer) => {
    const teams = care === undefined ? {} : { care };
    const plain = configOf({ teams });
    const served = configOf({ teams, mail: { smtp: { host: 'mail.acme.example' } } });
    expect(channelsOf(plain, plain.teams['care'])).toEqual(withoutServer);
    expect(channelsOf(served, served.teams['care'])).toEqual(withServer);
  });
});

describe('the outbox folder', () => {
  const from = 'Monitor <monitor@acme.example>';
  const mailOf = (key: string): RenderedMail => ({
    ...{ from, to: ['a@acme.example'], subject: key, text: key, html: '', dateMs: 0 },
    ...{ charts: [], quotes: [], chat: { text: '' }, ...mailNames(key, { from, newestDay: 20_778, about: 'acme' }) },
  });
  const outboxOf = (data_dir: string) => transportsOf(configOf({ data_dir }), () => undefined).outbox;

  it('is made with the folders above it, and takes one mail after another', async () => {
    const outbox = outboxOf(join(directory, 'not', 'there'));
    const mails = [mailOf('one'), mailOf('two')];
    for (const mail of mails) expect(await outbox.send(mail, [], 0)).toEqual([]);
    expect(readdirSync(join(directory, 'not', 'there', 'outbox')).sort()).toEqual(mails.map(({ file }) => file).sort());
  });

  it('that something stands in the way of is an error which says so', async () => {
    const file = join(directory, 'outbox');
    writeFileSync(file, 'a file');
    await expect(outboxOf(directory).send(mailOf('one'), [], 0)).rejects.toMatchObject({
      ...{ code: 'E_FILE', message: "The outbox folder can't be made: something else has its name", place: { file } },
      remedy: 'Check that nothing else has its name.',
    });
  });
});
