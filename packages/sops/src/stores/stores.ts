import { dotenvStore } from "./dotenv.ts";
import { iniStore } from "./ini.ts";
import { binaryStore, jsonStore } from "./json.ts";
import type { Format, Store } from "./store.ts";
import { yamlStore } from "./yaml.ts";

export const stores: Readonly<Record<Format, Store>> = {
  yaml: yamlStore,
  json: jsonStore,
  dotenv: dotenvStore,
  ini: iniStore,
  binary: binaryStore,
};

/** The format that a file's name asks for; whatever is not known is binary. */
export function formatForPath(path: string): Format {
  if (/\.ya?ml$/.test(path)) return "yaml";
  if (path.endsWith(".json")) return "json";
  if (path.endsWith(".env")) return "dotenv";
  return path.endsWith(".ini") ? "ini" : "binary";
}

const mapped = /\bmac["']?\s*:\s*["']?ENC\[/;
/** How the metadata shows in each format's text. */
const markers: Readonly<Record<Format, RegExp>> = {
  yaml: mapped,
  json: mapped,
  // A binary document may itself be YAML, and its encrypted form is always JSON.
  binary: /"mac"\s*:\s*"ENC\[/,
  dotenv: /^sops_mac=ENC\[/m,
  ini: /^\s*\[sops\][^[]*^\s*mac\s*=\s*ENC\[/m,
};

/** Whether a text is worth reading as an encrypted document. A cheap test that may say yes to plain documents. */
export function looksEncrypted(text: string, format: Format): boolean {
  return markers[format].test(text);
}
