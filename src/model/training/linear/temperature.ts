/** Temperatures from a tenth to ten: as a logarithm, so that both ends are as far away. */
const WIDEST = Math.log(10);
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const STEPS = 40;

/** The temperature that logits are divided by to give the likeliest probabilities of these labels, by a golden section. */
export function temperatureOf(logits: Float64Array, labels: Int32Array, outputs: number): number {
  const at = (logarithm: number) => crossEntropy(logits, labels, outputs, Math.exp(logarithm));
  let [low, high] = [-WIDEST, WIDEST];
  for (let step = 0; step < STEPS; step += 1) {
    const width = GOLDEN * (high - low);
    if (at(high - width) < at(low + width)) high = low + width;
    else low = high - width;
  }
  return Math.exp((low + high) / 2);
}

/** The mean cross-entropy, in nats, of logits divided by a temperature: sigmoid of one, softmax of several. */
export function crossEntropy(logits: Float64Array, labels: Int32Array, outputs: number, temperature: number): number {
  let total = 0;
  for (const [row, label] of labels.entries()) {
    const own = Array.from(logits.subarray(row * outputs, (row + 1) * outputs), (logit) => logit / temperature);
    // One logit is the positive class's; the negative one's is 0.
    const all = outputs === 1 ? [0, ...own] : own;
    const largest = Math.max(...all);
    total += largest + Math.log(all.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)) - (all[label] ?? 0);
  }
  return total / labels.length;
}
