import { parse as parseYaml, YamlError } from "@sluice/yaml";
import { KubeConfigError } from "../errors.ts";

import type { Cluster, Context, ExecConfig, KubeConfig, User } from "./kube-config.ts";

export interface ParseOptions {
  /** Begins every error message: the file's path, or `secret ns/name`. */
  readonly source?: string;
  /** Base of relative paths inside. */
  readonly directory?: string;
}

/** Reads a kubeconfig (YAML or JSON). Throws `KubeConfigError("KubeConfigInvalid")` naming the wrong field. */
export function parseKubeConfig(text: string, options: ParseOptions = {}): KubeConfig {
  const source = options.source ?? "kubeconfig";
  let root: unknown;
  try {
    root = parseYaml(text);
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new KubeConfigError("KubeConfigInvalid", `${source}: ${cause.message}`, { cause });
  }
  const file = new FieldReader(root ?? {}, source);
  const kind = file.text("kind");
  if (kind !== undefined && kind !== "" && kind !== "Config")
    throw file.wrong("kind", `Config, not ${JSON.stringify(kind)}`);
  const located = options.directory === undefined ? {} : { directory: options.directory };
  return {
    clusters: named(file, "clusters", "cluster", (each) => ({ ...readCluster(each), ...located })),
    users: named(file, "users", "user", (each) => ({ ...readUser(each), ...located })),
    contexts: named(file, "contexts", "context", readContext),
    currentContext: file.text("current-context") ?? "",
  };
}

function named<T>(file: FieldReader, list: string, entry: string, read: (entry: FieldReader) => T): Map<string, T> {
  const result = new Map<string, T>();
  for (const item of file.list(list)) {
    const name = item.text("name") ?? "";
    if (!result.has(name)) result.set(name, read(item.object(entry) ?? new FieldReader({}, `${item.place}.${entry}`)));
  }
  return result;
}

function readCluster(fields: FieldReader): Cluster {
  return compact({
    server: fields.text("server"),
    "certificate-authority": fields.text("certificate-authority"),
    "certificate-authority-data": fields.text("certificate-authority-data"),
    "insecure-skip-tls-verify": fields.flag("insecure-skip-tls-verify"),
    "tls-server-name": fields.text("tls-server-name"),
    "proxy-url": fields.text("proxy-url"),
    "disable-compression": fields.flag("disable-compression"),
    extensions: fields
      .list("extensions")
      .map((each) => ({ name: each.text("name") ?? "", extension: each.value("extension") })),
  });
}

function readUser(fields: FieldReader): User {
  const exec = fields.object("exec");
  const provider = fields.object("auth-provider");
  return compact({
    "client-certificate": fields.text("client-certificate"),
    "client-certificate-data": fields.text("client-certificate-data"),
    "client-key": fields.text("client-key"),
    "client-key-data": fields.text("client-key-data"),
    token: fields.text("token"),
    tokenFile: fields.text("tokenFile"),
    username: fields.text("username"),
    password: fields.text("password"),
    as: fields.text("as"),
    "as-uid": fields.text("as-uid"),
    "as-groups": fields.texts("as-groups"),
    "as-user-extra": fields.textLists("as-user-extra"),
    exec: exec === undefined ? undefined : readExec(exec),
    "auth-provider":
      provider === undefined
        ? undefined
        : { name: provider.text("name") ?? "", config: provider.object("config")?.textMap() ?? {} },
  });
}

function readExec(fields: FieldReader): ExecConfig {
  const mode = fields.text("interactiveMode");
  if (mode !== undefined && mode !== "" && !isInteractiveMode(mode))
    throw fields.wrong("interactiveMode", "Never, IfAvailable or Always");
  return compact({
    apiVersion: fields.text("apiVersion"),
    command: fields.text("command") ?? "",
    args: fields.texts("args"),
    env: fields.list("env").map((each) => ({ name: each.text("name") ?? "", value: each.text("value") ?? "" })),
    installHint: fields.text("installHint"),
    interactiveMode: mode === undefined || mode === "" ? undefined : mode,
    provideClusterInfo: fields.flag("provideClusterInfo"),
  });
}

function readContext(fields: FieldReader): Context {
  return compact({ cluster: fields.text("cluster"), user: fields.text("user"), namespace: fields.text("namespace") });
}

function isInteractiveMode(mode: string): mode is "Never" | "IfAvailable" | "Always" {
  return mode === "Never" || mode === "IfAvailable" || mode === "Always";
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function compact<T extends object>(fields: T): Compact<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Compact<T>;
}

/** Reads fields of a document whose shape is not trusted; `null` counts as absent, as in Go. */
class FieldReader {
  readonly place: string;
  readonly #fields: { readonly [key: string]: unknown };

  constructor(value: unknown, place: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new KubeConfigError("KubeConfigInvalid", `${place}: must be a mapping`);
    }
    this.#fields = value as { readonly [key: string]: unknown };
    this.place = place;
  }

  value(key: string): unknown {
    return Object.hasOwn(this.#fields, key) ? (this.#fields[key] ?? undefined) : undefined;
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.wrong(key, "a string");
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.wrong(key, "true or false");
  }

  texts(key: string): string[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
    throw this.wrong(key, "a list of strings");
  }

  textLists(key: string): { [key: string]: string[] } | undefined {
    const reader = this.object(key);
    if (reader === undefined) return undefined;
    return Object.fromEntries(Object.keys(reader.#fields).map((name) => [name, reader.texts(name) ?? []]));
  }

  textMap(): { [key: string]: string } {
    return Object.fromEntries(Object.keys(this.#fields).map((name) => [name, this.text(name) ?? ""]));
  }

  object(key: string): FieldReader | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : new FieldReader(value, `${this.place}: ${key}`);
  }

  list(key: string): FieldReader[] {
    const value = this.value(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.wrong(key, "a list");
    return value.map((each, index) => new FieldReader(each, `${this.place}: ${key}[${index}]`));
  }

  wrong(key: string, expected: string): KubeConfigError {
    return new KubeConfigError("KubeConfigInvalid", `${this.place}: ${key}: must be ${expected}`);
  }
}
