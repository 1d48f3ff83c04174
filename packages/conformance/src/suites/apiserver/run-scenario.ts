import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "@sluice/yaml";
import { isObject, type Answer, type Json, type JsonObject } from "./answer.ts";
import { collectionPath, type ScenarioKind, type ScenarioKinds } from "./kinds.ts";
import type { Step } from "./scenario.ts";
import type { Call, RawAnswer, Server } from "./server.ts";

const patchTypes: Readonly<Record<string, string>> = {
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

const methods: Readonly<Record<string, string>> = {
  create: "POST",
  update: "PUT",
  get: "GET",
  list: "GET",
  delete: "DELETE",
};

/** How long events and conditions are waited for before their absence is taken as the answer. */
const patienceMs: Readonly<Record<Server["name"], number>> = { real: 5000, embedded: 1000 };
/** How long a watch is listened to after the last event that was waited for: for events that should not come. */
const graceMs = 40;

interface Watching {
  readonly events: Json[];
  readonly controller: AbortController;
  arrived: () => void;
}

/** Runs steps on a server, one after the other. */
export class ScenarioRun {
  readonly #server: Server;
  readonly #kinds: ScenarioKinds;
  readonly #variables: Map<string, Json>;
  readonly #namespace: string;
  readonly #watches = new Map<string, Watching>();
  #hasNamespace = false;

  /** `variables` are what `{NAME}` stands for from the beginning. */
  constructor(server: Server, kinds: ScenarioKinds, namespace: string, variables: Readonly<Record<string, string>>) {
    this.#server = server;
    this.#kinds = kinds;
    this.#namespace = namespace;
    this.#variables = new Map(Object.entries({ ns: namespace, ...variables }));
  }

  /** Returns an answer per step that has one. */
  async run(steps: readonly Step[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    try {
      for (const step of steps) {
        const answer = await this.#runStep(step);
        if (answer !== undefined) answers.push(answer);
      }
    } finally {
      for (const { controller } of this.#watches.values()) controller.abort();
    }
    return answers;
  }

  async #runStep(step: Step): Promise<Answer | undefined> {
    switch (step.verb) {
      case "kind":
        this.#declare(step.words.map((word) => this.#fill(word)));
        return undefined;
      case "define":
        await this.#define(step);
        return undefined;
      case "watch":
        return this.#watch(step);
      case "events":
        return this.#collect(step);
      case "until":
        return this.#until(step);
      default: {
        const answer = readAnswer(await this.#server.call(await this.#callOf(step)));
        this.#remember(step, answer);
        return answer;
      }
    }
  }

  #remember({ label }: Step, { body }: Answer): void {
    if (label !== undefined && body !== undefined) this.#variables.set(label, body);
    if (body !== undefined) this.#variables.set("last", body);
  }

  /** `kind PLURAL APIVERSION KIND [cluster]` */
  #declare([plural = "", apiVersion = "", kind = "", scope]: readonly string[]): void {
    this.#kinds.declare(plural, { apiVersion, kind, namespaced: scope !== "cluster" });
  }

  /** `define`: creates a CustomResourceDefinition, declares its kind and waits until it is served. */
  async #define(step: Step): Promise<void> {
    const given = parseBody(this.#fill(step.body ?? ""));
    if (!isObject(given)) throw new SyntaxError("define needs a CustomResourceDefinition");
    const spec = given["spec"] as {
      group: string;
      scope: string;
      names: { plural: string; kind: string };
      versions: readonly { name: string; served: boolean }[];
    };
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const metadata = { ...(given["metadata"] as JsonObject | undefined), name: `${spec.names.plural}.${spec.group}` };
    const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", ...given, metadata };
    const created = await this.#server.call({
      method: "POST",
      path,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(definition),
    });
    if (created.code !== 201) throw new Error(`define: ${created.code} ${created.body.slice(0, 1000)}`);
    const version = spec.versions.find(({ served }) => served)?.name ?? "";
    const isNamespaced = spec.scope !== "Cluster";
    this.#declare([spec.names.plural, `${spec.group}/${version}`, spec.names.kind, isNamespaced ? "" : "cluster"]);
    const list = {
      method: "GET",
      path: `/apis/${spec.group}/${version}/${spec.names.plural}`,
      headers: {},
      body: undefined,
    };
    await this.#poll(list, (answer) => answer.code === 200);
  }

  async #poll(call: Call, isDone: (answer: Answer) => boolean): Promise<Answer> {
    const deadline = Date.now() + patienceMs[this.#server.name];
    for (;;) {
      const answer = readAnswer(await this.#server.call(call));
      if (isDone(answer) || Date.now() > deadline) return answer;
      await sleep(20);
    }
  }

  /** `until CODE VERB …` or `until TYPE=STATUS VERB …`: repeats a request until its answer is such. */
  async #until(step: Step): Promise<Answer> {
    const [wanted = "", verb = "", ...words] = step.words;
    const [type, status] = wanted.split("=");
    const call = await this.#callOf({ ...step, verb, words });
    const answer = await this.#poll(call, ({ code, body }) =>
      status === undefined ? String(code) === wanted : hasCondition(body, type ?? "", status),
    );
    this.#remember(step, answer);
    return answer;
  }

  /** `LABEL = watch PATH …` */
  async #watch(step: Step): Promise<Answer> {
    const call = await this.#callOf({ ...step, verb: "get", words: [...step.words, "watch=true"] });
    const watching: Watching = { events: [], controller: new AbortController(), arrived: () => undefined };
    this.#watches.set(step.label ?? "w", watching);
    const raw = await this.#server.stream(
      call,
      (line) => {
        watching.events.push(JSON.parse(line) as Json);
        watching.arrived();
      },
      watching.controller.signal,
    );
    return readAnswer(raw);
  }

  /** `events LABEL COUNT`: what a watch has seen since the last look. */
  async #collect(step: Step): Promise<Answer> {
    const [label = "w", count = "1"] = step.words;
    const watching = this.#watches.get(label);
    if (watching === undefined) throw new RangeError(`no watch ${label}`);
    const deadline = Date.now() + patienceMs[this.#server.name];
    while (watching.events.length < Number(count) && Date.now() < deadline) {
      const timer = new AbortController();
      const arrival = new Promise<void>((resolve) => (watching.arrived = resolve));
      await Promise.race([arrival, sleep(deadline - Date.now(), undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    }
    await sleep(graceMs);
    return { code: 0, body: watching.events.splice(0) };
  }

  /** Replaces `{NAME}` and `{LABEL.PATH}`. Braces around anything else stay. */
  #fill(text: string): string {
    return text.replace(/\{([a-z][a-z0-9]*)((?:\.[\w/-]+)*)\}/g, (whole, name: string, path: string) => {
      let value: Json | undefined = this.#variables.get(name);
      if (value === undefined) return whole;
      for (const part of path.split(".").slice(1)) {
        value = Array.isArray(value)
          ? (value as readonly Json[])[Number(part)]
          : isObject(value)
            ? value[part]
            : undefined;
      }
      return typeof value === "string" ? value : JSON.stringify(value ?? "");
    });
  }

  async #callOf(step: Step): Promise<Call> {
    const words = step.words.map((word) => this.#fill(word));
    const method = step.verb === "call" ? words.shift() : (methods[step.verb] ?? "PATCH");
    const manager = step.verb === "apply" ? words.shift() : undefined;
    const type = patchTypes[step.verb];
    if (method === "PATCH" && type === undefined && step.verb !== "call") throw new SyntaxError(`no verb ${step.verb}`);
    const target = words.shift() ?? "";
    const query: string[] = manager === undefined ? [] : [`fieldManager=${manager}`];
    const headers: Record<string, string | string[]> =
      step.body === undefined ? {} : { "content-type": type ?? "application/json" };
    const flags = new Set<string>();
    for (const word of words) readWord(word, query, headers, flags);
    if (flags.has("force")) query.push("force=true");
    const { path, object } = await this.#resolve(target, step.verb);
    const filled = step.body === undefined ? undefined : this.#fill(step.body);
    const isWhole = step.verb === "apply" || step.verb === "create" || step.verb === "update";
    const isBare = flags.has("bare") || !isWhole || object === undefined;
    return {
      method: method ?? "GET",
      path: query.length === 0 ? path : `${path}${path.includes("?") ? "&" : "?"}${query.map(encodeQuery).join("&")}`,
      headers,
      body:
        filled === undefined ? undefined : flags.has("raw") ? filled : encodeBody(filled, isBare ? undefined : object),
      isAnonymous: flags.has("anonymous"),
    };
  }

  /** `configmaps/a`, `deployments/a/status`, or a path from the root. */
  async #resolve(target: string, verb: string): Promise<{ path: string; object?: ScenarioKind & { name?: string } }> {
    if (target.startsWith("/")) {
      if (target.includes(`/namespaces/${this.#namespace}/`)) await this.#ensureNamespace();
      return { path: target };
    }
    const [plural = "", name, ...rest] = target.split("/");
    const kind = this.#kinds.get(plural);
    if (kind.namespaced) await this.#ensureNamespace();
    const collection = collectionPath(kind, plural, this.#namespace);
    const isPosted = verb === "create" && rest.length === 0;
    const path = isPosted || name === undefined ? collection : [collection, name, ...rest].join("/");
    return { path, object: { ...kind, ...(name === undefined ? {} : { name }) } };
  }

  async #ensureNamespace(): Promise<void> {
    if (this.#hasNamespace) return;
    this.#hasNamespace = true;
    const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: this.#namespace } });
    const headers = { "content-type": "application/json" };
    const { code, body: text } = await this.#server.call({ method: "POST", path: "/api/v1/namespaces", headers, body });
    if (code !== 201 && code !== 409) throw new Error(`creating a namespace: ${text}`);
  }
}

/** `@USER+GROUP`, `Header:value`, `key=value` for the query, or a flag. */
function readWord(word: string, query: string[], headers: Record<string, string | string[]>, flags: Set<string>): void {
  if (word.startsWith("@")) {
    const [user = "", ...groups] = word.slice(1).split("+");
    headers["impersonate-user"] = user;
    if (groups.length > 0) headers["impersonate-group"] = groups;
  } else if (/^[A-Z][A-Za-z-]*:/.test(word)) {
    const colon = word.indexOf(":");
    headers[word.slice(0, colon).toLowerCase()] = decodeURIComponent(word.slice(colon + 1));
  } else if (word.startsWith("by=")) query.push(`fieldManager=${word.slice(3)}`);
  else if (word.includes("=")) query.push(word);
  else if (["force", "bare", "raw", "anonymous"].includes(word)) flags.add(word);
  else throw new SyntaxError(`a scenario says ${word}, which means nothing`);
}

function encodeQuery(pair: string): string {
  const equals = pair.indexOf("=");
  return `${pair.slice(0, equals)}=${encodeURIComponent(decodeURIComponent(pair.slice(equals + 1)))}`;
}

function parseBody(text: string): Json {
  const round = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value);
  return JSON.parse(JSON.stringify(parse(text) ?? null, round)) as Json;
}

/** The body as JSON, with what its path says already: the type and the name. */
function encodeBody(text: string, kind: (ScenarioKind & { readonly name?: string }) | undefined): string {
  const body = parseBody(text);
  if (kind === undefined || !isObject(body)) return JSON.stringify(body);
  const { apiVersion, kind: name } = kind;
  const given = isObject(body["metadata"]) ? body["metadata"] : {};
  const isNamed = kind.name !== undefined && given["name"] === undefined && given["generateName"] === undefined;
  const metadata = isNamed ? { ...given, name: kind.name } : given;
  return JSON.stringify({ apiVersion, kind: name, ...body, metadata });
}

const comparedHeaders = ["content-type", "warning", "retry-after", "location", "allow", "www-authenticate"];

function readAnswer({ code, headers, body }: RawAnswer): Answer {
  const kept = Object.fromEntries(
    comparedHeaders.flatMap((name) => {
      const value = headers[name];
      return value === undefined || value === "application/json" ? [] : [[name, value]];
    }),
  );
  const type = headers["content-type"] ?? "";
  const decoded = decode(body, type);
  return {
    code,
    ...(Object.keys(kept).length === 0 ? {} : { headers: kept }),
    ...(decoded === undefined ? {} : { body: decoded }),
  };
}

function decode(body: string, type: string): Json | undefined {
  if (body === "") return undefined;
  try {
    if (type.includes("json")) return JSON.parse(body) as Json;
    if (type.includes("yaml")) return parseBody(body);
  } catch {
    // An answer that is not what it says it is: its text is compared.
  }
  return body;
}

function hasCondition(body: Json | undefined, type: string, status: string): boolean {
  const conditions = isObject(body) && isObject(body["status"]) ? body["status"]["conditions"] : undefined;
  if (!Array.isArray(conditions)) return false;
  return (conditions as readonly JsonObject[]).some((each) => each["type"] === type && each["status"] === status);
}
