import { validate as isCronLine } from 'node-cron';
import { z } from 'zod';
import { DRIFT_SIGNS } from '../aggregate/drift.ts';
import { isTimeZone } from '../calendar.ts';
import { COLUMN_USES } from '../ingest/column-names.ts';
import { ENCODINGS } from '../ingest/encoding.ts';
import { LANGUAGES } from '../ingest/language.ts';
import { ENGINE_CHOICES } from '../model/engines/engine.ts';
import { DEFAULT_MODEL } from '../model/names.ts';
import { alertSettings } from './alerts.ts';
import { brandSchema, brandSlug } from './brand.ts';
import { crossProblems } from './cross-checks.ts';
import { mailSchema, teamSchema } from './mail.ts';
import { postgresUrlProblem, TLS } from './postgres-url.ts';
import { sampledRateSchema } from './second-opinion.ts';

const share = z.number().min(0).max(1, 'is a share from 0 to 1, such as 0.45');

const timeZone = z.string().refine(isTimeZone, 'is not a time zone name, such as Europe/Berlin');

const source = z.strictObject({
  columns: z
    .partialRecord(z.enum(COLUMN_USES), z.string().min(1))
    .default({})
    .describe(
      'columns that are not found by their names: `{ text: Snippet }`; uses are `created_at`, `text`, `user_id`, `id`, `brand`, `time`',
    ),
  encoding: z.enum(ENCODINGS).optional().describe('found out unless given'),
  delimiter: z.enum([',', ';', '|', 'tab']).optional().describe('found out unless given'),
  time_zone: timeZone.optional().describe('zone of times without an offset; `time_zone` above unless given'),
  date_order: z
    .enum(['dmy', 'mdy'])
    .optional()
    .describe('what 3/4/2026 means: `dmy` 3 April, `mdy` March 4; found out unless given'),
  brand: brandSlug.optional().describe('the brand that every post of this source belongs to'),
});

const drift = z.strictObject({
  psi: z
    .number()
    .positive()
    .default(0.25)
    .describe('how far the scores may spread otherwise: population stability index'),
  unknown_words: share.default(0.1).describe('how much more of the words the model may not know: difference of shares'),
  length: z.number().gt(1).default(1.5).describe('how many times longer or shorter posts may be'),
  volume: z.number().gt(1).default(5).describe('how many times more or fewer posts there may be'),
  min_posts: z
    .int()
    .min(50)
    .default(200)
    .describe('posts a day; brands that usually have fewer are looked at together'),
  inhibit: z
    .union([z.boolean(), z.array(z.enum(DRIFT_SIGNS))])
    .default(false)
    .describe('signs that hold mails about dips; `true` for all'),
});

const database = z.preprocess(
  // The short form: database: postgres://…
  (value) => (typeof value === 'string' ? { url: value } : value),
  z
    .strictObject({
      url: z
        .string()
        .superRefine((url, context) => {
          const problem = postgresUrlProblem(url);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
        })
        .describe(
          'address of a PostgreSQL database, without its password: `postgres://monitor@db.example.com/monitor`',
        ),
      password_env: z.string().min(1).optional().describe('environment variable that holds the password'),
      password_file: z.string().min(1).optional().describe('file that holds the password'),
      tls: z
        .enum(TLS)
        .optional()
        .describe(
          '`verify` checks the server’s certificate, `require` only encrypts, `off` is for this machine; `verify` unless given, `off` for this machine',
        ),
      ca_file: z.string().min(1).optional().describe('certificates that may sign the server’s'),
    })
    .refine(({ password_env, password_file }) => password_env === undefined || password_file === undefined, {
      path: ['password_file'],
      message: 'and password_env both name the password; keep one of them',
    }),
);

/** monitor.yaml as it is written by people. Every key has its default here and nowhere else. */
export const configSchema = z
  .strictObject({
    time_zone: timeZone.default('UTC').describe('the zone that days are counted in; fixed once posts are stored'),
    data_dir: z.string().min(1).default('./data').describe('folder of database, reports, mails and locks'),
    database: database
      .optional()
      .describe('a PostgreSQL database instead of the file in `data_dir`; its address alone, or these keys'),
    inbox: z
      .string()
      .min(1)
      .default('./inbox')
      .describe('folder where exports arrive; a folder in it is a source of its own'),
    processed: z
      .enum(['keep', 'archive', 'delete'])
      .default('keep')
      .describe('what happens to a file that was read; `archive` moves it to `inbox/.archive`'),
    max_file_mb: z.number().positive().default(4096).describe('megabytes, unpacked; larger files are refused'),
    language: z
      .enum(LANGUAGES)
      .optional()
      .describe('posts clearly in another language are in no brand’s figures; every language counts unless given'),
    sources: z
      .record(z.string().min(1), source)
      .default({})
      .describe(
        'what can’t be found out about the files of a source, by its folder in the inbox; `inbox` for files directly in it',
      ),
    model: z
      .strictObject({
        use: z
          .string()
          .min(1)
          .default(DEFAULT_MODEL)
          .describe('a model that ships with the program, or the path of a model folder; the first run pins it'),
        engine: z
          .enum(ENGINE_CHOICES)
          .default('auto')
          .describe('`onnx`, or `tfjs` (TensorFlow); `auto` takes `tfjs` where it has a graphics card'),
        workers: z
          .union([z.literal('auto'), z.int().min(1).max(256)], {
            error: 'has none of the forms that it may have: auto, or a whole number from 1',
          })
          .default('auto')
          .describe('scoring processes; `auto` is one for each processor core'),
      })
      .prefault({})
      .describe('what scores the posts'),
    sampled_rate: sampledRateSchema.optional().describe('an accurate model reads a random sample of each brand-day'),
    smoothing: z
      .enum(['calendar', 'rows'])
      .default('calendar')
      .describe('what the moving average runs over: calendar days, or days that have posts'),
    window: z.int().min(1).max(365).default(3).describe('days (or rows) of the moving average'),
    min_posts_per_day: z.int().min(1).default(1).describe('days with fewer posts are left out of the average'),
    brands: z.record(brandSlug, brandSchema).default({}).describe('by short name: small letters, digits, hyphens'),
    alerts: alertSettings.prefault({}).describe('what holds for the rules of all brands'),
    teams: z.record(z.string().min(1), teamSchema(timeZone)).default({}).describe('who hears of brands, by name'),
    mail: mailSchema.prefault({}).describe('how mails are sent'),
    owner: z
      .array(z.email('is not a mail address'))
      .default([])
      .describe('addresses that hear of input that can’t be used'),
    privacy: z
      .strictObject({
        user_id: z
          .enum(['keep', 'hash', 'drop'])
          .default('keep')
          .describe('what is stored of the people who wrote the posts'),
      })
      .prefault({})
      .describe('see [privacy](../privacy.md)'),
    retention: z
      .strictObject({ days: z.int().min(1).describe('days after which texts and people are deleted; figures stay') })
      .optional()
      .describe('nothing is deleted unless given'),
    drift: drift.prefault({}).describe('when a day’s input is called unusual, against the 28 days before'),
    duplicates: z
      .enum(['count', 'once'])
      .default('count')
      .describe('whether copies of a post, such as retweets, count each or once a day'),
    reject_limit: share
      .default(0.05)
      .describe('share of a source’s rows that may be unusable before the owner is mailed'),
    report: z
      .strictObject({
        csv: z
          .enum(['standard', 'tutorial'])
          .default('standard')
          .describe('`tutorial` writes five columns, a file a brand'),
      })
      .prefault({})
      .describe('the daily report'),
    schedule: z
      .string()
      // Five fields: the seconds that node-cron also takes are of no use to a night.
      .refine(
        (line) => line.trim().split(/\s+/).length === 5 && isCronLine(line),
        'is not a cron line; use five fields, such as "30 2 * * *" for 2:30 every night',
      )
      .default('30 2 * * *')
      .describe('cron line of `monitor schedule`, in `time_zone`'),
    public_url: z
      .url({ protocol: /^https?$/, error: 'is not a web address' })
      .optional()
      .describe('address of the dashboard, for links in mails'),
    ping_url: z
      .url({ protocol: /^https?$/, error: 'is not a web address' })
      .optional()
      .describe('address that is fetched after each night'),
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
