import type { KubernetesObject } from "@sluice/api";

/** Writes one value as YAML, fields in alphabetical order. The writer is loaded by the first who prints YAML. */
export async function formatYaml(value: unknown): Promise<string> {
  const { stringify } = await import("@sluice/yaml");
  return stringify(value);
}

/** Writes objects as one YAML stream, each after a `---`. */
export async function formatYamlStream(objects: readonly KubernetesObject[]): Promise<string> {
  const texts = await Promise.all(objects.map(formatYaml));
  return texts.map((text) => `---\n${text}`).join("");
}
