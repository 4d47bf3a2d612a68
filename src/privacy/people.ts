import { createHmac } from 'node:crypto';
import { forgottenPeople } from '../../db/forgotten.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { privacyKey } from './key.ts';

/** How much of the people who wrote the posts is kept. */
export interface People {
  /** The user as the identity of a post takes it: told apart, though not known, when the user isn't kept. */
  identityOf(userId: string | null): string | null;
  /** The user as it is stored. */
  stored(userId: string | null): string | null;
  /** Another column's value as it is stored; undefined when it is left out because it would tell who wrote the post. */
  extra(column: string, value: string): string | undefined;
  isForgotten(userId: string | null): boolean;
  /** The content of a row that can't be used, as it is kept; undefined when it is not, because it tells who wrote it. */
  raw(raw: string): string | undefined;
}

/** Columns that name the person who wrote the post: their first word in small letters. */
const NAMES =
  /^(author|user|screen|handle|profile|account|nick|full|display|real|first|last|name|sender|from|poster|creator|influencer|customer|e?mail|phone|twitter)/;
/** Addresses of a post or a picture have the name of their author in them. */
const ADDRESSES = /(url|link|permalink|avatar|image)$/;

const EVERYONE: People = {
  identityOf: (userId) => userId,
  stored: (userId) => userId,
  extra: (_, value) => value,
  isForgotten: () => false,
  raw: (raw) => raw,
};

/** Errors: E_PRIVACY_KEY. */
export async function openPeople({ store, config }: Pick<Context, 'store' | 'config'>): Promise<People> {
  const forgotten = await forgottenPeople(store.read);
  const rule = config.privacy.user_id;
  if (rule === 'keep' && forgotten.size === 0) return EVERYONE;
  return createPeople(rule, await privacyKey(store, config.data_dir), forgotten);
}

export function createPeople(
  rule: Config['privacy']['user_id'],
  key: Uint8Array,
  forgotten: ReadonlySet<string>,
): People {
  const hashed = (userId: string | null) => (userId === null ? null : pseudonym(key, userId));
  const isForgotten = (userId: string | null) =>
    userId !== null && forgotten.size > 0 && forgotten.has(pseudonym(key, userId));
  const isRawKept = (raw: string) =>
    rule === 'keep' && !(forgotten.size > 0 && raw.split(/[,;\t|"\r\n]/).some((cell) => isForgotten(cell.trim())));
  return {
    identityOf: rule === 'keep' ? (userId) => userId : hashed,
    stored: (userId) => (rule === 'keep' ? userId : rule === 'hash' ? hashed(userId) : null),
    extra: (column, value) => {
      if (rule === 'keep') return value;
      const name = column.toLowerCase().replace(/[^a-z]/g, '');
      if (ADDRESSES.test(name)) return undefined;
      if (!NAMES.test(name)) return value;
      return rule === 'hash' ? pseudonym(key, value.trim()) : undefined;
    },
    isForgotten,
    raw: (raw) => (isRawKept(raw) ? raw : undefined),
  };
}

/** What stands for a user: the same for the same user, and nothing to anyone without the key (HMAC-SHA256, 132 bits). */
export function pseudonym(key: Uint8Array, userId: string): string {
  return `u:${createHmac('sha256', key).update(userId).digest('base64url').slice(0, 22)}`;
}
