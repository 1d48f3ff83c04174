import { YamlError } from "../errors.ts";
import type { ScalarNode } from "../node.ts";
import { INT64_MAX } from "../resolve/numbers.ts";
import { type Resolved, resolveScalar } from "../resolve/resolve-tag.ts";

const typedTags = new Set(["", "!!str", "!!bool", "!!int", "!!float", "!!null", "!!timestamp"]);
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The type and value of a scalar node as Go decodes it into an untyped variable.
 * @throws YamlError `InvalidValue` when the text does not fit its tag.
 */
export function scalarValue(node: ScalarNode, dialect: "v2" | "v3"): Resolved {
  const { value } = node;
  let { tag } = node;
  if (dialect === "v2") {
    // go-yaml v2 types by what is written; only explicit tags change that.
    if (node.explicitTag !== true) {
      if (node.style !== "plain") return { tag: "!!str", value };
      tag = "";
    }
  } else if (tag === "!!str" || ((tag === "" || tag === "!") && node.style !== "plain")) return { tag: "!!str", value };
  if (tag === "!!binary") return { tag, value: decodeBinary(value, node) };
  if (!typedTags.has(tag)) return { tag, value };
  const resolved = resolveScalar(value, dialect, tag) ?? { tag: "!!str", value };
  if (resolved.tag === "!!timestamp" && dialect === "v2") return { tag: resolved.tag, value };
  if (tag === "" || tag === "!!str" || tag === resolved.tag) return resolved;
  // Go does not take its unsigned integers, those beyond int64, for floats.
  const fitsInt64 = typeof resolved.value !== "bigint" || resolved.value <= INT64_MAX;
  if (tag === "!!float" && resolved.tag === "!!int" && fitsInt64) return { tag, value: Number(resolved.value) };
  throw new YamlError(
    "InvalidValue",
    `yaml: cannot decode ${resolved.tag} \`${value}\` as a ${tag}`,
    node.line,
    node.column,
  );
}

/** Bytes become text; what is not UTF-8 is replaced, as in Go's JSON. */
function decodeBinary(text: string, node: ScalarNode): string {
  const compact = text.replaceAll(/[\r\n]/g, "");
  if (!base64.test(compact)) {
    throw new YamlError("InvalidValue", "yaml: !!binary value contains invalid base64 data", node.line, node.column);
  }
  return utf8.decode(Uint8Array.from(atob(compact), (character) => character.charCodeAt(0)));
}
