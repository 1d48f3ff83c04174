import { resolveScalar } from "@sluice/yaml";

/**
 * How Go's YAML libraries type a plain scalar. Version 1.1 is what kustomization files, configurations and the final
 * output go through (`yes` is a boolean); resources are read by version 1.2 (`yes` is text).
 */
export type YamlVersion = "1.1" | "1.2";

/** What a plain scalar means: its tag, and the value; timestamps are RFC 3339 text. */
export interface ResolvedScalar {
  readonly tag: string;
  readonly value: string | number | bigint | boolean | null;
}

/** Types a plain scalar. */
export function resolvePlain(text: string, version: YamlVersion): ResolvedScalar {
  return resolveScalar(text, version === "1.1" ? "v2" : "v3", "") ?? { tag: "!!str", value: text };
}
