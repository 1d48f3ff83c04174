/** Reads the length-prefixed fields of SSH's binary formats. Everything it returns is a copy or a plain value. */
export class SshReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws RangeError at the end, as all of them do. */
  readUint32(): number {
    const value = this.#view.getUint32(this.#at);
    this.#at += 4;
    return value;
  }

  readBytes(): Uint8Array {
    const length = this.readUint32();
    if (length > this.#bytes.length - this.#at) throw new RangeError("field reaches beyond the end");
    const value = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  readText(): string {
    return Buffer.from(this.readBytes()).toString("latin1");
  }

  /** An unsigned number without leading zeros. */
  readInteger(): Uint8Array {
    const bytes = this.readBytes();
    const start = bytes.findIndex((byte) => byte !== 0);
    return start === -1 ? new Uint8Array() : bytes.subarray(start);
  }
}

export function writeFields(fields: ReadonlyArray<string | Uint8Array>): Uint8Array {
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field as Uint8Array);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** An integer as SSH writes it: positive, so a set top bit needs a zero before it. */
export function integerField(bytes: Uint8Array): Uint8Array {
  return (bytes[0] ?? 0) >= 0x80 ? Uint8Array.from([0, ...bytes]) : bytes;
}
