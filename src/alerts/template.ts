/** What a template shows: text for its slots; for its blocks a list, each entry shown once, or whether to show it. */
export interface View {
  readonly [name: string]: string | number | boolean | View | readonly View[];
}

/** Renders a view; the same view gives the same text. */
export type Template = (view: View) => string;

type Part = { readonly text: string } | { readonly slot: string } | { readonly block: string; readonly parts: Part[] };

const MARK = /\{\{([#/]?)(\w+)\}\}/g;

/**
 * A template with slots `{{name}}` and blocks `{{#name}}…{{/name}}`. Whatever goes into a slot is escaped for HTML, in text and in
 * quoted attributes; there is no slot for markup. A name that the view lacks is looked for in the view around it. Throws for
 * marks that don't fit together, and when rendering, for a name that no view has: both are defects.
 */
export function compileTemplate(source: string): Template {
  const root: Part[] = [];
  const open: { block: string; parts: Part[] }[] = [];
  let reached = 0;
  for (const match of source.matchAll(MARK)) {
    const [mark, sign, name = ''] = match;
    const parts = open.at(-1)?.parts ?? root;
    parts.push({ text: source.slice(reached, match.index) });
    reached = match.index + mark.length;
    if (sign === '') parts.push({ slot: name });
    else if (sign === '#') {
      const block = { block: name, parts: [] };
      parts.push(block);
      open.push(block);
    } else if (open.pop()?.block !== name) throw new Error(`the template closes ${name}, which is not open`);
  }
  if (open.length > 0) throw new Error(`the template does not close ${open.at(-1)?.block}`);
  root.push({ text: source.slice(reached) });
  return (view) => render(root, [view]);
}

function render(parts: readonly Part[], views: readonly View[]): string {
  return parts
    .map((part) => {
      if ('text' in part) return part.text;
      if ('slot' in part) return escapeHtml(String(lookUp(part.slot, views)));
      const value = lookUp(part.block, views);
      if (typeof value !== 'object') return value === true ? render(part.parts, views) : '';
      return [value]
        .flat()
        .map((view) => render(part.parts, [view as View, ...views]))
        .join('');
    })
    .join('');
}

function lookUp(name: string, views: readonly View[]): View[string] {
  for (const view of views) {
    const value = Object.hasOwn(view, name) ? view[name] : undefined;
    if (value !== undefined) return value;
  }
  throw new Error(`the view has no ${name}`);
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
