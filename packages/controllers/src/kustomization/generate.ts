import { posix } from "node:path";
import type { KustomizationSpec, KustomizeImage } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { FileSystem } from "@sluice/kustomize";
import { parse, stringify, YamlError } from "@sluice/yaml";
import { KustomizationError } from "./errors.ts";
import { OverlayFileSystem } from "./overlay-file-system.ts";

/** The names under which kustomize finds its file, in this order. */
const KUSTOMIZATION_FILES = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;
const HEADER = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" } as const;

/** The content of a kustomization file. */
interface KustomizationFile {
  readonly [field: string]: unknown;
}

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
  const file = existing === undefined ? generateKustomization(files, directory) : readKustomization(files, existing);
  const extended = extend(file, files, directory, spec);
  return new OverlayFileSystem(files, path, new TextEncoder().encode(stringify(extended)));
}

function findKustomizationFile(files: FileSystem, directory: string): string | undefined {
  return KUSTOMIZATION_FILES.map((name) => posix.join(directory, name)).find((path) => files.stat(path) === "file");
}

function readKustomization(files: FileSystem, path: string): KustomizationFile {
  const file = parseKustomization(files, path);
  // kustomize refuses a file without any content; build metadata is content without effect on nothing.
  return listIn(file, "resources").length === 0 ? { ...file, buildMetadata: ["originAnnotations"] } : file;
}

function parseKustomization(files: FileSystem, path: string): KustomizationFile {
  let content: unknown;
  try {
    content = parse(new TextDecoder().decode(files.readFile(path)));
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new KustomizationError("InvalidKustomization", `${path}: ${messageOf(cause)}`, { cause });
  }
  if (content === null) return HEADER;
  if (!isRecord(content)) throw new KustomizationError("InvalidKustomization", `${path}: not a mapping`);
  return { ...HEADER, ...content };
}

/** Takes in every manifest below the directory; where a sub-directory has a kustomization of its own, that instead. */
function generateKustomization(files: FileSystem, directory: string): KustomizationFile {
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
  // kustomize refuses a file without any content; a namespace without objects has no effect.
  if (resources.length === 0) return { ...HEADER, namespace: "_placeholder" };
  return { ...HEADER, resources: resources.map((path) => `./${posix.relative(directory, path)}`) };
}

/** Edits the kustomization as Flux does: single values replace, lists are appended to, images are merged by name. */
function extend(
  file: KustomizationFile,
  files: FileSystem,
  directory: string,
  spec: KustomizationSpec,
): KustomizationFile {
  const { targetNamespace, namePrefix, nameSuffix, patches = [], images = [], buildMetadata = [] } = spec;
  const components = componentsOf(files, directory, spec);
  return {
    ...file,
    ...(targetNamespace !== undefined && { namespace: targetNamespace }),
    ...(namePrefix !== undefined && { namePrefix }),
    ...(nameSuffix !== undefined && { nameSuffix }),
    ...(patches.length > 0 && { patches: [...listIn(file, "patches"), ...patches] }),
    ...(components.length > 0 && { components: [...listIn(file, "components"), ...components] }),
    ...(images.length > 0 && { images: images.reduce(withImage, listIn(file, "images")) }),
    ...(buildMetadata.length > 0 && { buildMetadata }),
  };
}

/** Prefixes of what kustomize would fetch from elsewhere. */
const REMOTE = /^(?:git::|gh:|ssh:\/\/|https?:\/\/|git@|github\.com[:/])./i;

function componentsOf(files: FileSystem, directory: string, spec: KustomizationSpec): string[] {
  return (spec.components ?? []).filter((component) => {
    if (REMOTE.test(component) || component.replace(/^file:\/\//i, "").startsWith("/")) {
      const problem = `component path '${component}' must be local and relative`;
      throw new KustomizationError("InvalidKustomization", problem);
    }
    const exists = files.stat(posix.join(directory, component)) !== undefined;
    return exists || spec.ignoreMissingComponents !== true;
  });
}

function withImage(images: readonly unknown[], image: KustomizeImage): readonly unknown[] {
  const index = images.findIndex((each) => isRecord(each) && each["name"] === image.name);
  const existing = images[index];
  if (!isRecord(existing)) return [...images, image];
  const { newTag, digest, ...rest } = existing;
  // Tag and digest choose the version together: a digest left over would win over a new tag.
  const version =
    isText(image.newTag) || isText(image.digest)
      ? { ...(isText(image.newTag) && { newTag: image.newTag }), ...(isText(image.digest) && { digest: image.digest }) }
      : { ...(newTag !== undefined && { newTag }), ...(digest !== undefined && { digest }) };
  return images.with(index, { ...rest, ...(isText(image.newName) && { newName: image.newName }), ...version });
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function listIn(file: KustomizationFile, field: string): readonly unknown[] {
  const value = file[field];
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function isRecord(value: unknown): value is KustomizationFile {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
