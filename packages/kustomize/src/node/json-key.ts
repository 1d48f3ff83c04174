import type { Node } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { resolvePlain } from "./resolve.ts";

/**
 * The name that a mapping's key has in JSON. Keys must be strings, but for the root of an object, where any scalar
 * becomes one. Throws `NotSerializable` in the words of the libraries that kustomize uses.
 */
export function jsonKey(key: Node, isRoot: boolean): string {
  if (key.kind !== "scalar") {
    throw unserializable(
      isRoot ? `yaml: unmarshal errors:\n  line ${key.line}: cannot unmarshal !!${key.kind}` : "yaml: invalid map key",
    );
  }
  if (key.tag === "!!str" || key.style !== "plain") return key.value;
  // Resolving anchors, kustomize does not find such a key again and adds it a second time.
  if (key.tag === "!!null" && key.value !== "") throw duplicateKey(key.value);
  if (isRoot) return key.value;
  const tag = key.tag === "" ? resolvePlain(key.value, "1.2").tag : key.tag;
  if (tag === "!!str" || tag === "!!merge") return key.value;
  throw unserializable("json: unsupported type: map[interface {}]interface {}");
}

/** The refusal of a mapping that has a key twice. */
export function duplicateKey(name: string): KustomizeError {
  return unserializable(`yaml: unmarshal errors:\n  mapping key ${JSON.stringify(name)} already defined`);
}

function unserializable(message: string): KustomizeError {
  return new KustomizeError("NotSerializable", message);
}
