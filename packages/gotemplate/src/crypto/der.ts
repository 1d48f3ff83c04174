/** Writes and takes apart the few ASN.1 values that certificates consist of. */

function length(size: number): number[] {
  if (size < 128) return [size];
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.from([tag, ...length(content.length)]), content]);
}

export function sequence(...contents: readonly Uint8Array[]): Buffer {
  return der(0x30, ...contents);
}

/** An unsigned integer from its bytes. */
export function unsigned(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Uint8Array.from([0]) : bytes.subarray(start);
  return (digits[0] ?? 0) >= 0x80 ? der(0x02, Uint8Array.from([0]), digits) : der(0x02, digits);
}

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of others) {
    const digits = [part % 128];
    for (let rest = Math.floor(part / 128); rest > 0; rest = Math.floor(rest / 128))
      digits.unshift(0x80 | (rest % 128));
    bytes.push(...digits);
  }
  return der(0x06, Uint8Array.from(bytes));
}

export function octets(...contents: readonly Uint8Array[]): Buffer {
  return der(0x04, ...contents);
}

export function bits(bytes: Uint8Array, unused = 0): Buffer {
  return der(0x03, Uint8Array.from([unused]), bytes);
}

export const yes: Buffer = der(0x01, Uint8Array.from([0xff]));

/** A date: two digits of the year until 2049, then four. */
export function time(milliseconds: number): Buffer {
  const digits = `${new Date(milliseconds).toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
  const year = Number(digits.slice(0, 4));
  const isShort = year >= 1950 && year < 2050;
  return der(isShort ? 0x17 : 0x18, Buffer.from(isShort ? digits.slice(2) : digits));
}

/** The elements of a constructed value, each with its tag and length. */
export function elements(value: Uint8Array): Buffer[] {
  const bytes = Buffer.from(value);
  const found: Buffer[] = [];
  const header = (at: number): { readonly start: number; readonly end: number } => {
    const first = bytes[at + 1] ?? 0;
    const count = first < 128 ? 0 : first - 128;
    const size = count === 0 ? first : bytes.readUIntBE(at + 2, count);
    return { start: at + 2 + count, end: at + 2 + count + size };
  };
  const { start, end } = header(0);
  for (let at = start; at < Math.min(end, bytes.length);) {
    const element = header(at);
    found.push(bytes.subarray(at, element.end));
    at = element.end;
  }
  return found;
}
