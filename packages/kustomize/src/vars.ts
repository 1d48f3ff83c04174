import type { MappingNode, Node, ScalarNode } from "@sluice/yaml";
import { KustomizeError } from "./errors.ts";
import { type FieldSpec, splitFieldPath } from "./field-spec.ts";
import { visitFields } from "./filters/field-spec-filter.ts";
import { formatFloat } from "@sluice/yaml";
import { equalGvk, formatGvk, type Gvk, parseGroupVersion } from "./gvk.ts";
import { partialGvk, type WrittenVar } from "./kustomization.ts";
import { lookup } from "./node/lookup.ts";
import { isMissingOrNull, isStringScalar } from "./node/test.ts";
import { equalResId, type ResId } from "./res-id.ts";
import type { ResMap } from "./res-map.ts";

/** A variable: its value is a field of a resource. */
export interface Variable {
  readonly name: string;
  readonly kind: Gvk;
  /** The kind without what `apiVersion` says. */
  readonly writtenKind: Gvk;
  readonly objectName: string;
  readonly objectNamespace: string;
  readonly fieldPath: string;
}

/** A variable as a kustomization writes it. The field is `metadata.name` unless it says another. */
export function readVariable(written: WrittenVar): Variable {
  const { apiVersion = "", name = "", namespace = "", ...rest } = written.objref ?? {};
  const partial = partialGvk(rest);
  const parsed = apiVersion === "" ? {} : parseVersion(apiVersion);
  return {
    name: written.name ?? "",
    kind: { ...partial, ...parsed },
    writtenKind: partial,
    objectName: name,
    objectNamespace: namespace,
    fieldPath: written.fieldref?.fieldPath ?? "",
  };
}

function parseVersion(apiVersion: string): Partial<Gvk> {
  const { group, version } = parseGroupVersion(apiVersion);
  return apiVersion.includes("/") ? { group, version } : { version };
}

/** The variable as kustomize prints it in messages. */
export function formatVariable({ name, kind, fieldPath }: Variable): string {
  return `{${name} ${formatGvk(kind)} {${fieldPath}}}`;
}

/** The variable as it was written, for messages about a whole list. */
export function formatWrittenVariable(variable: Variable): string {
  return formatVariable({ ...variable, kind: variable.writtenKind });
}

/** The variables of a build, by name. */
export class VarSet {
  readonly #variables = new Map<string, Variable>();

  /** Throws `InvalidVariable` when a name is taken. */
  merge(variables: Iterable<Variable>): void {
    for (const variable of variables) {
      if (this.#variables.has(variable.name)) {
        throw new KustomizeError("InvalidVariable", `var '${variable.name}' already encountered`, { field: "vars" });
      }
      this.#variables.set(variable.name, { ...variable, fieldPath: variable.fieldPath || "metadata.name" });
    }
  }

  /** Sorted by name. */
  get variables(): readonly Variable[] {
    return [...this.#variables.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** Notes on the resources which variables take their value from them. */
export function assignVariables(resources: ResMap, variables: readonly Variable[]): void {
  for (const variable of variables) {
    const id: ResId = {
      ...variable.kind,
      name: variable.objectName,
      namespace: variable.objectNamespace,
      clusterScoped: false,
    };
    const isExact = id.namespace !== "";
    const matched = resources.matchingAnyId((other) =>
      isExact ? equalResId(id, other) : id.name === other.name && equalGvk(id, other),
    );
    if (matched.length > 1) {
      throw new KustomizeError(
        "InvalidVariable",
        `found ${matched.length} resId matches for var ${formatVariable(variable)} (unable to disambiguate)`,
        { field: "vars" },
      );
    }
    matched[0]?.refVarNames.push(variable.name);
  }
}

/** What a variable can be replaced by; collections cannot stand in text. */
type VariableValue = string | number | boolean | { readonly isCollection: true };

/** Replaces `$(NAME)` in the fields that the specs name. Returns the names that were never used. */
export function resolveVariables(
  resources: ResMap,
  variables: readonly Variable[],
  specs: readonly FieldSpec[],
): string[] {
  const values = new Map(variables.map((variable) => [variable.name, findValue(resources, variable)]));
  if (values.size === 0) return [];
  const used = new Set<string>();
  const replacer = new Replacer(values, used);
  for (const { node } of resources.resources) {
    for (const spec of specs) visitFields(node, spec, { visit: (field) => replacer.replaceIn(field) });
  }
  return [...values.keys()].filter((name) => !used.has(name));
}

function findValue(resources: ResMap, variable: Variable): VariableValue {
  for (const resource of resources.resources) {
    if (!resource.refVarNames.includes(variable.name)) continue;
    const value = readField(resource.node, variable.fieldPath);
    if (value !== undefined) return value;
    throw new KustomizeError(
      "InvalidVariable",
      `field specified in var '${formatVariable(variable)}' not found in corresponding resource`,
      { field: "vars" },
    );
  }
  throw new KustomizeError(
    "InvalidVariable",
    `var '${formatVariable(variable)}' cannot be mapped to a field in the set of known resources`,
    { field: "vars" },
  );
}

function readField(node: MappingNode, path: string): VariableValue | undefined {
  let found: Node | undefined;
  try {
    found = lookup(node, splitFieldPath(path).flatMap(splitIndex));
  } catch (thrown) {
    if (thrown instanceof KustomizeError) return undefined;
    throw thrown;
  }
  if (found === undefined) return undefined;
  if (found.kind !== "scalar") return { isCollection: true };
  switch (found.tag) {
    case "!!int":
      return /^[+-]?\d+$/.test(found.value) ? Number(found.value) : undefined;
    case "!!float":
      return Number.isNaN(Number(found.value)) ? undefined : Number(found.value);
    case "!!bool":
      return /^(?:1|t|T|true|TRUE|True)$/.test(found.value);
    default:
      return found.value;
  }
}

/** Splits `ports[0]` into `ports` and `0`. */
function splitIndex(part: string): string[] {
  const match = /^(.*)\[(\d+)\]$/.exec(part);
  if (match === null) return [part];
  const [, name = "", index = ""] = match;
  return name === "" ? [index] : [name, index];
}

class Replacer {
  readonly #values: ReadonlyMap<string, VariableValue>;
  readonly #used: Set<string>;

  constructor(values: ReadonlyMap<string, VariableValue>, used: Set<string>) {
    this.#values = values;
    this.#used = used;
  }

  /** Replaces in a scalar, or in the scalars directly in a map or list. */
  replaceIn(field: Node): void {
    if (isMissingOrNull(field)) return;
    switch (field.kind) {
      case "scalar":
        this.#replaceScalar(field);
        return;
      case "mapping":
        for (const { key, value } of field.pairs) {
          if (key.kind !== "scalar" || !isStringScalar(key)) {
            const text = key.kind === "scalar" ? key.value : "";
            throw new KustomizeError("InvalidField", `invalid map key: value='${text}', tag='${key.tag}'`);
          }
          this.#replaceScalar(value);
        }
        return;
      case "sequence":
        for (const item of field.items) {
          if (!isStringScalar(item)) throw new KustomizeError("InvalidField", "invalid value type expect a string");
          this.#replaceScalar(item);
        }
        return;
      case "alias":
        throw new KustomizeError("InvalidField", "invalid type encountered 16");
    }
  }

  #replaceScalar(node: Node): void {
    if (node.kind !== "scalar" || !isStringScalar(node)) return;
    assign(node, this.expand(node.value));
  }

  /** The text with its references replaced; a text that is one reference becomes the value itself. */
  expand(text: string): string | number | boolean {
    let out = "";
    let done = 0;
    for (let index = 0; index < text.length - 1; index++) {
      if (text[index] !== "$") continue;
      out += text.slice(done, index);
      const next = text[index + 1] ?? "";
      const close = next === "(" ? text.indexOf(")", index + 2) : -1;
      if (close >= 0) {
        const name = text.slice(index + 2, close);
        const value = this.#valueOf(name);
        if (text === `$(${name})`) return value;
        out += formatValue(value);
        index = close;
      } else {
        out += next === "$" ? "$" : `$${next}`;
        index++;
      }
      done = index + 1;
    }
    return out + text.slice(done);
  }

  #valueOf(name: string): string | number | boolean {
    const value = this.#values.get(name);
    if (value === undefined || typeof value === "object") return `$(${name})`;
    this.#used.add(name);
    return value;
  }
}

function formatValue(value: string | number | boolean): string {
  return typeof value === "number" ? (Number.isInteger(value) ? String(value) : formatFloat(value)) : String(value);
}

function assign(node: ScalarNode, value: string | number | boolean): void {
  node.value = String(value);
  node.style = "plain";
  node.explicitTag = false;
  if (typeof value === "string") {
    node.tag = "!!str";
    if (value.includes("\n")) node.style = "literal";
  } else if (typeof value === "boolean") node.tag = "!!bool";
  else node.tag = Number.isInteger(value) ? "!!int" : "!!float";
}
