import { integer, list, type Shape, struct, text } from "../decode.ts";
import { KustomizeError } from "../errors.ts";
import { splitPath } from "../field-spec.ts";
import type { Selector } from "../kustomization.ts";
import { selectorShape } from "../kustomization-shapes.ts";
import type { Loader } from "../loader.ts";
import { ensureMapping, getField, setField, setScalar } from "../node/fields.ts";
import { asScalar } from "../node/kind-error.ts";
import { makeScalar } from "../node/make.ts";
import { baseName, joinPath } from "../posix-path.ts";
import type { Resource } from "../resource.ts";
import { selectResources } from "../selector.ts";
import { setNamespace } from "./namespace.ts";
import type { Transformer } from "./transformer.ts";

/** A field that gets the value. */
export interface ValueAddTarget {
  readonly selector?: Selector;
  readonly fieldPath?: string;
  readonly filePathPosition?: number;
}

/** The configuration of the built-in `ValueAddTransformer`. */
export interface ValueAddArgs {
  readonly value?: string;
  readonly targets?: readonly ValueAddTarget[];
  readonly targetFilePath?: string;
}

const targetsShape: Shape<readonly ValueAddTarget[]> = list(
  struct("Target", { selector: selectorShape, fieldPath: text, filePathPosition: integer }),
  "builtins.Target",
);

export const valueAddShape: Shape<ValueAddArgs> = struct("ValueAddTransformerPlugin", {
  value: text,
  targets: targetsShape,
  targetFilePath: text,
});

/** The content of the file that `targetFilePath` names. */
export const valueAddTargetsShape: Shape<Pick<ValueAddArgs, "targets">> = struct("", { targets: targetsShape });

/** Adds a value (the directory's name when there is none) to fields, or to a part of the paths that they hold. */
export function valueAddTransformer(written: string, targets: readonly ValueAddTarget[], loader: Loader): Transformer {
  const value = written.trim() || baseName(loader.root);
  if (targets.length === 0) throw new KustomizeError("InvalidTransformer", "must specify at least one target");
  for (const { fieldPath = "", filePathPosition = 0 } of targets) {
    if (fieldPath === "") throw new KustomizeError("InvalidTransformer", "fieldPath cannot be empty");
    if (filePathPosition < 0) {
      throw new KustomizeError(
        "InvalidTransformer",
        `value of FilePathPosition (${filePathPosition}) cannot be negative`,
      );
    }
  }
  return (resources) => {
    for (const { selector, fieldPath = "", filePathPosition = 0 } of targets) {
      const selected = selector === undefined ? resources.resources : selectResources(resources.resources, selector);
      for (const resource of selected) addValue(resource, value, fieldPath, filePathPosition);
    }
  };
}

function addValue(resource: Resource, value: string, fieldPath: string, position: number): void {
  if (fieldPath === "metadata/namespace") {
    const options = { namespace: value, fieldSpecs: [], subjects: "defaultOnly", unsetOnly: false } as const;
    setNamespace(resource.node, options, resource.currentId.clusterScoped);
    return;
  }
  const fields = splitPath(fieldPath, "/").filter((field) => field !== "");
  const last = fields.pop();
  const parent = ensureMapping(resource.node, ...fields);
  if (last === undefined || parent === undefined) return;
  if (getField(parent, last) === undefined) setField(parent, last, makeScalar(""));
  const node = getField(parent, last);
  const scalar = asScalar(node);
  if (node === undefined) return;
  setScalar(node, position > 0 ? insertPart(scalar?.value ?? "", position - 1, value) : value);
}

/** Puts a part into a path, at a position that counts from the first name. */
function insertPart(path: string, position: number, part: string): string {
  if (part === "") return path;
  const isRooted = path.startsWith("/");
  const parts = path.split("/").filter((each) => each !== "");
  parts.splice(Math.min(position, parts.length), 0, part);
  return (isRooted ? "/" : "") + joinPath(...parts);
}
