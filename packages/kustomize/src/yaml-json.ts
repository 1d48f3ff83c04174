import { parse, YamlError } from "@sluice/yaml";
import { KustomizeError } from "./errors.ts";
import type { Json } from "./json.ts";

/** How {@link yamlToJson} treats what JSON has no form for. */
export interface YamlToJsonOptions {
  /** Refuses mappings that have a key twice; otherwise the last one wins. */
  readonly uniqueKeys?: boolean;
}

/**
 * Reads the first document of a text as kustomize reads its own files: YAML 1.1 (`yes` is true), aliases and merges
 * expanded. Throws `MalformedYAML` or `LimitExceeded`.
 */
export function yamlToJson(text: string, options: YamlToJsonOptions = {}): Json {
  try {
    return parse(text, { duplicateKeys: options.uniqueKeys === true ? "error" : "last" });
  } catch (thrown) {
    if (!(thrown instanceof YamlError)) throw thrown;
    const code = thrown.code === "LimitExceeded" ? "LimitExceeded" : "MalformedYAML";
    throw new KustomizeError(code, thrown.message, { cause: thrown });
  }
}
