import { dirtyDays } from '../db/dirty-days.ts';
import { type ModelSpan, modelSpans } from '../db/series.ts';
import type { DayRange } from '../db/texts.ts';
import { aggregate } from '../src/aggregate/stage.ts';
import type { Day } from '../src/calendar.ts';
import { type ScoringAhead, scoreAhead } from '../src/model/ahead.ts';
import { createPool } from '../src/model/pool.ts';
import { score } from '../src/model/stage.ts';
import { aggregationModel, locateModel } from './models.ts';
import { type Session, workersOf } from './session.ts';

/** A day after all others: years beyond any post. */
export const LAST_DAY: Day = 1_000_000;
export const FIRST_DAY: Day = -LAST_DAY;

/**
 * Scoring beside an ingest, where one model shows all days. A server's texts go through its queue, and texts of days that keep
 * an older model are told from others only when all are in.
 */
export async function seriesAhead(session: Session): Promise<ScoringAhead | undefined> {
  if (session.store.postgres || (await modelSpans(session.store.read)).length > 1) return undefined;
  return scoreAhead(session, session.model, session.pool);
}

/**
 * Scores what the series lacks: each text by the model that its days show. Texts of days that keep an older model are looked
 * for where days changed, so that a night without late posts doesn't load that model.
 */
export async function scoreSeries(
  session: Session,
  { range, ahead }: { range?: DayRange | undefined; ahead?: ScoringAhead | undefined } = {},
): Promise<{ texts: number }> {
  const spans = await modelSpans(session.store.read);
  if (spans.length <= 1) return score(session, session.model, session.pool, { range, ahead });
  let texts = 0;
  for (const { span, days } of within(spans, range)) {
    if (span.modelId === session.model.modelId) {
      texts += (await score(session, session.model, session.pool, { range: days })).texts;
    } else if ((await dirtyDays(session.store.read, days)).length > 0) {
      const model = await locateModel(session.config, span);
      const pool = createPool({ model, workers: workersOf(session.config), engine: session.config.model.engine });
      try {
        texts += (await score(session, { ...model, networkId: span.networkId }, pool, { range: days })).texts;
      } finally {
        await pool.close();
      }
    }
  }
  return { texts };
}

/** Brings the series up to date: each changed day by the model that it shows. */
export async function aggregateSeries(session: Session, range?: DayRange): Promise<{ days: number; posts: number }> {
  const spans = await modelSpans(session.store.read);
  if (spans.length <= 1) return aggregate(session, session.model, range);
  const done = { days: 0, posts: 0 };
  for (const { span, days } of within(spans, range)) {
    if ((await dirtyDays(session.store.read, days)).length === 0) continue;
    const model =
      span.modelId === session.model.modelId
        ? session.model
        : aggregationModel(await locateModel(session.config, span), span);
    const part = await aggregate(session, model, days);
    done.days += part.days;
    done.posts += part.posts;
  }
  return done;
}

/** The spans that have days in the range, with these days. */
function within(spans: readonly ModelSpan[], range?: DayRange): { span: ModelSpan; days: DayRange }[] {
  return spans
    .map((span) => ({
      span,
      days: {
        from: Math.max(span.from ?? FIRST_DAY, range?.from ?? FIRST_DAY),
        to: Math.min(span.to ?? LAST_DAY, range?.to ?? LAST_DAY),
      },
    }))
    .filter(({ days }) => days.from <= days.to);
}
