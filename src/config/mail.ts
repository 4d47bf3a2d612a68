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
    url: z.url({ protocol: /^https?$/, error: 'is not a web address' }).optional(),
    url_env: environmentName.optional(),
    url_file: filePath.optional(),
    secret_env: environmentName.optional(),
    secret_file: filePath.optional(),
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
      to: z.array(z.email('is not a mail address')).default([]),
      webhook: webhook.optional(),
      send_after: timeOfDay.optional(),
      time_zone: timeZone.optional(),
      digest: z.enum(['none', 'daily']).default('none'),
    })
    .refine(({ to, webhook: hook }) => to.length > 0 || hook !== undefined, {
      path: ['to'],
      message: 'needs at least one address, or the team a webhook',
    });
}

const smtp = z
  .strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(587),
    tls: z.enum(['required', 'implicit', 'if_offered', 'none']).default('required'),
    user: z.string().optional(),
    password_env: environmentName.optional(),
    password_file: filePath.optional(),
    per_minute: z.int().min(1).default(60),
    timeout_seconds: z.number().positive().default(60),
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
    .default('monitor@localhost'),
  smtp: smtp.optional(),
  handles: z.enum(['mask', 'keep']).default('mask'),
});
