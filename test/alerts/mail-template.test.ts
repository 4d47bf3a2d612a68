import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compiledTemplate } from '../../scripts/mail-template.ts';
import { compileTemplate } from '../../src/alerts/template.ts';

describe('the layout of mails', () => {
  it('is compiled from mail.mjml as it is', async () => {
    const compiled = readFileSync(new URL('../../src/alerts/mail-template.ts', import.meta.url), 'utf8');
    expect(compiled === (await compiledTemplate()), 'run `node scripts/mail-template.ts`').toBe(true);
  });
});

describe('a template', () => {
  it('escapes whatever goes into a slot, repeats blocks, and looks into the views around', () => {
    const template = compileTemplate(
      '<p title="{{name}}">{{#rows}}[{{name}} {{value}}]{{/rows}}{{#no}}x{{/no}}{{#yes}}y{{/yes}}</p>',
    );
    const view = { name: `<b>"&'`, rows: [{ value: 1 }, { value: 2, name: '{{value}}' }], no: false, yes: true };
    const name = '&#60;b&#62;&#34;&#38;&#39;';
    expect(template(view)).toBe(`<p title="${name}">[${name} 1][{{value}} 2]y</p>`);
  });

  it('that does not fit together or to its view is a defect', () => {
    expect(() => compileTemplate('{{#a}}{{/b}}')).toThrow(/closes b/);
    expect(() => compileTemplate('{{#a}}')).toThrow(/does not close a/);
    expect(() => compileTemplate('{{a}}')({})).toThrow(/no a/);
  });
});
