import Sqlite from 'better-sqlite3';
import { svgToPng } from '../../reports/png.ts';
import { checkSmtp } from '../alerts/smtp.ts';
import type { Config } from '../config/schema.ts';
import type { Secrets } from '../config/secrets.ts';
import { messageOf } from '../errors.ts';
import type { Finding } from './doctor-checks.ts';

/** A mail server that gives no answer is not waited for as long as at night. */
const MAIL_SECONDS = 10;

/** Node, its clock's zone, and the native parts that come with the program: the database and pictures with their font. */
export async function machineFindings(): Promise<Finding[]> {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [
    { state: 'ok', text: `Node ${process.versions.node}, ${process.platform} ${process.arch}, clock in ${zone}` },
    attempt('SQLite', () => {
      const database = new Sqlite(':memory:');
      const version = String(database.prepare('select sqlite_version()').pluck().get());
      database.close();
      return `SQLite ${version}`;
    }),
    attempt('pictures', () => {
      const picture = (text: string) =>
        svgToPng(
          `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15">${text}</text></svg>`,
          40,
        );
      if (Buffer.compare(picture('Aa'), picture('')) === 0) throw new Error('text does not show: the font is missing');
      return 'pictures, with their font';
    }),
  ];
}

function attempt(what: string, work: () => string): Finding {
  try {
    return { state: 'ok', text: work() };
  } catch (thrown) {
    const remedy =
      'Install the program again on this machine: a folder copied from another system has its native parts.';
    return { state: 'failed', text: `${what}: ${messageOf(thrown)}`, remedy };
  }
}

/** Whether the mail server takes the sign-in; nothing is sent. */
export async function mailFindings({ mail, data_dir, brands }: Config, secrets: Secrets): Promise<Finding[]> {
  const { smtp } = mail;
  if (smtp === undefined) return [{ state: 'ok', text: `no mail.smtp: mails are files in ${data_dir}/outbox` }];
  await checkSmtp({ ...smtp, timeout_seconds: Math.min(smtp.timeout_seconds, MAIL_SECONDS) }, secrets);
  const [brand = 'BRAND'] = Object.keys(brands);
  const sample = `monitor alerts test --brand ${brand} --to ADDRESS`;
  return [{ state: 'ok', text: `${smtp.host} lets ${mail.from} sign in; \`${sample}\` sends a sample` }];
}
