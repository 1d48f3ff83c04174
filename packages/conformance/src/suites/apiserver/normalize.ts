import { isObject, type Answer, type Json, type JsonObject } from "./answer.ts";

/** Times further from the run than this were written by hand. */
const nearMs = 60 * 60 * 1000;

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const address = /\b\d+\.\d+\.\d+\.\d+:\d+/g;
const token = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const allocatedAddress = /^10\.96\.\d+\.\d+$/;

/**
 * Takes out of a scenario's answers what differs from run to run, and keeps what it says: uids and resource versions are
 * numbered in their order, so that identity and order can be compared.
 */
export function normalizeAnswers(answers: readonly Answer[], now: number): Answer[] {
  const names = new Names(answers);
  return answers.map((answer) => ({
    code: answer.code,
    ...(answer.headers === undefined ? {} : { headers: names.normalize(answer.headers, now) as JsonObject }),
    ...(answer.body === undefined ? {} : { body: names.normalize(answer.body, now) }),
  }));
}

/** What the values of one run are called. */
class Names {
  readonly #revisions: ReadonlyMap<string, string>;
  readonly #generated: ReadonlyMap<string, string>;
  readonly #uids = new Map<string, string>();
  readonly #allocated = new Map<string, string>();

  constructor(answers: readonly Answer[]) {
    const revisions = new Set<number>();
    const generated = new Map<string, string>();
    const visit = (value: Json): void => {
      if (Array.isArray(value)) (value as readonly Json[]).forEach(visit);
      if (!isObject(value)) return;
      const { resourceVersion, generateName, name } = value;
      if (typeof resourceVersion === "string" && hasRevision(value)) revisions.add(Number(resourceVersion));
      if (typeof generateName === "string" && typeof name === "string" && name.startsWith(generateName)) {
        generated.set(name, `${generateName}<suffix>`);
      }
      Object.values(value).forEach(visit);
    };
    for (const { body } of answers) if (body !== undefined) visit(body);
    const ordered = [...revisions].toSorted((a, b) => a - b);
    this.#revisions = new Map(ordered.map((revision, index) => [String(revision), `<rv-${index + 1}>`]));
    this.#generated = generated;
  }

  normalize(value: Json, now: number): Json {
    if (typeof value === "string") return this.#text(value, now);
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.normalize(item, now));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(withoutMapOrder(withoutProse(value))).map(([key, item]) => [
        key.replace(uuid, (uid) => this.#uid(uid)),
        this.#member(value, key, item, now),
      ]),
    );
  }

  #member(parent: JsonObject, key: string, value: Json, now: number): Json {
    switch (key) {
      case "resourceVersion":
        return this.#revision(parent, value);
      case "continue":
        return value === "" ? value : "<continue>";
      case "managedFields":
        // Their order is that of times, which a slow run draws apart.
        return Array.isArray(value) ? (this.normalize(value, now) as readonly Json[]).toSorted(byManager) : value;
      case "causes":
        // Conflicts with several managers come in the order of a Go map.
        return Array.isArray(value) ? (this.normalize(value, now) as readonly Json[]).toSorted(byConflict) : value;
      case "clusterIP":
        return typeof value === "string" && allocatedAddress.test(value) ? this.#allocation("ip", value) : value;
      case "clusterIPs":
        return Array.isArray(value)
          ? (value as readonly Json[]).map((item) => this.#member(parent, "clusterIP", item, now))
          : value;
      case "nodePort":
      case "healthCheckNodePort":
        return typeof value === "number" && value >= 30000 ? this.#allocation("port", String(value)) : value;
      case "remainingItemCount":
        return value;
      default:
        return this.normalize(value, now);
    }
  }

  #revision(parent: JsonObject, value: Json): Json {
    if (typeof value !== "string" || value === "" || value === "0") return value;
    // The revision of a list or a bookmark also counts what others wrote meanwhile.
    return hasRevision(parent) ? (this.#revisions.get(value) ?? "<rv-unknown>") : "<rv>";
  }

  #allocation(kind: string, value: string): string {
    const known = this.#allocated.get(value);
    if (known !== undefined) return known;
    const made = `<${kind}-${this.#allocated.size + 1}>`;
    this.#allocated.set(value, made);
    return made;
  }

  #text(text: string, now: number): string {
    const shown = /^(.*?Invalid value: )("\{\\".*\}")(: .*)$/s.exec(text);
    if (shown !== null) return this.#shownObject(shown, now);
    if (allocatedAddress.test(text)) return this.#allocation("ip", text);
    let result = text
      .replace(uuid, (found) => this.#uid(found))
      .replace(time, (found) => (Math.abs(Date.parse(found) - now) < nearMs ? "<time>" : found))
      .replace(address, "<address>")
      .replace(token, "<token>")
      .replace(/\b(Bad_)[b-z2-9]{5}\b/g, "$1<suffix>")
      .replace(/(resource ?version:? )(\d+)( \(\d+\))?/gi, (_all, head: string, asked: string, current?: string) => {
        return `${head}${this.#revisions.get(asked) ?? asked}${current === undefined ? "" : " (<rv>)"}`;
      })
      .replace(/, current: \d+/, ", current: <rv>")
      .replace(
        /(ResourceVersion in (?:precondition|record|object meta):? \(?)(\d+)/gi,
        (_all, head: string, found: string) => {
          return `${head}${this.#revisions.get(found) ?? found}`;
        },
      );
    for (const [name, replacement] of this.#generated) result = result.replaceAll(name, replacement);
    return result;
  }

  /** A message that shows a whole object: the order of its members depends on who has touched them. */
  #shownObject([text, head = "", quoted = "", rest = ""]: RegExpExecArray, now: number): string {
    try {
      const object = JSON.parse(JSON.parse(quoted) as string) as Json;
      return head + JSON.stringify(sorted(this.normalize(object, now))) + this.#text(rest, now);
    } catch {
      return text;
    }
  }

  #uid(uid: string): string {
    // Zeroes and repeated digits are uids that a scenario made up.
    if (/^(.)\1{7}-/.test(uid)) return uid;
    const known = this.#uids.get(uid);
    if (known !== undefined) return known;
    const made = `<uid-${this.#uids.size + 1}>`;
    this.#uids.set(uid, made);
    return made;
  }
}

/** A field inside a map, by its key: `data[key]`. */
const inMap = /\[(?!\d+\])[^\]]+\]/;

/** Go goes through maps in any order, and so come its complaints about what is in them: they are sorted. */
function withoutMapOrder(value: JsonObject): JsonObject {
  const { details, message } = value;
  const causes = isObject(details) ? details["causes"] : undefined;
  if (!isObject(details) || !Array.isArray(causes) || causes.length < 2 || typeof message !== "string") return value;
  const list = causes as readonly JsonObject[];
  // So it does with the properties of a schema; the scenarios' custom resources are all of one domain.
  const isCustom = asText(details["group"]).endsWith(".example.com");
  if (!isCustom && !list.some(({ field }) => typeof field === "string" && inMap.test(field))) return value;
  const lines = list.map((cause) => `${asText(cause["field"])}: ${asText(cause["message"])}`);
  const written = [...new Set(lines)].join(", ");
  return {
    ...value,
    message: message.replace(written, () => [...new Set(lines)].toSorted().join(", ")),
    details: { ...details, causes: list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) },
  };
}

function asText(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** Members of `/version` that tell builds apart. */
const buildMembers = ["gitCommit", "gitTreeState", "buildDate", "goVersion"];

/** Leaves out what describes columns and builds: the words are each server's own. */
function withoutProse(value: JsonObject): JsonObject {
  const isColumn = "description" in value && "priority" in value && "format" in value;
  const left = isColumn ? ["description"] : "gitVersion" in value ? buildMembers : [];
  return left.length === 0 ? value : Object.fromEntries(Object.entries(value).filter(([key]) => !left.includes(key)));
}

/** Whether the resourceVersion of some metadata is that of an object. */
function hasRevision(metadata: JsonObject): boolean {
  return typeof metadata["uid"] === "string" && metadata["resourceVersion"] !== "";
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (!isObject(value)) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, item]) => [key, sorted(item)]));
}

const managerKeys = ["operation", "manager", "apiVersion", "subresource"];

function byManager(a: Json, b: Json): number {
  const [left, right] = [managerOf(a), managerOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function managerOf(entry: Json): string {
  return isObject(entry) ? JSON.stringify(managerKeys.map((key) => entry[key] ?? "")) : "";
}

function byConflict(a: Json, b: Json): number {
  if (!isObject(a) || !isObject(b) || a["reason"] !== "FieldManagerConflict") return 0;
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
