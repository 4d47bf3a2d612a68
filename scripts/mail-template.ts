// Compiles the layout of mails, src/alerts/mail.mjml, into src/alerts/mail-template.ts. A test holds the two to each other.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import mjml2html from 'mjml';

const SOURCE = new URL('../src/alerts/mail.mjml', import.meta.url);
const TARGET = new URL('../src/alerts/mail-template.ts', import.meta.url);

/** MJML knows its colours: this one stands for the colour of an alert. */
const ALERT_COLOUR = /#facade/gi;

/** The content of mail-template.ts. */
export async function compiledTemplate(): Promise<string> {
  const { html, errors } = await mjml2html(readFileSync(SOURCE, 'utf8'), { keepComments: false });
  const [error] = errors;
  if (error) throw new Error(`mail.mjml: ${error.formattedMessage}`);
  const lines = html
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
    .replace(ALERT_COLOUR, '{{colour}}');
  if (/[`\\]|\$\{/.test(lines)) throw new Error('mail.mjml has a character that the template must not have');
  return `// Made by scripts/mail-template.ts from mail.mjml: change that, then run \`node scripts/mail-template.ts\`.\n\nexport const MAIL_TEMPLATE = \`${lines}\n\`;\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, await compiledTemplate());
