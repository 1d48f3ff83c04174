import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { ArchiveError } from "./errors.ts";
import { comparePaths, parentsOf, type TreeFile } from "./file-tree.ts";
import { blockBytes, decodeHeader, type TarHeader } from "./tar-header.ts";

/** What an archive may hold. All limits are checked before memory is spent. */
export interface ArchiveLimits {
  /** Sum of all content, unpacked. */
  readonly maxBytes: number;
  /** Size of the unpacked stream divided by that of the archive. */
  readonly maxRatio: number;
  readonly maxEntries: number;
  /** In UTF-8. */
  readonly maxPathBytes: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  maxBytes: 512 * 1024 * 1024,
  // No deflated stream reaches it. What a source has accepted must unpack, however well it compresses; the sum of all
  // content is bounded above.
  maxRatio: 1100,
  maxEntries: 100_000,
  maxPathBytes: 4096,
};

export interface ExtractOptions extends Partial<ArchiveLimits> {
  /** What to do with symbolic and hard links. Default: refuse the archive. */
  readonly links?: "refuse" | "skip";
}

/** Archives below this size unpack to a megabyte at most, so the ratio says nothing about them. */
const ratioFloorBytes = 1024 * 1024;

const unzip = promisify(gunzip) as (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

async function decompress(bytes: Uint8Array, limits: ArchiveLimits): Promise<Uint8Array> {
  // Headers and padding come on top of the content: two blocks per entry at most.
  const overhead = Math.min(limits.maxEntries * 2 * blockBytes, limits.maxBytes) + 64 * 1024;
  const maxOutputLength = Math.min(
    limits.maxBytes + overhead,
    Math.max(bytes.length * limits.maxRatio, ratioFloorBytes),
  );
  try {
    return await unzip(bytes, { maxOutputLength });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ArchiveError("LimitExceeded", `archive unpacks to more than ${maxOutputLength} bytes`, {
        cause: error,
      });
    }
    throw new ArchiveError("InvalidArchive", `archive is not gzip: ${(error as Error).message}`, { cause: error });
  }
}

/** Reads the records of a pax header: `<length> <key>=<value>\n` each. */
function decodePax(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let offset = 0; offset < bytes.length;) {
    const space = bytes.indexOf(0x20, offset);
    const digits = space < 0 ? "" : Buffer.from(bytes.subarray(offset, space)).toString("latin1");
    const length = /^[0-9]{1,9}$/.test(digits) ? Number(digits) : 0;
    const end = offset + length;
    const equals = bytes.indexOf(0x3d, space);
    if (end > bytes.length || equals < 0 || equals >= end || bytes[end - 1] !== 0x0a) {
      throw new ArchiveError("InvalidArchive", "archive has a malformed pax header");
    }
    const key = Buffer.from(bytes.subarray(space + 1, equals)).toString();
    records.set(key, Buffer.from(bytes.subarray(equals + 1, end - 1)).toString());
    offset = end;
  }
  return records;
}

/** One entry after extended headers have been applied. */
interface TarEntry extends TarHeader {
  readonly bytes: Uint8Array;
}

function* readEntries(tar: Uint8Array): Generator<TarEntry> {
  let longName: string | undefined;
  let offset = 0;
  while (offset + blockBytes <= tar.length) {
    const block = tar.subarray(offset, offset + blockBytes);
    if (block.every((byte) => byte === 0)) return;
    const header = decodeHeader(block);
    if (header === undefined) throw new ArchiveError("InvalidArchive", `archive has a broken header at byte ${offset}`);
    // A pax `size` record overrides the header for files beyond 8 GiB only; such a file is over every limit, and
    // believing the record for smaller ones would let two readers see two different archives.
    const begin = offset + blockBytes;
    const end = begin + header.size;
    if (end > tar.length)
      throw new ArchiveError("InvalidArchive", `archive ends within ${JSON.stringify(header.name)}`);
    const bytes = tar.subarray(begin, end);
    offset = begin + Math.ceil(header.size / blockBytes) * blockBytes;
    if (header.type === "pax") {
      const records = decodePax(bytes);
      if (records.has("size")) throw new ArchiveError("UnsafeEntry", "archive overrides the size of an entry");
      longName = records.get("path") ?? longName;
    } else if (header.type === "gnu-long-name") {
      longName = Buffer.from(bytes.subarray(0, bytes.length - 1)).toString();
    } else if (header.type !== "pax-global") {
      yield { ...header, name: longName ?? header.name, bytes };
      longName = undefined;
    }
  }
  if (tar.length === 0) throw new ArchiveError("InvalidArchive", "archive is empty");
}

/** The path of an entry without `./` and trailing slashes; `""` is the root itself. */
function pathOf(entry: TarEntry, limits: ArchiveLimits): string {
  const shown = JSON.stringify(entry.name.slice(0, 200));
  if (Buffer.byteLength(entry.name) > limits.maxPathBytes) {
    throw new ArchiveError("LimitExceeded", `${shown}…: path is longer than ${limits.maxPathBytes} bytes`);
  }
  const segments = entry.name.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (entry.name.startsWith("/") || segments.includes("..") || entry.name.includes("\0")) {
    throw new ArchiveError("UnsafeEntry", `${shown}: path leaves the archive`);
  }
  return segments.join("/");
}

/**
 * Unpacks a tar.gz into memory, files only. Nothing is written to disk and no link is followed, so what remains to be
 * refused are entries that lie about where they are (`..`, absolute paths, a path twice, a file that is also a
 * directory), entries that are neither file nor directory, and archives that are larger than allowed.
 *
 * The returned bytes are views of one buffer. `mode` is reduced to "executable".
 *
 * @throws ArchiveError
 */
export async function extractArchive(
  bytes: Uint8Array,
  options: ExtractOptions = {},
): Promise<ReadonlyMap<string, ExtractedFile>> {
  const limits: ArchiveLimits = { ...defaultArchiveLimits, ...options };
  const tar = await decompress(bytes, limits);
  const files = new Map<string, ExtractedFile>();
  const directories = new Set<string>();
  let entries = 0;
  let total = 0;
  for (const entry of readEntries(tar)) {
    if (++entries > limits.maxEntries) {
      throw new ArchiveError("LimitExceeded", `archive has more than ${limits.maxEntries} entries`);
    }
    const path = pathOf(entry, limits);
    if (entry.type === "symlink" || entry.type === "hardlink") {
      if (options.links === "skip") continue;
      throw new ArchiveError("UnsafeEntry", `${JSON.stringify(path)}: links are not allowed`);
    }
    if (entry.type === "directory") {
      if (path !== "") directories.add(path);
      continue;
    }
    if (entry.type !== "file") {
      throw new ArchiveError("UnsafeEntry", `${JSON.stringify(path)}: neither a file nor a directory`);
    }
    if (path === "" || files.has(path)) {
      throw new ArchiveError("UnsafeEntry", `${JSON.stringify(path)}: comes twice`);
    }
    total += entry.size;
    if (total > limits.maxBytes) {
      throw new ArchiveError("LimitExceeded", `archive holds more than ${limits.maxBytes} bytes`);
    }
    for (const parent of parentsOf(path)) directories.add(parent);
    if (directories.size > limits.maxEntries) {
      throw new ArchiveError("LimitExceeded", `archive has more than ${limits.maxEntries} directories`);
    }
    const executable = (entry.mode & 0o111) !== 0;
    files.set(path, { bytes: entry.bytes, executable, mode: executable ? 0o700 : 0o600 });
  }
  for (const directory of directories) {
    if (files.has(directory)) {
      throw new ArchiveError("UnsafeEntry", `${JSON.stringify(directory)}: both a file and a directory`);
    }
  }
  return new Map([...files].sort(([a], [b]) => comparePaths(a, b)));
}

/** A file of an artifact. */
export interface ExtractedFile extends TreeFile {
  /** 0o700 when executable, else 0o600. */
  readonly mode: number;
}
