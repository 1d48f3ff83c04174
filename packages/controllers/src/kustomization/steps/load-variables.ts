import { Buffer } from "node:buffer";
import { isNotFound, type Kustomization, type SubstituteReference, type UnstructuredObject } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { Reader } from "@sluice/kube";
import { KustomizationError } from "../errors.ts";

/** What `${name}` stands for. */
export interface Variables {
  readonly values: ReadonlyMap<string, string>;
  /** Those that must not show in messages. */
  readonly secrets: readonly string[];
}

/**
 * Reads the variables of a Kustomization: from the ConfigMaps and Secrets that it names, later ones over earlier ones,
 * and its own over all. Line feeds are taken out of values, as a value is put into the middle of a line.
 */
export async function loadVariables(object: Kustomization, client: Reader, signal: AbortSignal): Promise<Variables> {
  const { substitute = {}, substituteFrom = [] } = object.spec.postBuild ?? {};
  const namespace = object.metadata.namespace ?? "";
  const values = new Map<string, string>();
  const secrets: string[] = [];
  const put = (name: string, value: string): void => void values.set(name, value.replaceAll("\n", ""));
  for (const reference of substituteFrom) {
    const found = await findReferenced(reference, { client, namespace, signal });
    for (const [name, value] of textsIn(found?.["data"])) {
      if (reference.kind === "ConfigMap") put(name, value);
      else {
        const plain = Buffer.from(value, "base64").toString("utf8");
        put(name, plain);
        secrets.push(plain);
      }
    }
  }
  for (const [name, value] of Object.entries(substitute)) put(name, value);
  return { values, secrets };
}

async function findReferenced(
  { kind, name, optional }: SubstituteReference,
  { client, namespace, signal }: { readonly client: Reader; readonly namespace: string; readonly signal: AbortSignal },
): Promise<UnstructuredObject | undefined> {
  try {
    return await client.get({ group: "", version: "v1", kind }, { namespace, name }, { signal });
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
    if (optional === true) return undefined;
    const message = `substitute from '${kind}/${name}' error: ${messageOf(cause)}`;
    throw new KustomizationError("VariablesNotFound", message, { cause });
  }
}

function textsIn(data: unknown): [string, string][] {
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}
