import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { LIGHT } from './palette.ts';

/**
 * The font of every picture comes with a dependency, because a server may have none and text would vanish, and because
 * another font would give other bytes on each machine. Found by package name: that holds from the sources and from dist.
 */
const require = createRequire(import.meta.url);
const FONT_FILES = [
  require.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  require.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
];

/** Pixels per unit of the drawing: sharp on the screens that people have. */
const SCALE = 2;

/** An SVG of ours as PNG, `width` units wide at two pixels a unit, on a light ground. */
export function svgToPng(svg: string, width: number): Uint8Array {
  const image = new Resvg(svg, {
    background: LIGHT.background,
    fitTo: { mode: 'width', value: Math.round(width * SCALE) },
    font: {
      fontFiles: FONT_FILES,
      loadSystemFonts: false,
      defaultFontFamily: 'Inter',
      sansSerifFamily: 'Inter',
    },
  });
  return new Uint8Array(image.render().asPng());
}
