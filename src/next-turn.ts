/** Lets signals and timers in: native operations keep the process busy. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
