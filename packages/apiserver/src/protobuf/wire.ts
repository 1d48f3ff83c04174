/** One field of a protobuf message as it travels. */
export interface WireField {
  readonly number: number;
  /** A number for varints and fixed-size fields, bytes for everything else. */
  readonly value: number | Buffer;
}

/** Reads the fields of a message. Throws a `RangeError` for bytes that are no message. */
export function* readFields(bytes: Buffer): Generator<WireField> {
  const cursor = { position: 0 };
  while (cursor.position < bytes.length) {
    const key = readVarint(bytes, cursor);
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield { number, value: readVarint(bytes, cursor) };
        break;
      case 1:
        yield { number, value: bytes.readDoubleLE(cursor.position) };
        cursor.position += 8;
        break;
      case 2: {
        const length = readVarint(bytes, cursor);
        const end = cursor.position + length;
        if (length < 0 || end > bytes.length) throw new RangeError("unexpected EOF");
        yield { number, value: bytes.subarray(cursor.position, end) };
        cursor.position = end;
        break;
      }
      case 5:
        yield { number, value: bytes.readFloatLE(cursor.position) };
        cursor.position += 4;
        break;
      default:
        throw new RangeError(`illegal wireType ${key % 8}`);
    }
  }
}

/** Reads varints that follow each other without keys. */
export function readPacked(bytes: Buffer): number[] {
  const cursor = { position: 0 };
  const values: number[] = [];
  while (cursor.position < bytes.length) values.push(readVarint(bytes, cursor));
  return values;
}

/** A signed number: negative ones travel as the ten bytes of their two's complement. */
function readVarint(bytes: Buffer, cursor: { position: number }): number {
  let value = 0;
  let factor = 1;
  for (let count = 0; count < 10; count++) {
    const byte = bytes[cursor.position++];
    if (byte === undefined) throw new RangeError("unexpected EOF");
    if (count === 7 && byte >= 0x20) return readLarge(bytes, cursor, count);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  throw new RangeError("integer overflow");
}

function readLarge(bytes: Buffer, cursor: { position: number }, read: number): number {
  let position = cursor.position - read - 1;
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[position++];
    if (byte === undefined) throw new RangeError("unexpected EOF");
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  cursor.position = position;
  return Number(BigInt.asIntN(64, value));
}
