/** The kinds of entry that a reader has to tell apart. `other` covers devices, FIFOs and vendor types. */
export type TarEntryType =
  | "file"
  | "directory"
  | "symlink"
  | "hardlink"
  | "pax"
  | "pax-global"
  | "gnu-long-name"
  | "other";

export interface TarHeader {
  readonly name: string;
  readonly type: TarEntryType;
  /** Permission bits. */
  readonly mode: number;
  /** Bytes of content that follow, before padding. */
  readonly size: number;
}

/** Headers and content come in blocks of this many bytes. */
export const blockBytes = 512;

const types: ReadonlyMap<string, TarEntryType> = new Map([
  ["0", "file"],
  ["\0", "file"],
  ["7", "file"],
  ["1", "hardlink"],
  ["2", "symlink"],
  ["5", "directory"],
  ["x", "pax"],
  ["g", "pax-global"],
  ["L", "gnu-long-name"],
]);

const typeFlags = { file: "0", directory: "5", pax: "x" } as const;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads text up to its first NUL. Throws `TypeError` for bytes that are not UTF-8. */
export function readText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Reads an octal number, or GNU's base-256 form for large ones; `NaN` when it is neither. */
function readNumber(field: Uint8Array): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    if (field[0] !== 0x80) return Number.NaN; // negative, or beyond any size that fits in memory
    return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  const text = (Buffer.from(field).toString("latin1").split("\0")[0] ?? "").trim();
  if (text === "") return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

function checksumOf(block: Uint8Array): number {
  let sum = 8 * 0x20; // the checksum's own field counts as spaces
  for (let i = 0; i < blockBytes; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  return sum;
}

/** Decodes one header block; `undefined` for a block that is not a header (wrong checksum, size or name). */
export function decodeHeader(block: Uint8Array): TarHeader | undefined {
  if (readNumber(block.subarray(148, 156)) !== checksumOf(block)) return undefined;
  const size = readNumber(block.subarray(124, 136));
  const mode = readNumber(block.subarray(100, 108));
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(mode)) return undefined;
  try {
    const isUstar = readText(block.subarray(257, 263)) === "ustar";
    const prefix = isUstar ? readText(block.subarray(345, 500)) : "";
    const name = readText(block.subarray(0, 100));
    const type = types.get(String.fromCharCode(block[156] ?? 0)) ?? "other";
    return { name: prefix === "" ? name : `${prefix}/${name}`, type, mode: mode & 0o7777, size };
  } catch (error) {
    if (error instanceof TypeError) return undefined; // not UTF-8
    throw error;
  }
}

/** Encodes a header whose name has at most 100 bytes. Owner and times are zero, so that only content counts. */
export function encodeHeader(header: TarHeader & { readonly type: keyof typeof typeFlags }): Uint8Array {
  const block = new Uint8Array(blockBytes);
  const put = (text: string, offset: number): void => {
    block.set(Buffer.from(text), offset);
  };
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  put(header.name, 0);
  put(octal(header.mode, 7), 100);
  put(octal(0, 7), 108); // uid
  put(octal(0, 7), 116); // gid
  put(octal(header.size, 11), 124);
  put(octal(0, 11), 136); // modification time
  put(typeFlags[header.type], 156);
  put("ustar\0" + "00", 257);
  put(octal(0, 7), 329); // device numbers
  put(octal(0, 7), 337);
  put(`${octal(checksumOf(block), 6)}\0 `, 148);
  return block;
}
