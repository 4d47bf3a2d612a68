/**
 * The objects of a file with one JSON object a line, as many at a time as a piece of the file holds; undefined for a line that
 * is none. Blank lines don't count.
 */
export async function* readJsonLines(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<(Readonly<Record<string, unknown>> | undefined)[]> {
  const decoder = new TextDecoder('utf-8');
  // Pieces of an unfinished line are joined once it ends: joining at each piece would be quadratic for a long one.
  let unfinished: string[] = [];
  for await (const piece of pieces) {
    const lines = decoder.decode(piece, { stream: true }).split('\n');
    const last = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = unfinished.join('') + (lines[0] ?? '');
      unfinished = [];
      yield lines.filter((line) => line.trim() !== '').map(objectOf);
    }
    unfinished.push(last);
  }
  const rest = unfinished.join('') + decoder.decode();
  if (rest.trim() !== '') yield [objectOf(rest)];
}

function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
