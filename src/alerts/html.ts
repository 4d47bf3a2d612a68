/** Markup that is safe to put into a page as it is. */
export class Markup {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Slot = string | number | Markup | readonly Markup[];

/** A piece of HTML; everything put into it is escaped, unless it is markup made here. */
export function html(literal: TemplateStringsArray, ...slots: Slot[]): Markup {
  return new Markup(literal.reduce((page, part, index) => `${page}${render(slots[index - 1] ?? '')}${part}`));
}

function render(slot: Slot): string {
  if (slot instanceof Markup) return slot.source;
  if (typeof slot === 'object') return slot.map((part) => part.source).join('');
  return String(slot).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
