import type { KubernetesObject } from "@sluice/api";
import { stringify } from "@sluice/yaml";

/** Writes one value as YAML, fields in alphabetical order. */
export function formatYaml(value: unknown): string {
  return stringify(value);
}

/** Writes objects as one YAML stream, each after a `---`. */
export function formatYamlStream(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => `---\n${formatYaml(object)}`).join("");
}
