import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSettings } from '../../src/config/first-settings.ts';
import { parseConfig } from '../../src/config/load.ts';
import { brandNamed } from '../../src/ingest/found-brands.ts';

const settings = {
  timeZone: 'Europe/Berlin',
  inbox: './inbox',
  brands: [],
  proposals: new Map(),
  mail: null,
  source: null,
};
const parsed = (text: string) => parseConfig(text, '/srv/monitor.yaml');

describe('first settings', () => {
  it('are valid without anything, and with everything', () => {
    expect(parsed(firstSettings(settings)).brands).toEqual({});
    const proposal = { window: 7, minPosts: 30, below: 0.41, recoverAbove: 0.44, days: 40, usual: 0.6 };
    const config = parsed(
      firstSettings({
        ...settings,
        mail: 'care@acme.example',
        brands: [brandNamed('Acme Air')],
        proposals: new Map([['acme-air', { ...proposal, basis: 'spread', alerts: null }]]),
        source: {
          ...{ name: 'inbox', columns: { text: 'Hit: "Sentence"', created_at: 'Date #1' }, dateOrder: 'dmy' },
          ...{ timeZone: 'America/New_York', brand: 'acme-air' },
        },
      }),
    );
    expect(config.brands['acme-air']).toMatchObject({
      ...{ name: 'Acme Air', team: 'team' },
      alerts: [{ metric: 'mean_pos', below: 0.41, recover_above: 0.44, window: 7, min_posts: 30 }],
    });
    expect(config.sources['inbox']).toMatchObject({
      columns: { text: 'Hit: "Sentence"', created_at: 'Date #1' },
      ...{ date_order: 'dmy', time_zone: 'America/New_York', brand: 'acme-air' },
    });
    expect(config.teams['team']?.to).toEqual(['care@acme.example']);
  });

  it('come back as they were given, whatever people call their brands and folders', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .filter((text) => /[\p{L}\p{N}]/u.test(text));
    fc.assert(
      fc.property(name, name, (brandName, inbox) => {
        const brand = brandNamed(brandName);
        const config = parsed(firstSettings({ ...settings, inbox: `./${inbox}`, brands: [brand] }));
        expect(config.brands[brand.slug]).toMatchObject({ name: brand.name, match: { any: brand.terms } });
      }),
      { numRuns: 60 },
    );
  });
});
