import { KustomizeError, withPrefix } from "../errors.ts";
import { formatList, quote } from "../go-format.ts";
import type { ConfigMapArgs } from "../kustomization.ts";
import type { Loader } from "../loader.ts";
import { baseName } from "../posix-path.ts";
import type { DataValue } from "./config-map-data.ts";

type Entry = readonly [key: string, value: DataValue];

/**
 * Reads the entries of a generator from its files of variables, literals and files. Throws `InvalidGenerator` when a
 * key is there twice.
 */
export function loadKeyValues(loader: Loader, name: string, args: ConfigMapArgs): Map<string, DataValue> {
  const values = new Map<string, DataValue>();
  for (const [key, value] of prefixed("loading KV pairs", () => readSources(loader, args))) {
    if (values.has(key)) {
      throw new KustomizeError("InvalidGenerator", `configmap ${name} illegally repeats the key \`${key}\``);
    }
    values.set(key, value);
  }
  return values;
}

function readSources(loader: Loader, { envs = [], literals = [], files = [] }: ConfigMapArgs): Entry[] {
  return [
    ...prefixed(`env source files: ${formatList(envs)}`, () =>
      envs.flatMap((path) => parseVariables(loader.load(path))),
    ),
    ...prefixed(`literal sources ${formatList(literals)}`, () => literals.map(parseLiteral)),
    ...prefixed(`file sources: ${formatList(files)}`, () => files.map((source) => readFile(loader, source))),
  ];
}

function prefixed<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw withPrefix(thrown, prefix);
  }
}

function readFile(loader: Loader, source: string): Entry {
  const { key, path } = parseFileSource(source);
  return [key, toDataValue(loader.load(path))];
}

/** Splits `key=path`; without a key, the file's name is it. */
export function parseFileSource(source: string): { readonly key: string; readonly path: string } {
  const [first = "", second, ...more] = source.split("=");
  if (second === undefined) return { key: baseName(source), path: source };
  if (more.length > 0) throw invalid(`source ${quote(source)} key name or file path contains '='`);
  if (first === "") throw invalid(`missing key name for file path ${quote(second)} in source ${quote(source)}`);
  if (second === "") throw invalid(`missing file path for key name ${quote(first)} in source ${quote(source)}`);
  return { key: first, path: second };
}

function parseLiteral(source: string): Entry {
  const equals = source.indexOf("=");
  if (equals <= 0) throw invalid(`invalid literal source ${source}, expected key=value`);
  return [source.slice(0, equals), removeQuotes(source.slice(equals + 1))];
}

function removeQuotes(text: string): string {
  const first = text[0];
  const isQuoted = text.length >= 2 && (first === '"' || first === "'") && text.endsWith(first);
  return isQuoted ? text.slice(1, -1) : text;
}

function invalid(message: string): KustomizeError {
  return new KustomizeError("InvalidGenerator", message);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes as text when they are UTF-8. */
export function toDataValue(bytes: Uint8Array): DataValue {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

const byteOrderMark = "\ufeff";
/** The length at which kustomize stops reading a file of variables, without a word. */
const maximumLineBytes = 64 * 1024;

/** Reads `KEY=value` lines; empty lines and comments are skipped, `KEY` alone has the empty value. */
function parseVariables(bytes: Uint8Array): Entry[] {
  const content = toDataValue(bytes);
  if (typeof content !== "string") throw invalid("line has invalid utf8 bytes");
  const entries: Entry[] = [];
  for (const [index, raw] of splitLines(content).entries()) {
    if (raw.length >= maximumLineBytes) break;
    const line = (index === 0 && raw.startsWith(byteOrderMark) ? raw.slice(1) : raw).replace(/^[\s\u0085]+/, "");
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const key = equals < 0 ? line : line.slice(0, equals);
    if (key !== "") entries.push([key, equals < 0 ? "" : line.slice(equals + 1)]);
  }
  return entries;
}

function splitLines(content: string): string[] {
  const lines = content.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}
