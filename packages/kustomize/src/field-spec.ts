import { compareGvk, formatGvk, type Gvk, isSelectedGvk } from "./gvk.ts";
import { KustomizeError } from "./errors.ts";

/** A field of the resources of some kinds; empty parts of the kind mean "any". */
export interface FieldSpec extends Gvk {
  /** Field names separated by `/`; `\/` is a slash in a name, `[]` behind a name wants a list. */
  readonly path: string;
  /** Whether the field, and what leads to it, is made where it is missing. */
  readonly create: boolean;
}

/** The fields that hold the name of a resource of some kind. */
export interface NameReference extends Gvk {
  readonly referrers: readonly FieldSpec[];
}

/** Makes a field spec; what is left out means "any" and "do not create". */
export function fieldSpec(path: string, parts: Partial<Gvk> & { readonly create?: boolean } = {}): FieldSpec {
  return { group: "", version: "", kind: "", create: false, ...parts, path };
}

/** Adds the field specs that are not covered yet. Throws when two differ only in whether they create. */
export function mergeFieldSpecs(specs: readonly FieldSpec[], incoming: readonly FieldSpec[]): readonly FieldSpec[] {
  if (incoming.length === 0) return specs;
  const merged = [...specs];
  for (const spec of incoming) {
    const same = merged.find((each) => each.path === spec.path && isSelectedGvk(each, spec));
    if (same === undefined) merged.push(spec);
    else if (same.create !== spec.create) {
      throw new KustomizeError("InvalidConfiguration", "conflicting fieldspecs", { field: spec.path });
    }
  }
  return merged;
}

/** Orders field specs as kustomize applies them. */
export function sortFieldSpecs(specs: readonly FieldSpec[]): readonly FieldSpec[] {
  return specs.toSorted(compareGvk);
}

/** Splits a path at the separator, unless a backslash protects it; a leading separator does not count. */
export function splitPath(path: string, separator: string): string[] {
  const parts = path.split(separator);
  if (parts.length > 1 && parts[0] === "") parts.shift();
  const joined: string[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.endsWith("\\") === true) joined[joined.length - 1] = last.slice(0, -1) + separator + part;
    else joined.push(part);
  }
  return joined;
}

/** Splits like {@link splitPath}, keeping `[name=a.b]` in one piece. */
export function splitFieldPath(path: string, separator = "."): string[] {
  const parts = splitPath(path, separator);
  const result: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? "";
    if (!part.startsWith("[") || part.endsWith("]")) {
      result.push(part);
      continue;
    }
    const bracketed = [part];
    while (index < parts.length - 1) {
      index++;
      bracketed.push(parts[index] ?? "");
      if (parts[index]?.endsWith("]") === true) break;
    }
    const whole = bracketed.join(separator);
    result.push(whole.includes("=") ? whole : whole.replace(/^[[\]]+|[[\]]+$/g, ""));
  }
  return result;
}

/** `Deployment.[noVer].apps`, for messages. */
export function formatFieldSpecKind(spec: FieldSpec): string {
  return formatGvk(spec);
}
