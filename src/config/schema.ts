import { validate as isCronLine } from 'node-cron';
import { z } from 'zod';
import { DRIFT_SIGNS } from '../aggregate/drift.ts';
import { isTimeZone } from '../calendar.ts';
import { COLUMN_USES } from '../ingest/column-names.ts';
import { ENCODINGS } from '../ingest/encoding.ts';
import { LANGUAGES } from '../ingest/language.ts';
import { patternProblem } from '../ingest/pattern.ts';
import { ENGINE_CHOICES } from '../model/engines/engine.ts';
import { DEFAULT_MODEL } from '../model/names.ts';
import { alertSettings, brandMute, writtenRule } from './alerts.ts';
import { crossProblems } from './cross-checks.ts';
import { mailSchema, teamSchema } from './mail.ts';
import { postgresUrlProblem, TLS } from './postgres-url.ts';
import { sampledRateSchema } from './second-opinion.ts';

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use small letters, digits and hyphens, such as acme-air');

const share = z.number().min(0).max(1, 'is a share from 0 to 1, such as 0.45');

const regex = z.strictObject({
  regex: z
    .string()
    .min(1)
    .superRefine((pattern, context) => {
      const problem = patternProblem(pattern);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    }),
});

const term = z.union([z.string().min(1), regex], {
  error: 'must be a word, mention or hashtag, or { regex: "…" }',
});

const brand = z.strictObject({
  name: z.string().min(1).optional(),
  aliases: z.array(z.string().min(1)).default([]),
  match: z
    .strictObject({ any: z.array(term).default([]), none: z.array(term).default([]) })
    .default({ any: [], none: [] }),
  team: z.string().optional(),
  alerts: z.array(writtenRule).default([{}]),
  mute: brandMute.default(false),
});

const timeZone = z.string().refine(isTimeZone, 'is not a time zone name, such as Europe/Berlin');

const source = z.strictObject({
  columns: z.partialRecord(z.enum(COLUMN_USES), z.string().min(1)).default({}),
  encoding: z.enum(ENCODINGS).optional(),
  delimiter: z.enum([',', ';', '|', 'tab']).optional(),
  time_zone: timeZone.optional(),
  date_order: z.enum(['dmy', 'mdy']).optional(),
  brand: slug.optional(),
});

const drift = z.strictObject({
  psi: z.number().positive().default(0.25),
  unknown_words: share.default(0.1),
  length: z.number().gt(1).default(1.5),
  volume: z.number().gt(1).default(5),
  min_posts: z.int().min(50).default(200),
  inhibit: z.union([z.boolean(), z.array(z.enum(DRIFT_SIGNS))]).default(false),
});

const database = z.preprocess(
  // The short form: database: postgres://…
  (value) => (typeof value === 'string' ? { url: value } : value),
  z
    .strictObject({
      url: z.string().superRefine((url, context) => {
        const problem = postgresUrlProblem(url);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      }),
      password_env: z.string().min(1).optional(),
      password_file: z.string().min(1).optional(),
      tls: z.enum(TLS).optional(),
      ca_file: z.string().min(1).optional(),
    })
    .refine(({ password_env, password_file }) => password_env === undefined || password_file === undefined, {
      path: ['password_file'],
      message: 'and password_env both name the password; keep one of them',
    }),
);

/** monitor.yaml as it is written by people. Every key has its default here and nowhere else. */
export const configSchema = z
  .strictObject({
    time_zone: timeZone.default('UTC'),
    data_dir: z.string().min(1).default('./data'),
    database: database.optional(),
    inbox: z.string().min(1).default('./inbox'),
    processed: z.enum(['keep', 'archive', 'delete']).default('keep'),
    max_file_mb: z.number().positive().default(4096),
    language: z.enum(LANGUAGES).optional(),
    sources: z.record(z.string().min(1), source).default({}),
    model: z
      .strictObject({
        use: z.string().min(1).default(DEFAULT_MODEL),
        engine: z.enum(ENGINE_CHOICES).default('auto'),
        workers: z
          .union([z.literal('auto'), z.int().min(1).max(256)], {
            error: 'has none of the forms that it may have: auto, or a whole number from 1',
          })
          .default('auto'),
      })
      .prefault({}),
    sampled_rate: sampledRateSchema.optional(),
    smoothing: z.enum(['calendar', 'rows']).default('calendar'),
    window: z.int().min(1).max(365).default(3),
    min_posts_per_day: z.int().min(1).default(1),
    brands: z.record(slug, brand).default({}),
    alerts: alertSettings.prefault({}),
    teams: z.record(z.string().min(1), teamSchema(timeZone)).default({}),
    mail: mailSchema.prefault({}),
    owner: z.array(z.email('is not a mail address')).default([]),
    privacy: z.strictObject({ user_id: z.enum(['keep', 'hash', 'drop']).default('keep') }).prefault({}),
    retention: z.strictObject({ days: z.int().min(1) }).optional(),
    drift: drift.prefault({}),
    duplicates: z.enum(['count', 'once']).default('count'),
    reject_limit: share.default(0.05),
    report: z.strictObject({ csv: z.enum(['standard', 'tutorial']).default('standard') }).prefault({}),
    schedule: z
      .string()
      // Five fields: the seconds that node-cron also takes are of no use to a night.
      .refine(
        (line) => line.trim().split(/\s+/).length === 5 && isCronLine(line),
        'is not a cron line; use five fields, such as "30 2 * * *" for 2:30 every night',
      )
      .default('30 2 * * *'),
    public_url: z.url({ protocol: /^https?$/, error: 'is not a web address' }).optional(),
    ping_url: z.url({ protocol: /^https?$/, error: 'is not a web address' }).optional(),
  })
  // Runs only where every key by itself is right; `parseConfig` asks the same of a file with other mistakes.
  .superRefine((config, context) => {
    for (const { path, message } of crossProblems(config))
      context.addIssue({ code: 'custom', path: [...path], message });
  });

/** The validated settings. Paths are absolute; nothing here changes after loading. */
export type Config = Readonly<z.output<typeof configSchema>>;
/** A PostgreSQL database; without one, the database is a file in `data_dir`. */
export type PostgresSettings = NonNullable<Config['database']>;
export type Brand = Config['brands'][string];

export type { Metric, ShownMetric } from './alerts.ts';
