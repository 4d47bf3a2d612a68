import type { Zone } from '../calendar.ts';
import { zoneOf } from '../calendar.ts';
import type { Config } from '../config/schema.ts';
import type { BrandRef, Matcher } from './brands.ts';
import type { ColumnMapping } from './column-names.ts';
import type { DateOrder } from './dates.ts';
import type { Encoding } from './encoding.ts';
import type { Delimiter } from './reader.ts';

/** What the settings say about a source's files; what they don't say is found out. */
export interface SourceSettings {
  /** The source's name, for messages. */
  source: string;
  columns: ColumnMapping;
  encoding: Encoding | undefined;
  delimiter: Delimiter | undefined;
  dateOrder: DateOrder | undefined;
  /** The zone of times without an offset, and whether the source itself names it. */
  zone: Zone;
  ownZone: boolean;
  /** The brand that every post of the source belongs to. */
  brand: BrandRef | undefined;
  maxBytes: number;
}

/** The settings of a source, or the defaults when the config doesn't know it. */
export function settingsOf(config: Config, source: string): SourceSettings {
  const own = Object.hasOwn(config.sources, source) ? config.sources[source] : undefined;
  return {
    source,
    columns: own?.columns ?? {},
    encoding: own?.encoding,
    delimiter: own?.delimiter === 'tab' ? '\t' : own?.delimiter,
    dateOrder: own?.date_order,
    zone: zoneOf(own?.time_zone ?? config.time_zone),
    ownZone: own?.time_zone !== undefined,
    brand:
      own?.brand === undefined ? undefined : { slug: own.brand, name: config.brands[own.brand]?.name ?? own.brand },
    maxBytes: config.max_file_mb * 1_048_576,
  };
}

/** A matcher that also finds the brand of the source. */
export function withBrand(match: Matcher, brand: BrandRef | undefined): Matcher {
  if (brand === undefined) return match;
  return (text, column) => {
    const found = match(text, column);
    return found.some(({ slug }) => slug === brand.slug) ? found : [brand, ...found];
  };
}
