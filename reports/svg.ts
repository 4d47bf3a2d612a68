import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeMarkup } from './html.ts';
import type { Palette } from './palette.ts';

/** What is read of a DOM node here; the compiler knows no DOM in this project. */
interface DomNode {
  readonly nodeType: number;
  readonly localName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly childNodes: Iterable<DomNode>;
}

const TEXT_NODE = 3;

/** Left out: classes and styles of Plot's own style sheet, and labels that repeat the kind of mark. */
const DROPPED = new Set(['class', 'style', 'aria-label', 'aria-hidden', 'font-variant', 'xmlns']);

const { document } = parseHTML('<!doctype html><html></html>') as unknown as { document: Plot.PlotOptions['document'] };

/**
 * Draws with Observable Plot and gives the marks as SVG, to be put into an `<svg>` or `<g>`.
 * Coordinates are rounded to a tenth of a pixel, which halves a page of many charts. Marks must not clip:
 * Plot numbers its clip paths through the life of the process, and the same input would not give the same bytes.
 */
export function plotMarkup(options: Plot.PlotOptions): string {
  const svg = Plot.plot({ ...options, document }) as unknown as DomNode;
  const marks = [...svg.childNodes].filter((node) => node.localName !== 'style');
  return `<g text-anchor="middle">${marks.map(serialize).join('')}</g>`;
}

/** Written by hand, because linkedom's own serializer leaves `<` and `&` in attributes as they are. */
function serialize(node: DomNode): string {
  if (node.nodeType === TEXT_NODE) return escapeMarkup(node.textContent);
  const attributes = [...node.attributes]
    .filter(({ name }) => !DROPPED.has(name))
    .map(({ name, value }) => ` ${name}="${escapeMarkup(rounded(value))}"`)
    .sort()
    .join('');
  const childNodes = [...node.childNodes];
  const children = asOnePath(childNodes) ?? childNodes.map(serialize).join('');
  if (children === '') return node.localName === 'g' ? '' : `<${node.localName}${attributes}/>`;
  return `<${node.localName}${attributes}>${children}</${node.localName}>`;
}

/**
 * Lines alone, or bars alone, of one group as a single path: a third of the text, and a page has thousands of them.
 * Undefined for anything else.
 */
function asOnePath(nodes: readonly DomNode[]): string | undefined {
  const kind = nodes[0]?.localName;
  if ((kind !== 'line' && kind !== 'rect') || nodes.some(({ localName }) => localName !== kind)) return undefined;
  const steps = nodes.map((node) => {
    const at = new Map([...node.attributes].map(({ name, value }) => [name, tenth(Number(value))]));
    if (kind === 'line') return `M${at.get('x1')},${at.get('y1')}L${at.get('x2')},${at.get('y2')}`;
    return `M${at.get('x')},${at.get('y')}h${at.get('width')}v${at.get('height')}h-${at.get('width')}z`;
  });
  return `<path d="${steps.join('')}"/>`;
}

function rounded(value: string): string {
  return value.replace(/-?\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(1))));
}

/** A whole SVG document. `label` is read out instead of the picture. */
export function svgDocument(width: number, height: number, label: string, colours: Palette, body: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `role="img" aria-label="${escapeMarkup(label)}" font-family="Inter, system-ui, sans-serif" font-size="11" ` +
    `fill="${colours.ink}">${body}</svg>`
  );
}

interface TextStyle {
  readonly fill?: string;
  readonly size?: number;
  readonly weight?: 400 | 600;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** A line of text with its baseline at (x, y). */
export function textAt(x: number, y: number, text: string, style: TextStyle = {}): string {
  const attributes = [
    style.fill === undefined ? '' : ` fill="${style.fill}"`,
    style.size === undefined ? '' : ` font-size="${style.size}"`,
    style.weight === undefined || style.weight === 400 ? '' : ` font-weight="${style.weight}"`,
    style.anchor === undefined || style.anchor === 'start' ? '' : ` text-anchor="${style.anchor}"`,
  ].join('');
  return `<text x="${tenth(x)}" y="${tenth(y)}"${attributes}>${escapeMarkup(text)}</text>`;
}

/** Markup moved to (x, y). */
export function movedTo(x: number, y: number, markup: string): string {
  return `<g transform="translate(${tenth(x)},${tenth(y)})">${markup}</g>`;
}

/** A coordinate as it is written: to a tenth of a pixel. */
export function tenth(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** Text cut to about `width` pixels at a font size. */
export function cut(text: string, width: number, size: number): string {
  if (widthOf(text, size) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && widthOf(`${letters.join('')}…`, size) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** About how wide a text is in Inter, in pixels: by kind of letter, on the safe side for what is not Latin. */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const letter of text) {
    if (/[ijl.,:;'’|!· ]/.test(letter)) width += 0.28;
    else if (/[frt()\-–]/.test(letter)) width += 0.4;
    else if (/[a-z]/.test(letter) && letter !== 'm' && letter !== 'w') width += 0.58;
    else if (/[A-Z0-9]/.test(letter) && letter !== 'M' && letter !== 'W') width += 0.66;
    else width += 0.9;
  }
  return width * size;
}
