/**
 * A text without the handles of people: each becomes @…, but for those of the brand itself, given with or without the @.
 */
export function maskHandles(text: string, own: readonly string[]): string {
  const kept = new Set(own.map((handle) => handle.replace(/^@/, '').toLowerCase()));
  return text.replace(/(?<![\p{L}\p{N}_.])@(\w+)/gu, (mention, handle: string) =>
    kept.has(handle.toLowerCase()) ? mention : '@…',
  );
}
