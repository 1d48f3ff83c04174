/** What a controller's log line says, as far as people read it. */
export interface LogEntry {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly error: string;
  /** Of the object that the line is about; empty where it is about none. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** Reads a JSON log line; `undefined` for anything else, which third-party code may print between. */
export function parseLogLine(line: string): LogEntry | undefined {
  if (!line.startsWith("{")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const fields = new Map(Object.entries(value as { readonly [key: string]: unknown }));
  const text = (...keys: readonly string[]): string => {
    const found = keys.map((key) => fields.get(key)).find((each) => typeof each === "string" && each !== "");
    return typeof found === "string" ? found : "";
  };
  return {
    timestamp: text("ts"),
    level: text("level"),
    message: text("msg"),
    error: text("error"),
    kind: text("reconciler kind", "controllerKind"),
    name: text("name"),
    namespace: text("namespace"),
  };
}

/** Writes an entry as Flux's `logs` does: time, level, object, message and error. */
export function formatLogLine(entry: LogEntry): string {
  const object = entry.name === "" ? entry.kind : `${entry.kind}/${entry.name}.${entry.namespace}`;
  return `${entry.timestamp} ${entry.level} ${object} - ${entry.message} ${entry.error}\n`;
}
