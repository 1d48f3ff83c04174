import { parseDocument } from "@sluice/yaml";
import { YamlError } from "@sluice/yaml";
import { resolvePlain } from "./resolve.ts";

const plainWord = /^[A-Za-z][-A-Za-z0-9_./]*$/;
const longestBooleanWord = 5;

/** Whether YAML 1.1 reads the text, standing alone, as anything but a string. */
export function isYaml11NonString(text: string): boolean {
  if (text === "" || text.includes("\n")) return false;
  if (plainWord.test(text)) return text.length <= longestBooleanWord && resolvePlain(text, "1.1").tag !== "!!str";
  try {
    const node = parseDocument(text);
    if (node === undefined) return true;
    if (node.kind !== "scalar") return true;
    if (node.style !== "plain") return false;
    if (node.explicitTag === true) return node.tag !== "!!str";
    const { tag } = resolvePlain(node.value, "1.1");
    return tag !== "!!str" && tag !== "!!timestamp" && tag !== "!!merge";
  } catch (thrown) {
    if (thrown instanceof YamlError) return false;
    throw thrown;
  }
}
