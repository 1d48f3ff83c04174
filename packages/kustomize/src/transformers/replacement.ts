import { decode, list } from "../decode.ts";
import { KustomizeError } from "../errors.ts";
import { isJsonObject, type Json } from "../json.ts";
import type { Replacement, ReplacementField } from "../kustomization.ts";
import { replacementShape } from "../kustomization-shapes.ts";
import type { Loader } from "../loader.ts";
import { applyReplacements } from "../replacements.ts";
import { yamlToJson } from "../yaml-json.ts";
import { loadText } from "./patch.ts";
import type { Transformer } from "./transformer.ts";

/** Carries out `replacements`, which are written inline or in files. */
export function replacementTransformer(fields: readonly ReplacementField[], loader: Loader): Transformer {
  const replacements = fields.flatMap((field) => readReplacements(field, loader));
  return (resources) => applyReplacements(resources, replacements);
}

function readReplacements(field: ReplacementField, loader: Loader): readonly Replacement[] {
  const { path = "", ...inline } = field;
  if (path === "") return [inline];
  if (inline.source !== undefined || (inline.targets?.length ?? 0) > 0) {
    throw new KustomizeError("InvalidReplacement", "cannot specify both path and inline replacement", {
      field: "replacements",
    });
  }
  return decodeReplacements(yamlToJson(loadText(loader, path)));
}

function decodeReplacements(json: Json): readonly Replacement[] {
  if (Array.isArray(json)) return decode(json, list(replacementShape), { coerce: true });
  if (isJsonObject(json)) return [decode(json, replacementShape, { coerce: true })];
  throw new KustomizeError(
    "InvalidReplacement",
    `unsupported replacement type encountered within replacement path: ${json === null ? "invalid" : typeof json}`,
    { field: "replacements" },
  );
}
