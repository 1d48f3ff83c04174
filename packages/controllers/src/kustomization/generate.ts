import { posix } from "node:path";
import type { KustomizationSpec, KustomizeImage } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { FileSystem } from "@sluice/kustomize";
import { formatDocuments, parseDocument, YamlError, type MappingNode, type Node } from "@sluice/yaml";
import { KustomizationError } from "./errors.ts";
import { OverlayFileSystem } from "./overlay-file-system.ts";
import { dropField, findField, putField, resolveAlias, scalarText, toNode, type PlainValue } from "./yaml-nodes.ts";

/** The names under which kustomize finds its file, in this order. */
const KUSTOMIZATION_FILES = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

/**
 * The directory that `spec.path` names, below the root of the artifact: `..` cannot leave it, whatever the path.
 * Throws `PathNotFound` when there is no such directory.
 */
export function resolvePath(files: FileSystem, path: string | undefined): string {
  const directory = posix.join("/", path ?? "").replace(/(?<=.)\/$/, "");
  const found = directory.includes("\0") ? undefined : files.stat(directory);
  if (found === "directory") return directory;
  const problem = found === "file" ? "not a directory" : "no such file or directory";
  throw new KustomizationError("PathNotFound", `kustomization path not found: stat ${directory}: ${problem}`);
}

/**
 * The files of the artifact with the directory's kustomization as it is to be built: generated where there is none,
 * and extended by what the spec says. The artifact's own files are never changed.
 */
export function withKustomization(files: FileSystem, directory: string, spec: KustomizationSpec): FileSystem {
  const existing = findKustomizationFile(files, directory);
  const path = existing ?? posix.join(directory, KUSTOMIZATION_FILES[0]);
  const root = existing === undefined ? generateKustomization(files, directory) : readKustomization(files, existing);
  if (existing !== undefined && isEmptySequence(findField(root, "resources"))) {
    // kustomize refuses a file without any content; build metadata is content without effect on nothing.
    putField(root, "buildMetadata", toNode(["originAnnotations"]));
  }
  extend(root, files, directory, spec);
  return new OverlayFileSystem(files, path, new TextEncoder().encode(formatDocuments([root])));
}

function findKustomizationFile(files: FileSystem, directory: string): string | undefined {
  return KUSTOMIZATION_FILES.map((name) => posix.join(directory, name)).find((path) => files.stat(path) === "file");
}

function readKustomization(files: FileSystem, path: string): MappingNode {
  const text = new TextDecoder().decode(files.readFile(path));
  let root: Node | undefined;
  try {
    root = parseDocument(text);
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new KustomizationError("InvalidKustomization", `${path}: ${messageOf(cause)}`, { cause });
  }
  if (root === undefined || (root.kind === "scalar" && root.tag === "!!null")) return emptyMapping();
  if (root.kind !== "mapping") throw new KustomizationError("InvalidKustomization", `${path}: not a mapping`);
  return root;
}

/** Takes in every manifest below the directory; where a sub-directory has a kustomization of its own, that instead. */
function generateKustomization(files: FileSystem, directory: string): MappingNode {
  const resources: string[] = [];
  const walk = (at: string): void => {
    for (const name of files.readDirectory(at)) {
      const path = posix.join(at, name);
      if (files.stat(path) === "directory") {
        if (findKustomizationFile(files, path) === undefined) walk(path);
        else resources.push(path);
      } else if (/\.ya?ml$/.test(name)) resources.push(path);
    }
  };
  walk(directory);
  const relative = resources.map((path) => `./${posix.relative(directory, path)}`);
  const root = emptyMapping();
  // kustomize refuses a file without any content; a namespace without objects has no effect.
  if (relative.length === 0) putField(root, "namespace", toNode("_placeholder"));
  else putField(root, "resources", toNode(relative));
  return root;
}

function emptyMapping(): MappingNode {
  const root = toNode({ apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" });
  if (root.kind !== "mapping") throw new TypeError("a record makes a mapping");
  return root;
}

/** Edits the kustomization as Flux does: single values replace, lists are appended to, images are merged by name. */
function extend(root: MappingNode, files: FileSystem, directory: string, spec: KustomizationSpec): void {
  const { targetNamespace, namePrefix, nameSuffix, patches, images, buildMetadata } = spec;
  for (const [field, value] of Object.entries({ namespace: targetNamespace, namePrefix, nameSuffix })) {
    if (value !== undefined) putField(root, field, toNode(value));
  }
  append(
    root,
    "patches",
    (patches ?? []).map(({ patch, target }) => ({ patch, target: target && { ...target } })),
  );
  append(root, "components", componentsOf(files, directory, spec));
  mergeImages(root, images ?? []);
  if (buildMetadata !== undefined && buildMetadata.length > 0) {
    putField(root, "buildMetadata", toNode([...buildMetadata]));
  }
}

function append(root: MappingNode, field: string, values: readonly PlainValue[]): void {
  if (values.length === 0) return;
  const before = findField(root, field);
  const items = before?.kind === "sequence" ? before.items : [];
  putField(root, field, { ...sequence(), items: [...items, ...values.map(toNode)] });
}

/** Prefixes of what kustomize would fetch from elsewhere. */
const REMOTE = /^(?:git::|gh:|ssh:\/\/|https?:\/\/|git@|github\.com[:/])./i;

function componentsOf(files: FileSystem, directory: string, spec: KustomizationSpec): string[] {
  return (spec.components ?? []).filter((component) => {
    if (REMOTE.test(component) || component.replace(/^file:\/\//i, "").startsWith("/")) {
      throw new KustomizationError("InvalidKustomization", `component path '${component}' must be local and relative`);
    }
    const exists = files.stat(posix.join(directory, component)) !== undefined;
    return exists || spec.ignoreMissingComponents !== true;
  });
}

function mergeImages(root: MappingNode, images: readonly KustomizeImage[]): void {
  for (const image of images) {
    const list = findField(root, "images");
    const existing =
      list?.kind === "sequence"
        ? list.items.map(resolveAlias).find((each) => each.kind === "mapping" && nameOf(each) === image.name)
        : undefined;
    if (existing?.kind !== "mapping") {
      append(root, "images", [{ ...image }]);
      continue;
    }
    if (isText(image.newName)) putField(existing, "newName", toNode(image.newName));
    if (!isText(image.newTag) && !isText(image.digest)) continue;
    // Tag and digest choose the version together: a digest left over would win over a new tag.
    for (const field of ["newTag", "digest"] as const) {
      const value = image[field];
      if (isText(value)) putField(existing, field, toNode(value));
      else dropField(existing, field);
    }
  }
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function nameOf(image: MappingNode): string | undefined {
  return scalarText(findField(image, "name"));
}

function isEmptySequence(node: ReturnType<typeof findField>): boolean {
  return node === undefined || (node.kind === "sequence" && node.items.length === 0);
}

function sequence(): Extract<Node, { kind: "sequence" }> {
  return { kind: "sequence", tag: "!!seq", flow: false, items: [], line: 0, column: 0 };
}
