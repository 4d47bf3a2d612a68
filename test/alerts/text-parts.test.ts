import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textHash } from '../../src/alerts/dip-quotes.ts';
import { maskHandles } from '../../src/alerts/handles.ts';
import { html } from '../../src/alerts/html.ts';
import { mailNames, parseMail, type RenderedMail } from '../../src/alerts/mail.ts';
import type { NotificationContent } from '../../src/alerts/queue.ts';
import { redactContent, redactMail } from '../../src/alerts/redact.ts';
import { secretAt, withoutSecrets } from '../../src/alerts/secret.ts';
import { compileTemplate, escapeHtml } from '../../src/alerts/template.ts';
import { grownTerms } from '../../src/alerts/terms.ts';
import { capital, noteOf, shorten } from '../../src/alerts/words.ts';

describe('a template', () => {
  it('fills slots and repeats blocks', () => {
    const template = compileTemplate(
      '<b>{{name}}</b>{{#list}}<i title="{{tip}}">{{n}} of {{name}}</i>{{/list}}{{#on}}on{{/on}}{{#off}}off{{/off}}.',
    );
    const view = {
      name: `<&>"'`,
      list: [
        { n: 1, tip: 'a' },
        { n: 2, tip: 'b', name: 'own' },
      ],
      on: true,
      off: false,
    };
    expect(template(view)).toBe(
      '<b>&#60;&#38;&#62;&#34;&#39;</b><i title="a">1 of &#60;&#38;&#62;&#34;&#39;</i><i title="b">2 of own</i>on.',
    );
    expect(compileTemplate('{{#one}}{{#two}}{{x}}{{/two}}{{/one}}')({ one: { two: { x: 0 } } })).toBe('0');
    expect(compileTemplate('plain')({})).toBe('plain');
  });

  it('refuses marks that don’t fit together, and names that no view has', () => {
    expect(() => compileTemplate('{{#a}}{{/b}}')).toThrow('the template closes b, which is not open');
    expect(() => compileTemplate('{{/b}}')).toThrow('the template closes b, which is not open');
    expect(() => compileTemplate('{{#a}}{{#b}}{{/b}}')).toThrow('the template does not close a');
    expect(() => compileTemplate('{{toString}}')({})).toThrow('the view has no toString');
  });

  it('escapes whatever is put into markup, but for markup', () => {
    expect(html`<p>${'<'}${2}${html`<b>${'&'}</b>`}${[html`<i>`, html`</i>`]}</p>`.source).toBe(
      '<p>&#60;2<b>&#38;</b><i></i></p>',
    );
    expect(escapeHtml(`a<b>&"'`)).toBe('a&#60;b&#62;&#38;&#34;&#39;');
  });
});

describe('a stored mail', () => {
  const quote = { hash: textHash('Lost my bag (again)!'), shown: 'Lost my bag (again)!' };
  const long = 'A word and many more '.repeat(6).trim();
  const wrapped =
    '        A word and many more A word and many more A word and many more\n        A word and many more A word and many more A word and many more';
  const mail: RenderedMail = {
    ...{
      from: 'a',
      to: ['b'],
      subject: 's',
      charts: [],
      messageId: '<x@y>',
      dateMs: 0,
      file: 'f',
      chat: { text: 't' },
    },
    text: `Lead\n\n  0.02  Fri\n        Lost my bag (again)!\n\n${wrapped}\n`,
    html: `<div>Lost my bag (again)!</div><div>${long}</div>`,
    quotes: [quote, { hash: textHash(long), shown: long }],
  };

  it('loses the quotes of a post, and nothing else', () => {
    const one = redactMail(mail, ['Lost my bag (again)!']);
    expect(one?.text).toBe(mail.text.replace('Lost my bag (again)!', '[removed on request]'));
    expect(one?.html).toBe(mail.html.replace('Lost my bag (again)!', '[removed on request]'));
    expect(one?.quotes).toEqual(mail.quotes.slice(1));
    expect(redactMail(mail, [long])?.text).toBe(mail.text.replace(wrapped, '        [removed on request]'));
    expect(redactMail(mail, ['Lost my bag', 'Lead', ''])).toBeUndefined();
  });

  it('loses a quote that only its page or only its text has, and keeps empty lines whatever is removed', () => {
    const own = 'Lost my bag (again)!';
    const [text, page] = ['        \n        Other', '<div></div><div>Other</div>'];
    expect(redactMail({ ...mail, text, html: `${page}<div>${own}</div>` }, [own, ''])).toEqual({
      ...{ ...mail, text, html: `${page}<div>[removed on request]</div>`, quotes: mail.quotes.slice(1) },
    });
    expect(redactMail({ ...mail, text: `${text}\n        ${own}`, html: page }, [own, ''])).toEqual({
      ...{ ...mail, text: `${text}\n        [removed on request]`, html: page, quotes: mail.quotes.slice(1) },
    });
    expect(redactMail({ ...mail, text, html: page }, [own, ''])).toBeUndefined();
  });

  it('loses words that were shown otherwise than they were stored', () => {
    const masked = { ...mail, quotes: [{ ...quote, hash: textHash('@jo Lost my bag (again)!') }] };
    expect(redactMail(masked, ['@jo Lost my bag (again)!'])?.text).not.toContain('Lost my bag');
  });

  it('loses them before it is written, too', () => {
    const alert = { quotes: [{ ...quote, score: '0.02', note: '', text: quote.shown }] };
    const content = { alert, chart: null } as unknown as NotificationContent;
    expect(redactContent(content, ['Lost my bag (again)!'])).toMatchObject({
      ...{ alert: { quotes: [{ text: '[removed on request]', score: '0.02' }] }, chart: null },
    });
    expect(redactContent(content, ['other'])).toBeUndefined();
    const other = { ...alert.quotes[0], hash: textHash('other') };
    const two = { alert: { quotes: [other, ...alert.quotes] }, chart: null } as unknown as NotificationContent;
    expect(redactContent(two, ['Lost my bag (again)!'])).toEqual({
      ...{ alert: { quotes: [other, { ...alert.quotes[0], text: '[removed on request]' }] }, chart: null },
    });
    expect(redactContent({ mail }, ['Lost my bag (again)!'])).toBeUndefined();
  });

  it('of earlier versions is read', () => {
    const { charts: _, chat: __, quotes: ___, ...old } = mail;
    const chart = { cid: 'c', pngBase64: '' };
    expect(parseMail(JSON.stringify({ ...old, chart }))).toEqual({
      ...old,
      charts: [chart],
      chat: { text: 's' },
      quotes: [],
    });
    expect(parseMail(JSON.stringify({ ...old, chart: null })).charts).toEqual([]);
    expect(parseMail(JSON.stringify(mail))).toEqual(mail);
  });

  it('has names that follow from its key', () => {
    const names = mailNames('key', { from: 'A <a@b.example> ', newestDay: 0, about: `Ünder & Over_${'x'.repeat(80)}` });
    expect([names.messageId, names.cid(0), names.file]).toMatchInlineSnapshot(`
      [
        "<2c70e12b7a0646f92279f427c7b38e73@b.example>",
        "chart1.2c70e12b7a0646f9@b.example",
        "1970-01-01--nder-over-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-2c70e12b.eml",
      ]
    `);
  });
});

describe('a secret', () => {
  it('is in a variable or a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-secret-'));
    const file = join(folder, 'secret');
    const place = (content: string) => {
      writeFileSync(file, content);
      return secretAt({ file }, () => undefined, 'mail.smtp.password');
    };
    try {
      expect(place(' hush\n')).toBe('hush');
      expect(() => place(' \n')).toThrow(
        expect.objectContaining({
          ...{ code: 'E_CONFIG', message: 'The file that mail.smtp.password_file names is empty.', place: { file } },
          remedy: 'Write the secret into it, and nothing else.',
        }),
      );
      rmSync(file);
      expect(() => secretAt({ file }, () => 'x', 'k')).toThrow(
        expect.objectContaining({
          code: 'E_CONFIG',
          message: expect.stringContaining("The file that k_file names can't be read: there is no such file"),
          place: { file },
          remedy: 'Check that it is there and that the user who runs monitor may read it.',
        }),
      );
      const of = (value: string | undefined) =>
        secretAt({ env: 'PASS', file }, (name) => (name === 'PASS' ? value : 'x'), 'k');
      expect(of('hush')).toBe('hush');
      for (const value of [undefined, ''])
        expect(() => of(value)).toThrow(
          expect.objectContaining({
            code: 'E_CONFIG',
            message: 'The environment variable PASS, which k_env names, is not set.',
            remedy: 'Set PASS, or take k_env out of the settings.',
          }),
        );
      expect(secretAt({}, () => 'x', 'k')).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is taken out of what others answer, in base64 too', () => {
    const encoded = Buffer.from('hush').toString('base64');
    expect(withoutSecrets(`hush ${encoded} hush`, ['hush', undefined, ''])).toBe('*** *** ***');
  });
});

describe('words from outside', () => {
  it('are masked where they are handles of other people', () => {
    expect(maskHandles('@Jo @AcmeAir x.@b a@b @acme_', ['AcmeAir', '@acme_'])).toBe('@… @AcmeAir x.@b a@b @acme_');
  });

  it('become a note, if there are some and not too many', () => {
    expect(noteOf(' A\n strike ')).toBe('A strike');
    expect(noteOf('😀'.repeat(120))).toHaveLength(240);
    expect(() => noteOf(' \n')).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message: 'The event has no words.' }),
    );
    expect(() => noteOf('x'.repeat(121))).toThrow(
      expect.objectContaining({
        message: 'The event has 121 characters; 120 is the most.',
        remedy: expect.stringMatching(/few words/),
      }),
    );
  });

  it('are cut at a space that is near, or else anywhere', () => {
    expect(shorten(`${'x'.repeat(30)} ${'y'.repeat(30)}`, 40)).toBe(`${'x'.repeat(30)}…`);
    expect(shorten(`${'x'.repeat(10)} ${'y'.repeat(50)}`, 40)).toBe(`${'x'.repeat(10)} ${'y'.repeat(28)}…`);
    expect([capital('über alles'), capital('')]).toEqual(['Über alles', '']);
  });

  it('grew, if surely and in texts enough; the surest first, six at most, a pair before its words', () => {
    const many = (count: number, text: string) => new Array<string>(count).fill(text);
    const before = many(100, 'fine day');
    const terms = (now: string[], own: string[] = []) => grownTerms(now, before, own).map(({ term }) => term);
    expect(terms([...many(3, 'broken'), ...many(97, 'fine day')])).toEqual([]);
    expect(terms([...many(20, 'broken'), ...many(80, 'fine day')])).toEqual(['broken']);
    expect(terms([...many(30, 'broken seat'), ...many(20, 'Dirty!'), ...many(50, 'fine day')])).toEqual([
      'broken seat',
      'dirty',
    ]);
    expect(terms(many(50, 'broken the seat 42 broken'))).toEqual(['broken', 'seat']);
    expect(terms(many(50, 'broken https://x.example/a www.b.c @seat #Dirty'), ['Broken'])).toEqual(['#dirty']);
    expect(terms(many(50, 'alpha the bravo the charlie the delta the echo the foxtrot the golf'))).toHaveLength(6);
    expect(grownTerms(many(30, 'don’t fly'), before, [])[0]).toEqual({
      term: 'fly',
      now: 30,
      nowOf: 30,
      before: 0,
      beforeOf: 100,
    });
    expect(grownTerms(['a'], [], [])).toEqual([]);
    expect(terms(many(50, `${'x'.repeat(50)} ${'pad '.repeat(500)} hidden`))).toEqual(['pad pad', 'x'.repeat(40)]);
  });
});
