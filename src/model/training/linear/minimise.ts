/** A function to minimise: its value at a point, and its slopes there, which it writes into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** Steps whose changes are remembered. */
const MEMORY = 10;
/** Share of the promised descent that a step must bring (Armijo). */
const SUFFICIENT = 1e-4;
const SMALLEST_STEP = 1e-10;

/**
 * The point where a smooth convex function is smallest, by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) with steps halved
 * until they descend. Ends when the slopes are `tolerance` times what they were at the start, or after `iterations`.
 * The same input gives the same result to the last bit. `onStep` hears of each step, and may throw to stop.
 */
export async function minimise(
  objective: Objective,
  size: number,
  options: {
    readonly iterations: number;
    readonly tolerance: number;
    readonly onStep: (value: number) => Promise<void>;
  },
): Promise<{ point: Float64Array; value: number; iterations: number }> {
  let point = new Float64Array(size);
  let gradient = new Float64Array(size);
  let value = objective(point, gradient);
  const enough = options.tolerance * length(gradient);
  const changes: { moved: Float64Array; turned: Float64Array; curvature: number }[] = [];
  let iterations = 0;
  while (iterations < options.iterations && length(gradient) > enough) {
    const direction = descent(gradient, changes);
    const slope = dot(direction, gradient);
    let step = changes.length === 0 ? Math.min(1, 1 / length(gradient)) : 1;
    const next = new Float64Array(size);
    const nextGradient = new Float64Array(size);
    let nextValue = Number.POSITIVE_INFINITY;
    for (; step >= SMALLEST_STEP; step /= 2) {
      for (let place = 0; place < size; place += 1) next[place] = (point[place] ?? 0) + step * (direction[place] ?? 0);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT * step * slope) break;
    }
    if (step < SMALLEST_STEP) break;
    const moved = next.map((number, place) => number - (point[place] ?? 0));
    const turned = nextGradient.map((number, place) => number - (gradient[place] ?? 0));
    const curvature = dot(moved, turned);
    if (curvature > 0) changes.push({ moved, turned, curvature });
    if (changes.length > MEMORY) changes.shift();
    point = next;
    gradient = nextGradient;
    value = nextValue;
    iterations += 1;
    await options.onStep(value);
  }
  return { point, value, iterations };
}

/** The direction of a Newton step, by the two loops over the remembered changes. */
function descent(
  gradient: Float64Array,
  changes: readonly { moved: Float64Array; turned: Float64Array; curvature: number }[],
): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const shares: number[] = [];
  for (const { moved, turned, curvature } of changes.toReversed()) {
    const share = dot(moved, direction) / curvature;
    shares.push(share);
    add(direction, turned, -share);
  }
  const latest = changes.at(-1);
  if (latest) {
    const scale = latest.curvature / dot(latest.turned, latest.turned);
    for (let place = 0; place < direction.length; place += 1) direction[place] = (direction[place] ?? 0) * scale;
  }
  for (const { moved, turned, curvature } of changes)
    add(direction, moved, (shares.pop() ?? 0) - dot(turned, direction) / curvature);
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < a.length; place += 1) sum += (a[place] ?? 0) * (b[place] ?? 0);
  return sum;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let place = 0; place < to.length; place += 1) to[place] = (to[place] ?? 0) + times * (what[place] ?? 0);
}

function length(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
