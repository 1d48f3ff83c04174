import type { Node } from "@sluice/yaml";
import type { FieldSpec } from "../field-spec.ts";
import { visitFields } from "../filters/field-spec-filter.ts";
import type { Image } from "../kustomization.ts";
import { fieldOf, getField, setScalar } from "../node/fields.ts";
import { asScalar } from "../node/kind-error.ts";
import { isMissingOrNull, textOf } from "../node/test.ts";
import { compileGoRegExp, type Matcher } from "../regular-expression.ts";
import { KustomizeError } from "../errors.ts";
import type { Transformer } from "./transformer.ts";

/** Changes name, tag or digest of an image wherever it is used; CustomResourceDefinitions stay as they are. */
export function replaceImages(image: Image, specs: readonly FieldSpec[]): Transformer {
  const update = imageUpdater(image);
  return (resources) => {
    for (const { node } of resources.resources) {
      if (textOf(fieldOf(node, "kind")) === "CustomResourceDefinition") continue;
      updateContainers(node, update);
    }
    for (const { node } of resources.resources) {
      if (textOf(fieldOf(node, "kind")) === "CustomResourceDefinition") continue;
      for (const spec of specs) visitFields(node, spec, { visit: update });
    }
  };
}

/** Looks for lists called `containers` or `initContainers` anywhere. */
function updateContainers(node: Node, update: (node: Node) => void): void {
  if (node.kind === "sequence") {
    for (const item of node.items) updateContainers(item, update);
    return;
  }
  if (node.kind !== "mapping") return;
  for (const { key, value } of node.pairs) {
    if (value.kind === "scalar") continue;
    updateContainers(value, update);
    const name = key.kind === "scalar" ? key.value : "";
    if ((name === "containers" || name === "initContainers") && value.kind === "sequence")
      updateList(value.items, update);
  }
}

function updateList(items: readonly Node[], update: (node: Node) => void): void {
  for (const item of items) {
    const image = getField(item, "image");
    if (image !== undefined) update(image);
  }
}

function imageUpdater(image: Image): (node: Node) => void {
  const matches = imageMatcher(image.name ?? "");
  return (node) => {
    const scalar = asScalar(node);
    const value = scalar?.value ?? (isMissingOrNull(node) && node.kind === "scalar" ? node.value : "");
    if (matches(value)) setScalar(node, updateImage(value, image));
  };
}

function imageMatcher(name: string): (value: string) => boolean {
  let expression: Matcher;
  try {
    expression = compileGoRegExp(`^${name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  } catch (thrown) {
    if (!(thrown instanceof KustomizeError)) throw thrown;
    throw new KustomizeError("InvalidTransformer", `image name '${name}' is no regular expression`, {
      cause: thrown,
      field: "images",
    });
  }
  return (value) => expression.test(value);
}

/** The image's reference with the parts that the rule replaces. */
export function updateImage(value: string, rule: Image): string {
  const parts = splitImage(value);
  const name = rule.newName || parts.name;
  let { tag, digest } = parts;
  if (rule.newTag !== undefined && rule.newTag !== "") {
    tag = rule.newTag;
    digest = rule.digest ?? "";
  } else if (rule.digest !== undefined && rule.digest !== "") {
    tag = "";
    digest = rule.digest;
  } else if (rule.tagSuffix !== undefined && rule.tagSuffix !== "") {
    tag += rule.tagSuffix;
    digest = "";
  }
  return `${name}${tag === "" ? "" : `:${tag}`}${digest === "" ? "" : `@${digest}`}`;
}

/** Splits a reference; a colon before the first slash belongs to the registry's port. */
export function splitImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const slash = image.indexOf("/");
  const start = slash > 0 ? slash : 0;
  const at = image.indexOf("@", start);
  const colon = image.indexOf(":", start);
  if (at >= 0 && (colon < 0 || at < colon)) return { name: image.slice(0, at), tag: "", digest: image.slice(at + 1) };
  if (colon < 0) return { name: image, tag: "", digest: "" };
  if (at < 0) return { name: image.slice(0, colon), tag: image.slice(colon + 1), digest: "" };
  return { name: image.slice(0, colon), tag: image.slice(colon + 1, at), digest: image.slice(at + 1) };
}
