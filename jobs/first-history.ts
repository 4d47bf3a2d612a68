import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brandIdOf } from '../db/brands.ts';
import { firstSeriesDay, lastSeriesDay } from '../db/series.ts';
import { seriesOfBrand } from '../src/alerts/inputs.ts';
import { proposeRule, type RuleProposal } from '../src/alerts/propose.ts';
import { defaultRule } from '../src/alerts/rule.ts';
import type { Day } from '../src/calendar.ts';
import { ingest } from '../src/ingest/stage.ts';
import { aggregateSeries, scoreSeries } from './series.ts';
import { type JobInput, withSession } from './session.ts';

/** A brand's posts in an export, and the rule that suits them. */
export interface BrandHistory extends RuleProposal {
  readonly posts: number;
}

/** What a whole export holds. */
export interface FirstHistory {
  readonly rows: number;
  readonly posts: number;
  readonly rejected: number;
  /** The days on which the brands of the settings have posts; null where none has any. */
  readonly firstDay: Day | null;
  readonly lastDay: Day | null;
  /** By slug. */
  readonly brands: ReadonlyMap<string, BrandHistory>;
}

/**
 * Reads and scores one export as the nights would and proposes a rule for each brand of the settings. The work is done in a
 * database of its own, which is deleted again. Errors: those of the stages.
 */
export async function firstHistory(input: JobInput, file: string): Promise<FirstHistory> {
  const folder = await mkdtemp(join(tmpdir(), 'monitor-init-'));
  const { database: _, ...settings } = input.config;
  const config = { ...settings, data_dir: folder, processed: 'keep' as const };
  try {
    return await withSession({ ...input, config }, 'monitor init', async (session) => {
      const { rows, stored, rejected } = await ingest(session, { files: [file] });
      await scoreSeries(session);
      await aggregateSeries(session);
      const reader = session.store.read;
      const [firstDay, lastDay] = [await firstSeriesDay(reader), await lastSeriesDay(reader)];
      const brands = new Map<string, BrandHistory>();
      for (const slug of Object.keys(config.brands)) {
        const brandId = await brandIdOf(reader, slug);
        if (brandId === undefined) continue;
        const series = await seriesOfBrand(reader, brandId, lastDay ?? 0);
        const posts = series.stats.reduce((sum, { n }) => sum + n, 0);
        brands.set(slug, { posts, ...proposeRule(defaultRule(config, slug), series, config) });
      }
      return { rows, posts: stored, rejected, firstDay, lastDay, brands };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
