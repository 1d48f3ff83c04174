import type { ScalarNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { formatTimestamp, resolvePlain } from "./resolve.ts";

/** What a scalar is once it went through JSON. */
export type ScalarValue = string | number | bigint | boolean | null;

const resolvableTags: ReadonlySet<string> = new Set(["!!str", "!!bool", "!!int", "!!float", "!!null", "!!timestamp"]);

/**
 * The value of a scalar as kustomize writes it: printed with its tag and quoting, then read again. So quotes win over
 * the tag (`"5"` is text even where an integer was put into it), and a scalar without tag is typed by its text.
 */
export function scalarValue(node: ScalarNode): ScalarValue {
  const { tag, value } = node;
  if (tag === "!!str") return value;
  const quoted = node.style !== "plain" || value.includes("\n");
  if (tag === "" && quoted) return value;
  if (tag !== "" && !resolvableTags.has(tag)) return tag === "!!binary" ? decodeBinary(value) : value;
  const resolved = resolvePlain(value, "1.2");
  if (tag !== "" && (resolved.tag !== tag || node.explicitTag === true)) return convert(node, resolved);
  if (quoted) return value;
  return resolved.tag === "!!timestamp" ? (formatTimestamp(value) ?? value) : resolved.value;
}

function convert(node: ScalarNode, resolved: ReturnType<typeof resolvePlain>): ScalarValue {
  if (resolved.tag === node.tag)
    return resolved.tag === "!!timestamp" ? (formatTimestamp(node.value) ?? node.value) : resolved.value;
  if (node.tag === "!!float" && resolved.tag === "!!int") return Number(resolved.value);
  throw new KustomizeError("NotSerializable", `yaml: cannot decode ${resolved.tag} \`${node.value}\` as a ${node.tag}`);
}

function decodeBinary(value: string): string {
  const compact = value.replace(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) {
    throw new KustomizeError("NotSerializable", "yaml: !!binary value contains invalid base64 data");
  }
  const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
