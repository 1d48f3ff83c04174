import type { Node } from "@sluice/yaml";
import { formatNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { clearField, fieldOf } from "../node/fields.ts";
import { removeElements } from "./elements.ts";

/** What a patch asks for with `$patch`. */
export type Directive = "merge" | "replace" | "delete";

const key = "$patch";

/** Reads the directive of a patch's mapping or list and takes it out. Nothing, and no directive, mean `merge`. */
export function takeDirective(patch: Node | undefined): Directive {
  if (patch === undefined) return "merge";
  switch (patch.kind) {
    case "mapping":
      return takeFromMapping(patch);
    case "sequence":
      return takeFromSequence(patch);
    case "scalar":
    case "alias":
      throw new KustomizeError(
        "InvalidPatch",
        `no implemented strategic merge patch strategy for '${patch.tag}' ('${formatNode(patch)}')`,
      );
  }
}

function takeFromMapping(patch: Node): Directive {
  const value = fieldOf(patch, key);
  if (value === undefined) return "merge";
  const directive = parseDirective(value);
  clearField(patch, key);
  return directive;
}

/** A list's directive is an element of its own: `- $patch: replace`. */
function takeFromSequence(patch: Node & { readonly kind: "sequence" }): Directive {
  const element = patch.items.find((item) => fieldOf(item, key) !== undefined);
  if (element?.kind !== "mapping" || element.pairs.length > 1) return "merge";
  const value = fieldOf(element, key);
  if (value === undefined) return "merge";
  const directive = parseDirective(value);
  removeElements(patch, [key], [directive]);
  return directive;
}

function parseDirective(value: Node): Directive {
  const text = value.kind === "scalar" ? value.value : "";
  if (text === "merge" || text === "replace" || text === "delete") return text;
  throw new KustomizeError("InvalidPatch", `unknown patch strategy '${text}'`, { field: key });
}
