import { randomFrom } from '../../examples/world/random.ts';
import { WORDS } from './tiny-model.ts';

/** An export of invented posts about two brands over some days, the same for the same seed. */
export function inventedExport(posts: number, { seed = 1, days = 10, from = '2026-03-01' } = {}): string {
  const random = randomFrom(seed);
  const startMs = Date.parse(`${from}T00:00:00Z`);
  const lines = Array.from({ length: posts }, (_, index) => {
    const day = Math.floor(random.next() * days);
    const at = new Date(startMs + day * 86_400_000 + Math.floor(random.next() * 86_400) * 1_000).toISOString();
    // Some days lean to one end of the words, so that alerts fire and resolve.
    const lean = Math.sin(day / 2) > 0 ? 0 : 12;
    const text = Array.from(
      { length: 2 + Math.floor(random.next() * 8) },
      () => WORDS[lean + Math.floor(random.next() * (WORDS.length - 12))] ?? 'app',
    ).join(' ');
    return `${index},${at},${text} ${Math.floor(random.next() * posts)},u${Math.floor(random.next() * 500)},${random.next() < 0.5 ? 'acme' : 'pellimo'}`;
  });
  return `id,created_at,text,user_id,brand\n${lines.join('\n')}\n`;
}
