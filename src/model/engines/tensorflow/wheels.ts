/** A wheel of TensorFlow for Python: a zip file with the native library and its headers. */
export interface Wheel {
  readonly device: 'cpu' | 'gpu';
  /** What pip is asked for. */
  readonly requirement: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** What its library and headers take on disk, roughly. */
  readonly unpackedBytes: number;
}

/** The version of TensorFlow.js whose addon compiles against these wheels. */
export const TENSORFLOW_JS = { name: '@tensorflow/tfjs-node-gpu', version: '4.22.0' } as const;

/**
 * The wheels that were tried with this version of TensorFlow.js, each with the checksum that PyPI states.
 * Python 3.11's are as good as any other's: no part of them that knows Python is used.
 */
export const WHEELS = {
  cpu: {
    device: 'cpu',
    requirement: 'tensorflow-cpu==2.12.1',
    file: 'tensorflow_cpu-2.12.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: '7ffb595707a8fb376deaddc768784c7a0242b16cbc6e06393b1733b2ce19f855',
    bytes: 231_826_663,
    unpackedBytes: 700_000_000,
  },
  gpu: {
    device: 'gpu',
    requirement: 'tensorflow==2.15.1',
    file: 'tensorflow-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
    bytes: 475_258_663,
    unpackedBytes: 1_240_000_000,
  },
} as const satisfies Record<string, Wheel>;

/** The wheel with this checksum, as it was written down beside an installed library. */
export function wheelOf(sha256: string): Wheel | undefined {
  return Object.values(WHEELS).find((wheel) => wheel.sha256 === sha256);
}
