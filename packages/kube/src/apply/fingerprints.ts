import { hash } from "node:crypto";
import type { KubernetesObject, ObjectMeta } from "@sluice/api";

interface Fingerprint {
  /** Of the manifest that was applied. */
  readonly input: string;
  /** Of the live object's metadata right after. */
  readonly live: string;
}

/**
 * What one owner has applied and how the objects looked afterwards. While a manifest and the metadata of its live
 * object are as remembered, there is nothing to apply, and it takes no request to know. Memory only: losing it costs
 * requests, never correctness.
 */
export class Fingerprints {
  readonly #byId = new Map<string, Fingerprint>();

  /** How many objects are remembered. */
  get size(): number {
    return this.#byId.size;
  }

  has(id: string, input: string): boolean {
    return this.#byId.get(id)?.input === input;
  }

  isUnchanged(id: string, input: string, live: KubernetesObject): boolean {
    const known = this.#byId.get(id);
    return known !== undefined && known.input === input && known.live === liveFingerprint(live.metadata);
  }

  /** The fingerprint of the live object as it was left; `undefined` for an object that is not remembered. */
  liveOf(id: string): string | undefined {
    return this.#byId.get(id)?.live;
  }

  remember(id: string, input: string, live: KubernetesObject): void {
    this.#byId.set(id, { input, live: liveFingerprint(live.metadata) });
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }

  /** Forgets everything but these. */
  retain(ids: ReadonlySet<string>): void {
    for (const id of this.#byId.keys()) if (!ids.has(id)) this.#byId.delete(id);
  }
}

/** Tells manifests apart. Keys are expected in a stable order, as a deterministic build gives them. */
export function inputFingerprint(object: KubernetesObject, ...context: readonly string[]): string {
  // Integers beyond 2^53 are bigints, which JSON has no form for.
  const text = JSON.stringify([object, ...context], (_key, each: unknown) =>
    typeof each === "bigint" ? `${each}n` : each,
  );
  return hash("sha256", text, "base64url");
}

/**
 * Tells states of a live object apart by its metadata. Kinds with a generation are compared by it, so that their
 * status may move; of the others every write counts, because nothing else shows a change of their content.
 */
export function liveFingerprint(metadata: ObjectMeta): string {
  const { resourceVersion, generation, managedFields, ...rest } = metadata;
  const managers = managedFields?.filter((entry) => entry.subresource !== "status");
  const version = generation === undefined ? resourceVersion : generation;
  return hash("sha256", stableJson([version, managers, rest]), "base64url");
}

/** JSON with sorted keys: two servers, or two content types of one, need not send them in the same order. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : each,
  );
}
