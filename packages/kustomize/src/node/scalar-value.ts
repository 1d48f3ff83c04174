import { formatNode, parseDocument, type ScalarNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { fieldOf } from "./fields.ts";
import { makeMapping, makeScalar } from "./make.ts";
import { resolvePlain, type ResolvedScalar } from "./resolve.ts";

/** What a scalar is once it went through JSON. */
export type ScalarValue = string | number | bigint | boolean | null;

const resolvableTags: ReadonlySet<string> = new Set(["!!str", "!!bool", "!!int", "!!float", "!!null", "!!timestamp"]);

/**
 * The value of a scalar as kustomize writes it: printed with its tag and quoting, then read again. So quotes win over
 * the tag (`"5"` is text even where an integer was put into it), a scalar without tag is typed by its text, and nothing
 * at all is an empty text in a flow collection (`{a: , b: 1}`).
 */
export function scalarValue(node: ScalarNode, inFlow = false): ScalarValue {
  const { tag, value } = node;
  if (inFlow && value === "" && node.style === "plain") return "";
  if (tag === "!!str") return node.style === "folded" ? refold(value) : value;
  const quoted = node.style !== "plain" || value.includes("\n");
  if (tag === "" && quoted) return value;
  if (tag !== "" && !resolvableTags.has(tag)) return tag === "!!binary" ? decodeBinary(value) : value;
  const resolved = resolvePlain(value, "1.2");
  if (tag !== "" && (resolved.tag !== tag || node.explicitTag === true)) return convert(node, resolved);
  if (quoted) return value;
  // A colon makes the printer quote a scalar in a flow collection, and what is quoted is text.
  return inFlow && resolved.tag === "!!timestamp" && value.includes(":") ? value : resolved.value;
}

const refoldable = /^[ \t\n]|\n[ \t]|\n\n$/;

/**
 * Go's printer is off by a line break at indented lines and at the end of folded texts, and kustomize prints and reads
 * every resource once on the way.
 */
function refold(value: string): string {
  if (!refoldable.test(value)) return value;
  const printed = formatNode(makeMapping([["text", makeScalar(value, "!!str", "folded")]]));
  const field = fieldOf(parseDocument(printed, { comments: false }), "text");
  return field?.kind === "scalar" ? field.value : value;
}

function convert(node: ScalarNode, resolved: ResolvedScalar): ScalarValue {
  if (resolved.tag === node.tag) return resolved.value;
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
