import { describe, expect, it } from 'vitest';
import { commandReference } from '../../scripts/docs/commands.ts';
import { configurationReference } from '../../scripts/docs/configuration.ts';
import { pageText } from './markdown.ts';

describe('the reference', () => {
  it('of the settings is what `npm run docs` makes', () => {
    expect(pageText('docs/reference/configuration.md')).toBe(configurationReference());
  });

  it('of the commands is what `npm run docs` makes', async () => {
    expect(pageText('docs/reference/commands.md')).toBe(await commandReference());
  });

  it('knows every key that monitor.example.yaml shows, and the example every key', () => {
    const example = pageText('monitor.example.yaml');
    const keys = [...configurationReference().matchAll(/^\| `([\w.]+)` \|/gm)].flatMap(([, key = '']) =>
      key.split('.').filter((part) => part !== 'NAME'),
    );
    expect([...new Set(keys)].filter((key) => !new RegExp(`\\b${key}\\b`).test(example))).toEqual([]);
  });
});
