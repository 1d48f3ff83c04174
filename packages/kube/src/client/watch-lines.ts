import { ConnectionError } from "../errors.ts";

/** Far above etcd's limit of one object; a line beyond it is not a watch event. */
export const maxLineBytes: number = 64 * 1024 * 1024;

/**
 * Cuts a byte stream into lines without their line feed. Chunks may end anywhere, in the middle of a character too.
 * A last line without a line feed is an event that was cut off and is not yielded.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number = maxLineBytes,
): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      pending.push(chunk.subarray(start, end));
      const line = pending.length === 1 ? asBuffer(chunk.subarray(start, end)) : Buffer.concat(pending);
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      if (line.length > 0) yield line.toString("utf8");
    }
    if (start === chunk.length) continue;
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > limitBytes) {
      throw new ConnectionError("MalformedResponse", `watch event is larger than ${limitBytes} bytes`);
    }
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
