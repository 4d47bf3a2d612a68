import type { Recipe } from './recipe.ts';

/** The share of the full learning rate at a point of the training, from 0 (its first batch) to 1 (behind its last). */
export function scheduleAt(schedule: Recipe['schedule'], progress: number): number {
  const { kind, warmup } = schedule;
  if (progress < warmup) return progress / warmup;
  const rest = Math.min(1, (progress - warmup) / (1 - warmup));
  if (kind === 'cosine') return (1 + Math.cos(Math.PI * rest)) / 2;
  return kind === 'linear' ? 1 - rest : 1;
}
