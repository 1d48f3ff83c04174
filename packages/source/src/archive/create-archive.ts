import { once } from "node:events";
import { createGzip } from "node:zlib";
import { comparePaths, type FileTree, parentsOf } from "./file-tree.ts";
import { blockBytes, encodeHeader } from "./tar-header.ts";

/** Modes of an artifact's entries: whatever the source had, only "executable" survives. */
export const archiveModes = { directory: 0o750, file: 0o600, executable: 0o700 } as const;

const maxNameBytes = 100;
const zeros = new Uint8Array(2 * blockBytes);

function paddingFor(size: number): Uint8Array {
  return zeros.subarray(0, (blockBytes - (size % blockBytes)) % blockBytes);
}

/** A pax record is `<length> path=<name>\n`, where the length counts itself. */
function paxPath(name: string): Uint8Array {
  const rest = ` path=${name}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes + 1;
  while (String(length).length + restBytes !== length) length = String(length).length + restBytes;
  return Buffer.from(`${length}${rest}`);
}

function* encodeEntry(
  name: string,
  type: "file" | "directory",
  mode: number,
  bytes: Uint8Array,
): Generator<Uint8Array> {
  let shortName = name;
  if (Buffer.byteLength(name) > maxNameBytes || !/^[\u0020-\u007e]*$/.test(name)) {
    const record = paxPath(name);
    yield encodeHeader({ name: "PaxHeaders.0/path", type: "pax", mode: 0o600, size: record.length });
    yield record;
    yield paddingFor(record.length);
    shortName = Buffer.from(name.replace(/[^\u0020-\u007e]/gu, "_")).toString("latin1", 0, maxNameBytes);
  }
  yield encodeHeader({ name: shortName, type, mode, size: bytes.length });
  yield bytes;
  yield paddingFor(bytes.length);
}

/** The tar stream of a tree, in pieces: directories before their content, all sorted by path. */
function* encodeTar(files: FileTree): Generator<Uint8Array> {
  const directories = new Set<string>();
  for (const path of [...files.keys()].sort(comparePaths)) {
    for (const directory of parentsOf(path)) {
      if (directories.has(directory)) continue;
      directories.add(directory);
      yield* encodeEntry(directory, "directory", archiveModes.directory, zeros.subarray(0, 0));
    }
    const file = files.get(path);
    if (file === undefined) continue;
    yield* encodeEntry(path, "file", file.executable ? archiveModes.executable : archiveModes.file, file.bytes);
  }
  yield zeros;
}

/** Many small pieces as fewer large ones: a call of zlib costs more than the bytes of most files. */
function* joinPieces(pieces: Iterable<Uint8Array>, targetBytes: number): Generator<Uint8Array> {
  let batch: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    batch.push(piece);
    size += piece.length;
    if (size < targetBytes) continue;
    yield Buffer.concat(batch, size);
    batch = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(batch, size);
}

/**
 * Packs a tree into a tar.gz, piece by piece. The same tree gives the same bytes, in any order of insertion and on
 * any day: owners, times and modes (but for "executable") are fixed, and so is the gzip header. Compression itself
 * may differ between versions of zlib and CPU families.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function* createArchive(
  files: FileTree,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 6 });
  let failure: unknown;
  const feed = (async (): Promise<void> => {
    try {
      for (const piece of joinPieces(encodeTar(files), 256 * 1024)) {
        options.signal?.throwIfAborted();
        if (!gzip.write(piece)) await once(gzip, "drain");
      }
      gzip.end();
    } catch (error) {
      failure = error;
      gzip.destroy(error instanceof Error ? error : undefined);
    }
  })();
  let first = true;
  try {
    for await (const chunk of gzip as AsyncIterable<Uint8Array>) {
      // Byte 9 names the operating system; 255 is "unknown", the same everywhere.
      if (first) chunk[9] = 255;
      first = false;
      yield chunk;
    }
    await feed;
  } catch (error) {
    await feed;
    throw failure ?? error;
  } finally {
    gzip.destroy();
  }
}
