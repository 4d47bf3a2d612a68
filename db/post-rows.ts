import type Sqlite from 'better-sqlite3';
import type { KnownPost } from './post-changes.ts';
import type { NewPost } from './posts.ts';
import { prepared } from './prepared.ts';
import { textIds } from './text-ids.ts';

/** The statements that run for every post of a source. */
export interface PostRows {
  /** Stores the post with its text and brands, unless the source has one with its key. Tells whether it was stored. */
  add(post: NewPost): boolean;
  find(key: string): KnownPost | undefined | Promise<KnownPost | undefined>;
}

/**
 * With prepared statements. That a post is known is told by the insert, whose search of the index it needs anyway: looking
 * for it first took more time than storing it. What is looked for is wrapped in a select of its own,
 * because SQLite plans a join again for each new value that it sees before it runs.
 */
export function sqlitePosts(sqlite: Sqlite.Database, sourceId: number): PostRows {
  const find = prepared(
    sqlite,
    `select p.post_id, p.text_id, p.at_ms, p.day, p.user_id, t.hash16
     from posts p join texts t on t.text_id = p.text_id
     where p.source_id = (select ?) and p.key = (select ?)`,
  );
  const texts = textIds(sqlite);
  // Most posts have neither another original nor a brand column, and each value that is bound takes half a microsecond.
  const addText = prepared(sqlite, 'insert into texts (hash16, body, copy16) values (?, ?, ?)');
  const addCleanedText = prepared(sqlite, 'insert into texts (hash16, body, copy16, original) values (?, ?, ?, ?)');
  const dropText = prepared(sqlite, 'delete from texts where text_id = ?');
  const addPost = prepared(
    sqlite,
    `insert into posts (source_id, key, text_id, at_ms, day, user_id, extra) values (${sourceId}, ?, ?, ?, ?, ?, ?)
     on conflict (source_id, key) do nothing`,
  );
  const addSpecialPost = prepared(
    sqlite,
    `insert into posts (source_id, key, text_id, at_ms, day, user_id, extra, brand, other_language)
     values (${sourceId}, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (source_id, key) do nothing`,
  );
  const addBrand = prepared(sqlite, 'insert into post_brands (brand_id, day, post_id) values (?, ?, ?)');
  const storeText = ({ body, original, hash16, copy16 }: NewPost): number => {
    const added =
      original === null ? addText.run(hash16, body, copy16) : addCleanedText.run(hash16, body, copy16, original);
    const textId = Number(added.lastInsertRowid);
    texts.add(hash16, textId);
    return textId;
  };
  return {
    find: (key) => find.get(sourceId, key) as KnownPost | undefined,
    add: (post) => {
      const { key, atMs, day, userId, extra, hash16, brand, otherLanguage, brandIds } = post;
      const knownText = texts.find(hash16);
      const textId = knownText ?? storeText(post);
      const added =
        brand === null && otherLanguage === null
          ? addPost.run(key, textId, atMs, day, userId, extra)
          : addSpecialPost.run(key, textId, atMs, day, userId, extra, brand, otherLanguage);
      if (added.changes === 0) {
        // Whether this text is kept is for the correction to decide.
        if (knownText === undefined) dropText.run(textId);
        return false;
      }
      for (const brandId of brandIds) addBrand.run(brandId, day, added.lastInsertRowid);
      return true;
    },
  };
}
