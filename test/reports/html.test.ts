import { describe, expect, it } from 'vitest';
import { html, raw } from '../../reports/html.ts';

describe('html', () => {
  it('escapes values, joins lists, drops undefined, and leaves markup alone', () => {
    const items = ['<a>', `"&'`].map((item) => html`<li>${item}</li>`);
    expect(html`<ul title="${'"x"'}">${items}${undefined}${3}${raw('<hr>')}</ul>`.text).toBe(
      '<ul title="&quot;x&quot;"><li>&lt;a&gt;</li><li>&quot;&amp;&#39;</li>3<hr></ul>',
    );
  });
});
