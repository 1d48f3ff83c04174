import { messageOf } from "@sluice/errors";
import { redact } from "./redact.ts";

/** From most to least talkative. `info` is the default. */
export type LogLevel = "trace" | "debug" | "info" | "error";

/** Structured values beside the message. Errors are logged as their message, `undefined` is left out. */
export interface LogFields {
  readonly [key: string]: unknown;
}

/** Writes one line per call. Values pass through {@link redact} before they leave the process. */
export interface Logger {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** `thrown` may be anything; it becomes the `error` key. */
  error(message: string, thrown: unknown, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger;
  /** A logger whose `logger` key has the name appended: `manager.kustomization`. */
  named(name: string): Logger;
}

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** `json` is what `flux logs` parses, `console` what a person reads. */
  readonly encoding?: "json" | "console";
  /** Takes one line including its line feed. Standard error when absent. */
  readonly write?: (line: string) => void;
  readonly now?: () => Date;
}

const levels: readonly LogLevel[] = ["trace", "debug", "info", "error"];

/** Creates the root logger of a process. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const threshold = levels.indexOf(options.level ?? "info");
  const encode = options.encoding === "console" ? encodeConsole : encodeJson;
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const now = options.now ?? (() => new Date());
  const emit = (level: LogLevel, message: string, name: string, fields: LogFields): void => {
    if (levels.indexOf(level) < threshold) return;
    const line: Record<string, unknown> = { level, ts: now().toISOString() };
    if (name !== "") line["logger"] = name;
    line["msg"] = message;
    write(`${encode(Object.assign(line, fields))}\n`);
  };
  return boundLogger(emit, "", {});
}

/** A logger that drops everything. */
export const silentLogger: Logger = boundLogger(() => {}, "", {});

type Emit = (level: LogLevel, message: string, name: string, fields: LogFields) => void;

function boundLogger(emit: Emit, name: string, bound: LogFields): Logger {
  return {
    trace: (message, fields) => emit("trace", message, name, { ...bound, ...fields }),
    debug: (message, fields) => emit("debug", message, name, { ...bound, ...fields }),
    info: (message, fields) => emit("info", message, name, { ...bound, ...fields }),
    error: (message, thrown, fields) =>
      emit("error", message, name, {
        ...bound,
        ...fields,
        error: thrown === undefined ? undefined : messageOf(thrown),
      }),
    with: (fields) => boundLogger(emit, name, { ...bound, ...fields }),
    named: (next) => boundLogger(emit, name === "" ? next : `${name}.${next}`, bound),
  };
}

function encodeJson(line: LogFields): string {
  const seen = new Set<unknown>();
  return JSON.stringify(line, (_key, value: unknown) => {
    if (typeof value === "string") return redact(value);
    if (typeof value === "bigint") return value.toString();
    if (value instanceof Error) return redact(messageOf(value));
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return "[repeated]";
    seen.add(value);
    return value;
  });
}

function encodeConsole(line: LogFields): string {
  const { level, ts, logger, msg, ...rest } = line;
  const head = [ts, String(level).toUpperCase().padEnd(5), logger, msg].filter((part) => part !== undefined);
  const tail = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeConsoleValue(value)}`);
  return [...head.map((part) => redact(oneLine(part as string))), ...tail].join(" ");
}

function encodeConsoleValue(value: unknown): string {
  const text = typeof value === "string" ? redact(value) : encodeJson({ value }).slice('{"value":'.length, -1);
  return /^[^\s"=]+$/.test(text) ? text : typeof value === "string" ? JSON.stringify(text) : oneLine(text);
}

// A message with line feeds or escape codes must not be able to forge a second line.
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, (character) => JSON.stringify(character).slice(1, -1));
}
