import { z } from 'zod';

/** A time of day, `07:00`, as minutes since midnight. */
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day, such as "07:00"')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const environmentName = z.string().regex(/^[A-Za-z_]\w*$/, 'is not the name of an environment variable');
const filePath = z.string().min(1);

const webhook = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'is not a web address' })
      .optional()
      .describe('address that a message is posted to; or `url_env`, `url_file`'),
    url_env: environmentName.optional().describe('environment variable that holds the address'),
    url_file: filePath.optional().describe('file that holds the address'),
    secret_env: environmentName.optional().describe('environment variable that holds the secret which signs requests'),
    secret_file: filePath.optional().describe('file that holds that secret'),
  })
  .refine(
    ({ url, url_env, url_file }) => [url, url_env, url_file].filter((place) => place !== undefined).length === 1,
    {
      message: 'needs its address in one of url, url_env and url_file',
    },
  )
  .refine(({ secret_env, secret_file }) => secret_env === undefined || secret_file === undefined, {
    message: 'has two secrets: keep one of secret_env and secret_file',
  });

/** Who hears of a brand, how and when. `timeZone` checks the name of a zone. */
export function teamSchema(timeZone: z.ZodType<string>) {
  return z
    .strictObject({
      to: z.array(z.email('is not a mail address')).default([]).describe('mail addresses'),
      webhook: webhook.optional().describe('a chat channel or program that is told, too'),
      send_after: timeOfDay
        .optional()
        .describe('time of day such as "07:00"; mails of the night leave then or later, at once unless given'),
      time_zone: timeZone.optional().describe('zone of that hour; `time_zone` above unless given'),
      digest: z
        .enum(['none', 'daily'])
        .default('none')
        .describe('`daily` is one mail a day, with where the brands stand'),
    })
    .refine(({ to, webhook: hook }) => to.length > 0 || hook !== undefined, {
      path: ['to'],
      message: 'needs at least one address, or the team a webhook',
    });
}

const smtp = z
  .strictObject({
    host: z.string().min(1).describe('mail server'),
    port: z.int().min(1).max(65_535).default(587).describe('its port'),
    tls: z
      .enum(['required', 'implicit', 'if_offered', 'none'])
      .default('required')
      .describe('`required` refuses a connection that is not encrypted, `implicit` is TLS from the first byte'),
    user: z.string().optional().describe('name to sign in with; none unless given'),
    password_env: environmentName.optional().describe('environment variable that holds the password'),
    password_file: filePath.optional().describe('file that holds the password'),
    per_minute: z.int().min(1).default(60).describe('mails in a minute, at most'),
    timeout_seconds: z.number().positive().default(60).describe('seconds that a silent server is waited for'),
  })
  .refine(
    ({ user, password_env, password_file }) =>
      [password_env, password_file].filter((place) => place !== undefined).length === (user === undefined ? 0 : 1),
    { path: ['user'], message: 'and one of password_env and password_file, where its password is, go together' },
  );

export const mailSchema = z.strictObject({
  from: z
    .string()
    .refine(
      (from) => /(^|<)[^\s@<>]+@[^\s@<>]+>?\s*$/.test(from),
      'is not an address, such as Monitor <monitor@acme.example>',
    )
    .default('monitor@localhost')
    .describe('sender'),
  smtp: smtp.optional().describe('the mail server; without it mails are files in `data_dir/outbox`'),
  handles: z.enum(['mask', 'keep']).default('mask').describe('`mask` makes handles of people in quoted posts `@…`'),
});
