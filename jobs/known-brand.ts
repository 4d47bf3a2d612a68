import { brandIdOf, ensureBrand, listBrands } from '../db/brands.ts';
import type { Reader, Tx } from '../db/store.ts';
import type { Config } from '../src/config/schema.ts';
import { MonitorError } from '../src/errors.ts';

/** The number of a brand that posts are under. Errors: E_USAGE, naming the brands that there are. */
export async function knownBrandId(reader: Reader, slug: string): Promise<number> {
  const brandId = await brandIdOf(reader, slug);
  if (brandId !== undefined) return brandId;
  throw unknownBrand(
    slug,
    (await listBrands(reader)).map((brand) => brand.slug),
  );
}

/** The same for what may be said of a brand before its first post: one of the settings gets its number now. Errors: E_USAGE. */
export async function knownOrNewBrandId(tx: Tx, config: Config, slug: string): Promise<number> {
  const configured = Object.hasOwn(config.brands, slug) ? config.brands[slug] : undefined;
  return configured ? ensureBrand(tx, slug, configured.name ?? slug) : knownBrandId(tx, slug);
}

/** More are not listed within a message. */
const LISTED = 20;

/** What is said of a brand that is not among these. */
function unknownBrand(slug: string, brands: readonly string[]): MonitorError {
  const some = brands.length > 0 && brands.length <= LISTED;
  return new MonitorError('E_USAGE', `There is no brand "${slug}".`, {
    remedy: some ? `Brands: ${brands.join(', ')}.` : '`monitor brands list` shows the brands that there are.',
  });
}
