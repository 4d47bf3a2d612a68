/** Markup that is safe to put into a page as it is. Only `html` and `raw` make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = Markup | string | number | undefined | readonly Part[];

/** Markup from a template: every value is escaped unless it is markup itself; lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) text += textOf(part) + (strings[index + 1] ?? '');
  return new Markup(text);
}

/** Text that is markup already, such as an SVG of our own. */
export function raw(text: string): Markup {
  return new Markup(text);
}

/** Where a page's style sheets and script are, for a page that a server gives. */
export interface LinkedAssets {
  readonly styles: readonly string[];
  readonly script?: string;
}

/** A page, light and dark: with its style inside it needs nothing else, no network and no script. */
export function documentHtml(title: string, style: string | LinkedAssets, body: Markup): string {
  const head =
    typeof style === 'string'
      ? html`<style>${raw(style)}</style>`
      : html`${style.styles.map((href) => html`<link rel="stylesheet" href="${href}">`)}${
          style.script === undefined ? undefined : html`<script src="${style.script}" defer></script>`
        }`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;
  return page.text;
}

/** Text as it must be written in HTML or SVG, between tags as well as in a quoted attribute. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return escapeMarkup(String(part));
}
