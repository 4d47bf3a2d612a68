import { documentHtml, html, type Markup, raw } from '../reports/html.ts';
import { ASSETS } from './assets.ts';

/** The parts of the dashboard, as the line at the top of each page names them. */
const SECTIONS = [
  ['/', 'Brands'],
  ['/runs', 'Runs and data'],
  ['/models', 'Models'],
  ['/try', 'Try a text'],
  ['/corrections', 'Corrections'],
] as const;

export interface Page {
  readonly title: string;
  /** The part that it belongs to, by its path. */
  readonly section: (typeof SECTIONS)[number][0];
  readonly body: Markup;
  /** Whether it shows a model's evaluation. */
  readonly isEvaluation?: boolean;
}

/** A page in the dashboard's frame. */
export function framed({ title, section, body, isEvaluation = false }: Page): string {
  const content = html`<a class="skip" href="#content">To the content</a>
<nav class="top" aria-label="Dashboard"><a class="brand" href="/">monitor</a>
${SECTIONS.map(
  ([href, name]) => html`<a href="${href}"${href === section ? raw(' aria-current="page"') : undefined}>${name}</a>\n`,
)}</nav>
<div id="content" tabindex="-1">
${body}
</div>`;
  const styles = [ASSETS.style.href, ...(isEvaluation ? [ASSETS.modelStyle.href] : [])];
  return documentHtml(`${title} · monitor`, { styles, script: ASSETS.script.href }, content);
}

/** A field of a form that is sent along unseen. */
export function hidden(name: string, value: string): Markup {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** A choice of a list, by its values and names. */
export function select(
  name: string,
  label: string,
  choices: readonly (readonly [value: string, text: string])[],
  chosen: string,
): Markup {
  return html`<label>${label} <select name="${name}">${choices.map(
    ([value, text]) =>
      html`<option value="${value}"${value === chosen ? raw(' selected') : undefined}>${text}</option>`,
  )}</select></label>`;
}
