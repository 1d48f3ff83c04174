import { stringify } from "@sluice/yaml";
import { isInternalAnnotation } from "../build-annotations.ts";
import { KustomizeError, rephrase } from "../errors.ts";
import { quote } from "../go-format.ts";
import type { Json } from "../json.ts";
import { applyJsonPatch, type JsonPatchOperation, toJsonPatch } from "../json-patch.ts";
import type { KustomizationPatch, Selector } from "../kustomization.ts";
import type { Loader } from "../loader.ts";
import { makeMapping } from "../node/make.ts";
import { strategicMerge } from "../merge/strategic-merge.ts";
import { formatResId } from "../res-id.ts";
import type { ResMap } from "../res-map.ts";
import type { Resource } from "../resource.ts";
import type { ResourceFactory } from "../resource-factory.ts";
import { formatSelector, selectResources } from "../selector.ts";
import { messageOf } from "@sluice/errors";
import { yamlToJson } from "../yaml-json.ts";
import type { Transformer } from "./transformer.ts";

/** Applies an entry of `patches`: a strategic merge patch or a JSON patch, inline or in a file. */
export function patchTransformer(patch: KustomizationPatch, loader: Loader, factory: ResourceFactory): Transformer {
  const { text, source } = loadPatch(patch, loader);
  const merges = parseMergePatches(text, factory);
  if (merges === undefined) {
    const operations = parseJsonPatch(text, source);
    return (resources) => applyToSelected(resources, patch.target, operations, source);
  }
  for (const each of merges) {
    if (patch.options?.allowNameChange === true) each.enable("allowNameChange");
    if (patch.options?.allowKindChange === true) each.enable("allowKindChange");
  }
  return (resources) => {
    if (merges.length === 0) return;
    if (patch.target === undefined) mergeIntoNamed(resources, merges);
    else mergeIntoSelected(resources, merges, patch.target, source);
  };
}

function loadPatch(patch: KustomizationPatch, loader: Loader): { readonly text: string; readonly source: string } {
  const inline = (patch.patch ?? "").trim();
  const path = patch.path ?? "";
  if (inline === "" && path === "") {
    throw new KustomizeError("InvalidPatch", `must specify one of patch and path in\n${describePatch(patch)}`);
  }
  if (inline !== "" && path !== "") {
    throw new KustomizeError("InvalidPatch", `patch and path can't be set at the same time\n${describePatch(patch)}`);
  }
  if (inline !== "") return { text: inline, source: `[patch: ${quote(inline)}]` };
  try {
    return { text: loadText(loader, path), source: `[path: ${quote(path)}]` };
  } catch (thrown) {
    throw rephrase(thrown, `failed to get the patch file from path(${path}): ${messageOf(thrown)}`);
  }
}

/** The entry as kustomize shows it in messages. */
export function describePatch({ path, patch, target, options }: KustomizationPatch): string {
  return stringify({
    ...(path !== undefined && path !== "" && { path }),
    ...(patch !== undefined && patch !== "" && { patch }),
    ...(target !== undefined && { target }),
    ...(options !== undefined && { options }),
  });
}

const decoder = new TextDecoder();

/** A file's content as text. */
export function loadText(loader: Loader, path: string): string {
  return decoder.decode(loader.load(path));
}

/** The text as resources; `undefined` when it holds none, so that it may be a JSON patch. */
function parseMergePatches(text: string, factory: ResourceFactory): Resource[] | undefined {
  try {
    return factory.parse(text);
  } catch (thrown) {
    if (thrown instanceof KustomizeError && thrown.code !== "LimitExceeded") return undefined;
    throw thrown;
  }
}

function parseJsonPatch(text: string, source: string): readonly JsonPatchOperation[] {
  try {
    if (text === "") throw new KustomizeError("InvalidPatch", "empty json patch operations");
    return toJsonPatch(readJsonPatch(text));
  } catch (thrown) {
    if (!(thrown instanceof KustomizeError)) throw thrown;
    throw new KustomizeError("InvalidPatch", `unable to parse SM or JSON patch from ${source}`, { cause: thrown });
  }
}

/** A text that begins with a bracket must be JSON; all others are YAML. */
export function readJsonPatch(text: string): Json {
  if (!text.startsWith("[")) return yamlToJson(text);
  try {
    JSON.parse(text);
  } catch (thrown) {
    throw new KustomizeError("InvalidPatch", messageOf(thrown), { cause: thrown });
  }
  // JSON is YAML, and that reader bounds how deep it may nest.
  return yamlToJson(text);
}

function applyToSelected(
  resources: ResMap,
  target: Selector | undefined,
  operations: readonly JsonPatchOperation[],
  source: string,
): void {
  if (target === undefined) {
    throw new KustomizeError("InvalidPatch", `must specify a target for JSON patch ${source}`, { field: "patches" });
  }
  if (operations.length === 0) return;
  for (const resource of selectResources(resources.resources, target)) {
    resource.storePreviousId();
    patchResource(resource, operations);
  }
}

/** Applies a JSON patch to one resource; the build's notes survive it. */
export function patchResource(resource: Resource, operations: readonly JsonPatchOperation[]): void {
  const notes = [...resource.annotations].filter(([name]) => isInternalAnnotation(name));
  resource.replaceNode(applyJsonPatch(resource.node, operations));
  const annotations = resource.annotations;
  for (const [name, value] of notes) annotations.set(name, value);
  resource.setAnnotations(annotations);
}

function mergeIntoSelected(resources: ResMap, merges: readonly Resource[], target: Selector, source: string): void {
  const [patch, ...others] = merges;
  if (patch === undefined) return;
  if (others.length > 0) {
    throw new KustomizeError(
      "InvalidPatch",
      `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${source}`,
      { field: "patches" },
    );
  }
  let selected: readonly Resource[];
  try {
    selected = selectResources(resources.resources, target);
  } catch (thrown) {
    const shown = quote(formatSelector(target));
    throw rephrase(thrown, `unable to find patch target ${shown} in \`resources\`: ${messageOf(thrown)}`);
  }
  mergeIntoAll(resources, new Set(selected), patch);
}

/** Applies one patch to all resources of a set, whatever name and kind the patch bears. */
export function mergeIntoAll(resources: ResMap, selected: ReadonlySet<Resource>, patch: Resource): void {
  if (selected.size === 0) return;
  for (const resource of selected) {
    const copy = patch.copy();
    copy.copyMergeMetadataFrom(patch);
    const kind = copy.kind;
    copy.setGvk(resource.gvk);
    copy.setKind(kind);
    mergeIntoOne(resource, copy);
  }
  const rest = resources.resources.filter((each) => !each.isEmpty);
  resources.reset([]);
  resources.appendAll(rest);
}

function mergeIntoNamed(resources: ResMap, merges: readonly Resource[]): void {
  for (const patch of merges) {
    const id = patch.originalId;
    let target: Resource;
    try {
      target = resources.getById(id);
    } catch (thrown) {
      throw rephrase(
        thrown,
        `no resource matches strategic merge patch ${quote(formatResId(id))}: ${messageOf(thrown)}`,
      );
    }
    mergeIntoOne(target, patch.copy());
  }
}

/** Applies a patch, using it up. Kind, name and namespace stay unless the patch may change them. */
function mergeIntoOne(resource: Resource, patch: Resource): void {
  const { kind, name, namespace } = resource;
  if (patch.allowsNameChange || patch.allowsKindChange) resource.storePreviousId();
  const result = strategicMerge(resource.node, patch.node, resource.openApi);
  if (result === undefined) {
    resource.replaceNode(makeMapping());
    return;
  }
  if (resource.isEmpty) return;
  if (!patch.allowsKindChange) resource.setKind(kind);
  if (!patch.allowsNameChange) resource.setName(name);
  resource.setNamespace(namespace);
}
