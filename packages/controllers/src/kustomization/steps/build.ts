import { hash } from "node:crypto";
import type { Kustomization, UnstructuredObject } from "@sluice/api";
import { build, KustomizeError, type FileSystem, type ParseCache, type ResMap } from "@sluice/kustomize";
import { formatSubject, referenceOf } from "@sluice/kube";
import { withCommonMetadata } from "../common-metadata.ts";
import type { Decryptor } from "../decryption/decryptor.ts";
import { KustomizationError } from "../errors.ts";
import { resolvePath, withKustomization } from "../generate.ts";
import type { Variables } from "./load-variables.ts";
import { substituteVariables } from "./substitute-variables.ts";

/** What a build has made. */
export interface BuildResult {
  readonly objects: readonly UnstructuredObject[];
  /** `sha256:…` of the manifests: equal builds have equal digests. */
  readonly digest: string;
}

export interface BuildManifestsOptions {
  readonly variables: Variables;
  readonly parseCache?: ParseCache | undefined;
  /** For one build; absent where the spec does not ask for decryption. */
  readonly decryptor?: Decryptor | undefined;
}

/**
 * Builds the manifests of a Kustomization from the files of its artifact. The same files, spec, variables and keys give
 * the same result. Throws `KustomizeError` and {@link KustomizationError}.
 */
export async function buildManifests(
  files: FileSystem,
  object: Kustomization,
  options: BuildManifestsOptions,
): Promise<BuildResult> {
  const directory = resolvePath(files, object.spec.path);
  const prepared = withKustomization(files, directory, object.spec);
  const { decryptor } = options;
  if (decryptor === undefined) return buildFrom(prepared, directory, { object, ...options });
  const plain = await decryptor.decryptFiles(prepared, directory);
  // Plain text must not outlive the build, so it is kept out of the cache.
  const parseCache = plain === prepared ? options.parseCache : undefined;
  try {
    return await buildFrom(plain, directory, { object, ...options, parseCache });
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    const { code, file, field } = error;
    // kustomize quotes what it complains about; its own error, as the cause, would do so too.
    throw new KustomizeError(code, decryptor.mask(error.message), { file, field });
  }
}

async function buildFrom(
  files: FileSystem,
  directory: string,
  { object, variables, parseCache, decryptor }: BuildManifestsOptions & { readonly object: Kustomization },
): Promise<BuildResult> {
  const resMap = runBuild(files, directory, parseCache);
  const { postBuild } = object.spec;
  const isSubstituted = variables.values.size > 0 || postBuild?.substituteStrategy === "Always";
  const built: UnstructuredObject[] = [];
  for (const resource of resMap.resources) {
    const read = toObject(resource);
    const each = decryptor === undefined ? read : await decryptor.decryptBuilt(read);
    rejectEncrypted(each);
    built.push(postBuild !== undefined && isSubstituted ? substituteVariables(each, variables) : each);
  }
  const digest = `sha256:${hash("sha256", JSON.stringify(built, bigintAsText), "hex")}`;
  return { objects: built.map((each) => withCommonMetadata(each, object.spec.commonMetadata)), digest };
}

/** Bases may lie beside the directory: what a build may read is bounded by the artifact, not by the directory. */
function runBuild(files: FileSystem, directory: string, parseCache: ParseCache | undefined): ResMap {
  try {
    return build(files, directory, { loadRestrictor: "none", ...(parseCache && { parseCache }) });
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    throw buildError(error, error.message);
  }
}

/** What YAML can say and JSON cannot, such as a key that is there twice, turns up only now. */
function toObject(resource: ResMap["resources"][number]): UnstructuredObject {
  try {
    return readObject(resource.toJSON());
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    const subject = [resource.kind, resource.namespace, resource.name].filter((part) => part !== "").join("/");
    throw buildError(error, `${subject}: ${error.message}`);
  }
}

function buildError(cause: KustomizeError, message: string): KustomizeError {
  const { code, file, field } = cause;
  return new KustomizeError(code, `kustomize build failed: ${message}`, { cause, file, field });
}

/** kustomize has checked that an object has a kind and a name; what it let through is checked here. */
function readObject(value: unknown): UnstructuredObject {
  const object = value as Partial<UnstructuredObject>;
  if (typeof object.apiVersion !== "string" || object.apiVersion === "") {
    throw new KustomizationError(
      "InvalidKustomization",
      `${String(object.kind)}/${String(object.metadata?.name)}: apiVersion is missing`,
    );
  }
  return object as UnstructuredObject;
}

/** An encrypted Secret is valid YAML and would be applied as it is: useless to whoever reads it, and hard to notice. */
function rejectEncrypted(object: UnstructuredObject): void {
  const sops = object["sops"];
  if (object.kind !== "Secret" || typeof sops !== "object" || sops === null) return;
  throw new KustomizationError(
    "EncryptedSecret",
    `${formatSubject(referenceOf(object))} is SOPS encrypted, configuring decryption is required for this secret to be reconciled`,
  );
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
