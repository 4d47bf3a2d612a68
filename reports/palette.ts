/** The colours of charts, each named by what it paints. */
export interface Palette {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  /** A day's own figure and its interval. */
  readonly daily: string;
  readonly interval: string;
  readonly smoothed: string;
  readonly threshold: string;
  readonly firing: string;
  readonly volume: string;
}

/** Light colours, fixed: for PNG files, mails and paper. */
export const LIGHT: Palette = {
  background: '#ffffff',
  ink: '#1b2430',
  muted: '#586474',
  grid: '#e5e9ef',
  daily: '#8592a3',
  interval: '#c5cdd8',
  smoothed: '#1b5fc1',
  threshold: '#b3261e',
  firing: '#fce0dc',
  volume: '#b9c5d6',
};

/** The same on a dark screen. */
export const DARK: Palette = {
  background: '#141920',
  ink: '#e7ebf1',
  muted: '#9ba7b6',
  grid: '#29313c',
  daily: '#8592a3',
  interval: '#465263',
  smoothed: '#74adff',
  threshold: '#ff8d80',
  firing: '#47231f',
  volume: '#425066',
};

/** Colours that the page around an inline SVG decides, so that one chart serves light and dark. */
export const THEMED: Palette = mapPalette((name) => `var(--${name})`);

/** The palette as declarations of CSS variables. */
export function cssVariables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}

function mapPalette(colour: (name: string) => string): Palette {
  return {
    background: colour('background'),
    ink: colour('ink'),
    muted: colour('muted'),
    grid: colour('grid'),
    daily: colour('daily'),
    interval: colour('interval'),
    smoothed: colour('smoothed'),
    threshold: colour('threshold'),
    firing: colour('firing'),
    volume: colour('volume'),
  };
}
