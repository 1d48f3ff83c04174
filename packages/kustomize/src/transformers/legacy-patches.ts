import { KustomizeError, withPrefix } from "../errors.ts";
import { formatList } from "../go-format.ts";
import { quoteJson } from "../format/format-dump.ts";
import type { Json } from "../json.ts";
import { toJsonPatch } from "../json-patch.ts";
import type { Selector } from "../kustomization.ts";
import type { Loader } from "../loader.ts";
import { inFile } from "../parse-resources.ts";
import type { Resource } from "../resource.ts";
import type { ResourceFactory } from "../resource-factory.ts";
import { selectResources } from "../selector.ts";
import { yamlToJson } from "../yaml-json.ts";
import { loadText, mergeIntoAll, patchResource, readJsonPatch } from "./patch.ts";
import type { Transformer } from "./transformer.ts";

/** What `patchesStrategicMerge`, and the built-in of that name, hold. */
export interface StrategicMergeArgs {
  /** Files, or patches written out. */
  readonly paths: readonly string[];
  /** Patches in one text. */
  readonly patches: string;
}

/** Applies strategic merge patches to the resources that they name. */
export function strategicMergeTransformer(
  args: StrategicMergeArgs,
  loader: Loader,
  factory: ResourceFactory,
): Transformer {
  if (args.paths.length === 0 && args.patches === "") {
    throw new KustomizeError("InvalidPatch", "empty file path and empty patch content");
  }
  const patches = [
    ...args.paths.flatMap((path) => loadMergePatches(path, loader, factory)),
    ...(args.patches === "" ? [] : factory.parse(args.patches)),
  ];
  if (patches.length === 0) {
    throw new KustomizeError(
      "InvalidPatch",
      `patch appears to be empty; files=${formatList(args.paths)}, Patch=${args.patches}`,
    );
  }
  return (resources) => {
    for (const patch of patches) mergeIntoAll(resources, new Set([resources.getById(patch.originalId)]), patch);
  };
}

function loadMergePatches(path: string, loader: Loader, factory: ResourceFactory): Resource[] {
  try {
    return factory.parse(path);
  } catch (thrown) {
    if (!(thrown instanceof KustomizeError)) throw thrown;
    const text = loadText(loader, path);
    return inFile(path, () => factory.parse(text));
  }
}

/** What an entry of `patchesJson6902`, and the built-in of that name, holds. */
export interface Json6902Args {
  readonly target: Selector | undefined;
  readonly path: string;
  readonly jsonOp: string;
}

/** Applies a JSON patch to the resource that its target names. */
export function json6902Transformer({ target, path, jsonOp }: Json6902Args, loader: Loader): Transformer {
  if (target === undefined) throw new KustomizeError("InvalidPatch", `must specify a target for patch ${jsonOp}`);
  if ((target.name ?? "") === "") throw new KustomizeError("InvalidPatch", "must specify the target name");
  if (path === "" && jsonOp === "") throw new KustomizeError("InvalidPatch", "empty file path and empty jsonOp");
  if (path !== "" && jsonOp !== "") {
    throw new KustomizeError("InvalidPatch", "must specify a file path or jsonOp, not both");
  }
  const text = path === "" ? jsonOp : loadText(loader, path);
  if (text === "") throw new KustomizeError("InvalidPatch", `patch file '${path}' empty seems to be empty`);
  const json = text.startsWith("[") ? readJsonPatch(text) : yamlToJson(text);
  const operations = decodeOperations(json);
  if (operations.length === 0) {
    throw new KustomizeError("InvalidPatch", `patch appears to be empty; file=${path}, JsonOp=${text}`);
  }
  return (resources) => {
    for (const resource of selectResources(resources.resources, target)) patchResource(resource, operations);
  };
}

function decodeOperations(json: Json): ReturnType<typeof toJsonPatch> {
  try {
    return toJsonPatch(json);
  } catch (thrown) {
    throw withPrefix(thrown, `decoding ${typeof json === "string" ? quoteJson(json) : JSON.stringify(json)}`);
  }
}
