import { parseDocument } from "@sluice/yaml";
import { fieldOf } from "./node/fields.ts";
import { textOf } from "./node/test.ts";
import type { Node } from "@sluice/yaml";
import { formatPlainText } from "./format/plain-text.ts";
import { parseGitUrl } from "./git-url.ts";
import { joinPath } from "./posix-path.ts";

/** Who configured something: a built-in, or a resource that stands for a plugin. */
export interface OriginConfigurer {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** Where a resource, or a change of it, comes from. */
export interface Origin {
  /** The file, relative to the root of the build or of the repository. */
  readonly path?: string | undefined;
  readonly repo?: string | undefined;
  readonly ref?: string | undefined;
  /** The file that configured the generator or transformer. */
  readonly configuredIn?: string | undefined;
  readonly configuredBy?: OriginConfigurer | undefined;
}

/** The origin of something below `origin`: a path is appended, a repository's URL begins anew. */
export function appendOrigin(origin: Origin, path: string): Origin {
  const repository = parseGitUrl(path);
  if (repository === undefined) return { ...origin, path: joinPath(origin.path ?? "", path) };
  return { ...origin, repo: repository.cloneUrl, ref: repository.ref, path: joinPath(repository.path) };
}

const fields = ["path", "repo", "ref", "configuredIn"] as const;
const configurerFields = ["apiVersion", "kind", "name", "namespace"] as const;

/** Prints an origin as YAML, one field a line, empty ones left out. */
export function formatOrigin(origin: Origin): string {
  const lines: string[] = [];
  for (const field of fields) {
    const value = origin[field];
    if (value !== undefined && value !== "") lines.push(`${field}: ${formatPlainText(value)}\n`);
  }
  const by = origin.configuredBy;
  const inner: string[] = [];
  for (const field of configurerFields) {
    const value = by?.[field];
    if (value !== undefined && value !== "") inner.push(`  ${field}: ${formatPlainText(value)}\n`);
  }
  if (inner.length > 0) lines.push("configuredBy:\n", ...inner);
  return lines.length === 0 ? "{}\n" : lines.join("");
}

/** Reads what {@link formatOrigin} printed. */
export function parseOrigin(text: string): Origin {
  return readOrigin(parseDocument(text));
}

/** Reads a list of origins. */
export function parseOrigins(text: string): Origin[] {
  const node = text === "" ? undefined : parseDocument(text);
  return node?.kind === "sequence" ? node.items.map(readOrigin) : [];
}

function readOrigin(node: Node | undefined): Origin {
  const by = fieldOf(node, "configuredBy");
  const origin = Object.fromEntries(fields.map((field) => [field, textOf(fieldOf(node, field))]));
  const configuredBy = Object.fromEntries(configurerFields.map((field) => [field, textOf(fieldOf(by, field))]));
  return { ...origin, configuredBy };
}
