import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brandIdOf } from '../db/brands.ts';
import { lastSeriesDay } from '../db/series.ts';
import { seriesOfBrand } from '../src/alerts/inputs.ts';
import { proposeRule, type RuleProposal } from '../src/alerts/propose.ts';
import { defaultRule } from '../src/alerts/rule.ts';
import { ingest } from '../src/ingest/stage.ts';
import { aggregateSeries, scoreSeries } from './series.ts';
import { type JobInput, withSession } from './session.ts';

/** A brand's posts in an export, and the rule that suits them. */
export interface FirstHistory extends RuleProposal {
  readonly posts: number;
}

/**
 * Reads and scores one export as the nights would and proposes a rule for each brand of the settings, by slug. The work is done in a
 * database of its own, which is deleted again. Errors: those of the stages.
 */
export async function firstHistory(input: JobInput, file: string): Promise<Map<string, FirstHistory>> {
  const folder = await mkdtemp(join(tmpdir(), 'monitor-init-'));
  const { database: _, ...settings } = input.config;
  const config = { ...settings, data_dir: folder, processed: 'keep' as const };
  try {
    return await withSession({ ...input, config }, 'monitor init', async (session) => {
      await ingest(session, { files: [file] });
      await scoreSeries(session);
      await aggregateSeries(session);
      const reader = session.store.read;
      const last = (await lastSeriesDay(reader)) ?? 0;
      const proposals = new Map<string, FirstHistory>();
      for (const slug of Object.keys(config.brands)) {
        const brandId = await brandIdOf(reader, slug);
        if (brandId === undefined) continue;
        const series = await seriesOfBrand(reader, brandId, last);
        const posts = series.stats.reduce((sum, { n }) => sum + n, 0);
        proposals.set(slug, { posts, ...proposeRule(defaultRule(config, slug), series, config) });
      }
      return proposals;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
