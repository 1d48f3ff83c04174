/**
 * Writes `generated/messages.json`: the numbers under which Kubernetes' types travel in protobuf. Reads them from the tags
 * of the Go types, which are published as the modules `k8s.io/api`, `k8s.io/apimachinery` and
 * `k8s.io/apiextensions-apiserver`.
 *
 * Usage: node generate.ts DIRECTORY_OF_API DIRECTORY_OF_APIMACHINERY DIRECTORY_OF_APIEXTENSIONS
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [, , apiDirectory = "", machineryDirectory = "", extensionsDirectory = ""] = process.argv;

interface Package {
  /** `io.k8s.api.core.v1.` */
  readonly prefix: string;
  readonly directory: string;
}

const packages: Package[] = [
  { prefix: "io.k8s.apimachinery.pkg.apis.meta.v1.", directory: join(machineryDirectory, "pkg/apis/meta/v1") },
  {
    prefix: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.",
    directory: join(extensionsDirectory, "pkg/apis/apiextensions/v1"),
  },
];
for (const group of readdirSync(apiDirectory, { withFileTypes: true })) {
  if (!group.isDirectory()) continue;
  for (const version of readdirSync(join(apiDirectory, group.name))) {
    if (!/^v[1-9]$/.test(version)) continue;
    packages.push({
      prefix: `io.k8s.api.${group.name}.${version}.`,
      directory: join(apiDirectory, group.name, version),
    });
  }
}

const importPrefixes: readonly (readonly [RegExp, string])[] = [
  [/^k8s\.io\/api\/(\w+)\/(v\w+)$/, "io.k8s.api.$1.$2."],
  [/^k8s\.io\/apimachinery\/pkg\/apis\/meta\/v1$/, "io.k8s.apimachinery.pkg.apis.meta.v1."],
  [/^k8s\.io\/apimachinery\/pkg\/api\/resource$/, "io.k8s.apimachinery.pkg.api.resource."],
  [/^k8s\.io\/apimachinery\/pkg\/util\/intstr$/, "io.k8s.apimachinery.pkg.util.intstr."],
  [/^k8s\.io\/apimachinery\/pkg\/runtime$/, "io.k8s.apimachinery.pkg.runtime."],
];

interface Field {
  readonly number: number;
  readonly name: string;
  readonly goType: string;
  readonly wire: string;
  readonly isInline: boolean;
  /** The whole tag. */
  readonly json: string;
  /** `0`: Go's JSON leaves a zero out; `!`: it always writes the field; nothing: the field is a pointer. */
  readonly flag: "0" | "!" | "";
}

interface Source {
  readonly imports: ReadonlyMap<string, string>;
  readonly prefix: string;
}

const structs = new Map<string, { readonly fields: readonly Field[]; readonly source: Source }>();
const lists = new Map<string, { readonly goType: string; readonly source: Source }>();
const maps = new Map<string, { readonly goType: string; readonly source: Source }>();

for (const { prefix, directory } of packages) {
  for (const file of readdirSync(directory)) {
    if (!/^(?:.*_)?types(?:_\w+)?\.go$|^(?:time|micro_time|duration|group_version)\.go$/.test(file)) continue;
    readSource(readFileSync(join(directory, file), "utf8"), prefix);
  }
}

function readSource(text: string, prefix: string): void {
  const imports = new Map<string, string>();
  for (const [, alias, path = ""] of text.matchAll(/^\s*(?:import\s+)?(\w+)?\s*"([\w./-]+)"$/gm)) {
    for (const [pattern, target] of importPrefixes) {
      if (pattern.test(path))
        imports.set(alias ?? path.slice(path.lastIndexOf("/") + 1), path.replace(pattern, target));
    }
  }
  const source = { imports, prefix };
  for (const [, name = "", body = ""] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    structs.set(prefix + name, { fields: readFields(body), source });
  }
  for (const [, name = "", goType = ""] of text.matchAll(/^type (\w+) \[\](\S+)$/gm))
    lists.set(prefix + name, { goType, source });
  for (const [, name = "", goType = ""] of text.matchAll(/^type (\w+) map\[\w+\](\S+)$/gm))
    maps.set(prefix + name, { goType, source });
}

function readFields(body: string): Field[] {
  const fields: Field[] = [];
  for (const line of body.split("\n")) {
    const match = /^\s*(?:(\w+)\s+)?(\S+)\s+`json:"([^"]*)"(?:.*?)protobuf:"([^"]*)"/.exec(line);
    if (match === null) continue;
    const [, , goType = "", json = "", tag = ""] = match;
    const [name = "", ...options] = json.split(",");
    const [wire = "", number = ""] = tag.split(",");
    const isInline = options.includes("inline");
    const omits = options.some((option) => option === "omitempty" || option === "omitzero");
    const flag = goType.startsWith("*") || isInline ? "" : omits ? "0" : "!";
    fields.push({ number: Number(number), name, goType, wire, isInline, json, flag });
  }
  return fields;
}

/** The code of a Go type: `s`, `i`, `b`, `d`, `y`, or `m` and a name; `*` before lists, `%` before maps. */
function codeOf(goType: string, wire: string, source: Source): string {
  if (goType.startsWith("*")) return codeOf(goType.slice(1), wire, source);
  if (goType === "[]byte") return "y";
  if (goType.startsWith("[]")) return `*${codeOf(goType.slice(2), wire, source)}`;
  const map = /^map\[[\w.]+\](.+)$/.exec(goType);
  if (map?.[1] !== undefined) return `%${codeOf(map[1], "bytes", source)}`;
  const name = resolve(goType, source);
  if (name !== undefined) {
    const known = maps.get(name);
    if (known !== undefined) return `%${codeOf(known.goType, "bytes", known.source)}`;
    if (structs.has(name) || lists.has(name) || special.test(name)) return `m${name}`;
  }
  if (goType === "bool") return "b";
  // Some tags name the wrong wire type; the Go type does not.
  if (wire === "varint" || /^u?int(?:32|64)?$/.test(goType)) return "i";
  return wire === "fixed64" || goType === "float64" ? "d" : "s";
}

const special = /(?:meta\.v1\.FieldsV1|resource\.Quantity|intstr\.IntOrString|runtime\.RawExtension)$/;

function resolve(goType: string, { imports, prefix }: Source): string | undefined {
  const dot = goType.indexOf(".");
  if (dot < 0) return prefix + goType;
  const target = imports.get(goType.slice(0, dot));
  return target === undefined ? undefined : target + goType.slice(dot + 1);
}

const messages: { [name: string]: string } = {};

function add(name: string): void {
  if (messages[name] !== undefined) return;
  const list = lists.get(name);
  const struct = structs.get(name);
  if (list !== undefined) {
    const code = codeOf(list.goType, "bytes", list.source);
    messages[name] = `1 . *${code}`;
    follow(code);
  } else if (struct !== undefined) {
    messages[name] = "";
    const codes = struct.fields.map((field) => ({ field, code: codeOf(field.goType, field.wire, struct.source) }));
    messages[name] = codes
      .map(({ field, code }) => `${field.number} ${field.isInline ? "-" : field.name} ${code}${flagOf(field, code)}`)
      .join("|");
    for (const { code } of codes) follow(code);
  }
}

/** `omitempty` does nothing for structs: they are always written, unless their zero is left out explicitly. */
function flagOf({ flag, json }: Field, code: string): string {
  if (flag === "") return "";
  const isStruct = code.startsWith("m") && !lists.has(code.slice(1));
  return isStruct && !json.includes("omitzero") ? " !" : ` ${flag}`;
}

function follow(code: string): void {
  const name = /^[*%]*m(.+)$/.exec(code)?.[1];
  if (name !== undefined) add(name);
}

for (const [name, { fields }] of structs)
  if (fields.some((field) => field.name === "metadata") && !name.endsWith("List")) add(name);
for (const name of ["DeleteOptions"]) add(`io.k8s.apimachinery.pkg.apis.meta.v1.${name}`);
const lines = Object.entries(messages)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`);
writeFileSync(new URL("generated/messages.json", import.meta.url), `{\n${lines.join(",\n")}\n}\n`);
