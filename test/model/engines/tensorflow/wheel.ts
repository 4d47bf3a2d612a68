import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import type { Wheel } from '../../../../src/model/engines/tensorflow/wheels.ts';

/** A file for `zipOf`; it is stored as it is unless `deflated`. */
export interface ZipFile {
  name: string;
  content: Buffer;
  deflated: boolean;
}

/** Writes a zip file as wheels are written: local headers with extra fields, then the directory, then a comment. */
export function zipOf(files: readonly ZipFile[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflated } of files) {
    const packed = deflated ? deflateRawSync(content) : content;
    const extra = Buffer.from([0xfe, 0xca, 2, 0, 7, 7]);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(deflated ? 8 : 0, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    common.writeUInt16LE(extra.length, 24);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), extra, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    common.writeUInt16LE(0, 24);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, rest, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06', 'latin1'), end, Buffer.from(comment)]);
}

/** What is taken out of a wheel, and what is left in it. */
export const WHEEL_FILES: readonly ZipFile[] = [
  { name: 'tensorflow/include/tensorflow/c/c_api.h', content: Buffer.from('// the C API\n'), deflated: true },
  { name: 'tensorflow/include/tsl/empty.h', content: Buffer.alloc(0), deflated: false },
  { name: 'tensorflow/libtensorflow_cc.so.2', content: Buffer.alloc(3_000_000, 'native code '), deflated: true },
  { name: 'tensorflow/libtensorflow_framework.so.2', content: Buffer.alloc(1_500_000, 'framework '), deflated: false },
  { name: 'tensorflow/include/../../outside.h', content: Buffer.from('no'), deflated: false },
  { name: 'tensorflow/python/module.py', content: Buffer.from('no'), deflated: true },
];

export function wheelFor(zip: Buffer): Wheel {
  return {
    device: 'cpu',
    requirement: 'tensorflow-tiny==1.0',
    file: 'tensorflow_tiny-1.0.whl',
    sha256: createHash('sha256').update(zip).digest('hex'),
    bytes: zip.length,
    unpackedBytes: 0,
  };
}
