import { stringify } from 'yaml';
import type { RuleProposal } from '../alerts/propose.ts';
import type { ColumnMapping } from '../ingest/column-names.ts';
import type { FoundBrand } from '../ingest/found-brands.ts';

/** What the first settings say. */
export interface FirstSettings {
  readonly timeZone: string;
  readonly inbox: string;
  readonly brands: readonly FoundBrand[];
  /** By the brand's slug; without one the rule is the default's. */
  readonly proposals: ReadonlyMap<string, RuleProposal>;
  /** Who gets the mails; null for nobody yet. */
  readonly mail: string | null;
  /** What the export's files need to be read; null when everything is found out. */
  readonly source: FirstSource | null;
}

interface FirstSource {
  readonly name: string;
  readonly columns: ColumnMapping;
  readonly dateOrder: string | null;
  readonly timeZone: string | null;
  /** The brand of every post, where nothing in them tells. */
  readonly brand: string | null;
}

const TEAM = 'team';

/** The text of a first monitor.yaml, with comments for whoever goes on from it. Pure. */
export function firstSettings(settings: FirstSettings): string {
  const { timeZone, inbox, mail } = settings;
  return `# Settings of monitor, begun by \`monitor init\`. monitor.example.yaml of the package shows every key with its default.
# \`monitor doctor\` checks this file; relative paths start at its folder.

time_zone: ${scalar(timeZone)}    # the zone that days are counted in; it can't be changed once posts are stored
data_dir: ./data    # database, reports and mails
inbox: ${scalar(inbox)}    # put exports here; a folder inside it is a source of its own
${sourceText(settings.source)}
${brandsText(settings)}
${
  mail === null
    ? `# Nobody is mailed yet. Name a team here and in its brands (team: ${TEAM}):
# teams:
#   ${TEAM}: { to: [care@acme.example] }`
    : `teams:
  ${TEAM}: { to: [${scalar(mail)}] }`
}

mail:
  from: monitor@localhost
  # Without smtp, mails are written as .eml files into data/outbox, to be looked at first.
  # smtp:
  #   host: mail.acme.example
  #   port: 587
  #   user: monitor
  #   password_env: SMTP_PASSWORD    # the environment variable that holds the password
`;
}

function sourceText(source: FirstSource | null): string {
  if (source === null) return '';
  const { name, columns, dateOrder, timeZone, brand } = source;
  const lines = [
    ...(Object.keys(columns).length > 0 ? [`columns: ${flow(columns)}`] : []),
    ...(dateOrder === null
      ? []
      : [`date_order: ${dateOrder}    # what 3/4/2026 means: dmy is 3 April, mdy is March 4`]),
    ...(timeZone === null ? [] : [`time_zone: ${scalar(timeZone)}    # of times without an offset`]),
    ...(brand === null ? [] : [`brand: ${brand}    # every post of these files is about it`]),
  ];
  if (lines.length === 0) return '';
  return `\nsources:\n  ${scalar(name)}:    # ${name === 'inbox' ? 'files that lie in the inbox itself' : 'the folder of the inbox'}\n${lines
    .map((line) => `    ${line}`)
    .join('\n')}\n`;
}

function brandsText({ brands, proposals, mail, source }: FirstSettings): string {
  if (brands.length === 0)
    return `# Name your brands and the words that they are known by:
# brands:
#   acme-air:
#     name: Acme Air
#     match: { any: ["acme air", "@acmeair", "#acmeair"] }
`;
  const texts = brands.map(({ slug, name, terms }) => {
    const fixed = source?.brand === slug;
    const lines = [
      `name: ${scalar(name)}`,
      ...(fixed
        ? []
        : [`match: { any: ${flow(terms)} }    # words, mentions, hashtags; \`none: [...]\` leaves posts out`]),
      ...(mail === null ? [] : [`team: ${TEAM}`]),
      ...ruleText(proposals.get(slug)),
    ];
    return [`  ${slug}:`, ...lines.map((line) => `    ${line}`)].join('\n');
  });
  return `brands:\n${texts.join('\n\n')}\n`;
}

function ruleText(proposal: RuleProposal | undefined): string[] {
  if (proposal === undefined) return [];
  const { window, minPosts, below, recoverAbove } = proposal;
  return [
    'alerts:',
    ...reasonOf(proposal).map((line) => `  # ${line}`),
    '  - metric: mean_pos',
    `    below: ${below}`,
    `    recover_above: ${recoverAbove}`,
    ...(window === 3 ? [] : [`    window: ${window}    # days in the average: there are too few posts for 3`]),
    `    min_posts: ${minPosts}    # with fewer in the window, nothing is decided`,
  ];
}

function reasonOf({ days, usual, basis, alerts }: RuleProposal): string[] {
  if (usual === null) return ['No day of the export had posts enough to propose a threshold: this one is a default.'];
  const level = `Smoothed score on ${days} ${days === 1 ? 'day' : 'days'} of the export: usually ${usual.toFixed(2)}.`;
  if (basis === 'replay')
    return [level, `Chosen to give about one alert a quarter; on these days it would have given ${alerts ?? 0}.`];
  if (basis === 'spread')
    return [level, 'Chosen by their spread to give about one alert a quarter. Look again when there are 3 months.'];
  return [level, 'Too few days to judge: a tenth below the usual level. Look again with `monitor alerts simulate`.'];
}

/** A text as it must be written in YAML. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, blockQuote: false }).trim();
}

/** A list or map on one line. */
function flow(value: unknown): string {
  return stringify(value, {
    lineWidth: 0,
    blockQuote: false,
    collectionStyle: 'flow',
    flowCollectionPadding: false,
  }).trim();
}
