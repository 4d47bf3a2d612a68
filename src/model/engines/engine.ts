/** Texts that are run together: `lengths.length` rows of `width` token ids, row-major, padded at the right with 0. */
export interface TokenBatch {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  readonly width: number;
}

/** A network that is ready to run. All engines compute the same numbers up to rounding. */
export interface Engine {
  readonly networkSha256: string;
  /** The last layer's outputs, rows × outputs, row-major. */
  logits(batch: TokenBatch): Promise<Float32Array>;
  close(): Promise<void>;
}
