import type { Gvk } from "./gvk.ts";
import type { Selector } from "./kustomization.ts";
import { matchesSelector } from "./label-selector.ts";
import { compileGoRegExp, type Matcher } from "./regular-expression.ts";
import { effectiveNamespace, formatResId } from "./res-id.ts";
import type { Resource } from "./resource.ts";
import { partialGvk } from "./kustomization.ts";

type Part = "group" | "version" | "kind" | "name" | "namespace";
const parts: readonly Part[] = ["group", "version", "kind", "name", "namespace"];

/** A selector whose regular expressions are compiled; each matches whole values, and an empty one anything. */
export class SelectorMatcher {
  readonly #expressions: ReadonlyMap<Part, Matcher>;

  /** Throws `InvalidPatch` for what is no regular expression. */
  constructor(selector: Selector) {
    const expressions = new Map<Part, Matcher>();
    for (const part of parts) {
      const pattern = selector[part] ?? "";
      if (pattern !== "") expressions.set(part, compileGoRegExp(`^(?:${pattern})$`));
    }
    this.#expressions = expressions;
  }

  matchesGvk({ group, version, kind }: Gvk): boolean {
    return this.#matches("group", group) && this.#matches("version", version) && this.#matches("kind", kind);
  }

  matchesName(name: string): boolean {
    return this.#matches("name", name);
  }

  matchesNamespace(namespace: string): boolean {
    return this.#matches("namespace", namespace);
  }

  #matches(part: Part, value: string): boolean {
    return this.#expressions.get(part)?.test(value) ?? true;
  }
}

/** The resources that a patch's target selects, by original or present name and namespace. */
export function selectResources(resources: readonly Resource[], selector: Selector): Resource[] {
  const matcher = new SelectorMatcher(selector);
  return resources.filter((resource) => {
    if (resource.isEmpty) return false;
    const current = resource.currentId;
    const original = resource.previousIds[0] ?? current;
    return (
      (matcher.matchesNamespace(effectiveNamespace(original)) ||
        matcher.matchesNamespace(effectiveNamespace(current))) &&
      (matcher.matchesName(original.name) || matcher.matchesName(current.name)) &&
      matcher.matchesGvk(current) &&
      matchesSelector(selector.labelSelector ?? "", () => resource.labels) &&
      matchesSelector(selector.annotationSelector ?? "", () => resource.annotations)
    );
  });
}

/** The selector as kustomize prints it in messages. */
export function formatSelector(selector: Selector): string {
  const id = formatResId({ ...partialGvk(selector), name: selector.name ?? "", namespace: selector.namespace ?? "" });
  return `${id}:a=${selector.annotationSelector ?? ""}:l=${selector.labelSelector ?? ""}`;
}
