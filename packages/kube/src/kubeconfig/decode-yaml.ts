/** Reads one YAML document as plain values. */
export function decodeYaml(text: string): unknown {
  return JSON.parse(text) as unknown;
}
