import { SopsError } from "../errors.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Reads UTF-8, keeping a byte order mark. @throws SopsError `Malformed` for anything else. */
export function decodeText(bytes: Uint8Array): string {
  const text = tryDecodeText(bytes);
  if (text === undefined) throw new SopsError("Malformed", "the document is not UTF-8 text");
  return text;
}

/** The same, `undefined` where the bytes are not UTF-8. */
export function tryDecodeText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads standard base64 with padding; `undefined` for anything else, which Node would silently skip. */
export function decodeBase64(text: string): Uint8Array | undefined {
  return base64.test(text) ? Buffer.from(text, "base64") : undefined;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
