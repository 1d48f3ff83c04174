import { formatTime } from "../clock.ts";
import { goTypeOf } from "../http/body.ts";
import { badRequest, statusError } from "../errors/status-errors.ts";
import type { KubeObject } from "../json/object.ts";
import { cloneJson, isObject, type JsonObject } from "../json/json.ts";
import type { ResourceStrategy } from "./strategy.ts";

export type PropagationPolicy = "Background" | "Foreground" | "Orphan";

/** What a deletion was asked to respect. */
export interface DeleteOptions {
  readonly propagationPolicy?: PropagationPolicy;
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * What is to happen to an object: taken out, marked as being deleted, or nothing as that is under way already. The object
 * is the state to store, or the last state to announce.
 */
export type DeletionDecision =
  | { readonly kind: "remove"; readonly object: KubeObject }
  | { readonly kind: "mark"; readonly object: KubeObject }
  | { readonly kind: "pending" };

/** Decides what a deletion does; `now` in milliseconds. The object is left alone. */
export function decideDeletion(
  object: KubeObject,
  options: DeleteOptions,
  strategy: ResourceStrategy,
  now: number,
): DeletionDecision {
  const decision = decide(object, options, strategy, now);
  const isNewlyMarked = decision.kind === "mark" && object.metadata.deletionTimestamp === undefined;
  if (!isNewlyMarked || strategy.prepareForDeletion === undefined) return decision;
  const marked = cloneJson(decision.object);
  strategy.prepareForDeletion(marked, now);
  return { kind: "mark", object: marked };
}

function decide(object: KubeObject, options: DeleteOptions, strategy: ResourceStrategy, now: number): DeletionDecision {
  const { metadata } = object;
  const asked = nextFinalizers(metadata.finalizers ?? [], options, strategy);
  const added = metadata.deletionTimestamp === undefined ? (strategy.deletionFinalizers ?? []) : [];
  const finalizers = [...new Set([...asked, ...added])];
  const grace = strategy.gracePeriodSeconds?.(object, options.gracePeriodSeconds);
  const withFinalizers: KubeObject = { ...object, metadata: { ...metadata, finalizers } };
  if (finalizers.length === 0) delete withFinalizers.metadata.finalizers;
  if (grace !== undefined && grace > 0) {
    const before = metadata.deletionGracePeriodSeconds;
    if (metadata.deletionTimestamp !== undefined && before !== undefined && before <= grace) return { kind: "pending" };
    return { kind: "mark", object: mark(withFinalizers, grace, now) };
  }
  if (finalizers.length === 0 && !holdsItself(object)) return { kind: "remove", object: withFinalizers };
  if (metadata.deletionTimestamp !== undefined && (metadata.deletionGracePeriodSeconds ?? 0) === 0) {
    return { kind: "mark", object: withFinalizers };
  }
  return { kind: "mark", object: mark(withFinalizers, 0, now) };
}

function mark(object: KubeObject, graceSeconds: number, now: number): KubeObject {
  const { metadata } = object;
  const marked: KubeObject = {
    ...object,
    metadata: {
      ...metadata,
      deletionTimestamp: formatTime(now + graceSeconds * 1000),
      deletionGracePeriodSeconds: graceSeconds,
    },
  };
  if (metadata.generation !== undefined && metadata.deletionTimestamp === undefined) {
    marked.metadata.generation = metadata.generation + 1;
  }
  return marked;
}

/** The garbage collector's finalizers follow the latest request; without a wish in it, what is there stays. */
function nextFinalizers(present: readonly string[], options: DeleteOptions, strategy: ResourceStrategy): string[] {
  const others = present.filter((finalizer) => finalizer !== "orphan" && finalizer !== "foregroundDeletion");
  const policy = options.propagationPolicy;
  if (policy === undefined) {
    if (present.length > others.length) return [...present];
    return strategy.defaultPropagation === "Orphan" ? [...others, "orphan"] : others;
  }
  if (policy === "Orphan") return [...others, "orphan"];
  return policy === "Foreground" ? [...others, "foregroundDeletion"] : others;
}

/** Namespaces hold themselves by finalizers in their spec. */
function holdsItself({ spec }: KubeObject): boolean {
  return isObject(spec) && Array.isArray(spec["finalizers"]) && spec["finalizers"].length > 0;
}

/** Reads a `DeleteOptions` body together with query parameters, which matter only where the body is empty. */
export function parseDeleteOptions(
  body: JsonObject | undefined,
  query: URLSearchParams,
): DeleteOptions & { dryRun: boolean } {
  const from = body ?? fromQuery(query);
  const kind = body?.["kind"];
  if (kind !== undefined && kind !== "DeleteOptions") {
    const apiVersion = body?.["apiVersion"] ?? "";
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const given = body?.["gracePeriodSeconds"];
  if (given !== undefined && given !== null && typeof given !== "number") {
    throw badRequest(
      `json: cannot unmarshal ${goTypeOf(given)} into Go struct field DeleteOptions.gracePeriodSeconds of type int64`,
    );
  }
  const policy = from["propagationPolicy"];
  const orphan = from["orphanDependents"];
  if (policy !== undefined && policy !== null && typeof orphan === "boolean") {
    throw invalidOptions(
      "propagationPolicy",
      `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`,
    );
  }
  const dryRun = readDryRun(Array.isArray(from["dryRun"]) ? from["dryRun"].map(String) : [], query);
  const grace = from["gracePeriodSeconds"];
  const wanted = isObject(from["preconditions"]) ? from["preconditions"] : {};
  const { uid, resourceVersion } = wanted;
  return {
    dryRun,
    ...(typeof grace === "number" ? { gracePeriodSeconds: grace < 0 ? 1 : grace } : {}),
    ...policyOf(policy, orphan),
    preconditions: {
      ...(typeof uid === "string" ? { uid } : {}),
      ...(typeof resourceVersion === "string" ? { resourceVersion } : {}),
    },
  };
}

function fromQuery(query: URLSearchParams): JsonObject {
  const options: JsonObject = {};
  const grace = query.get("gracePeriodSeconds");
  if (grace !== null) options["gracePeriodSeconds"] = Number(grace);
  const policy = query.get("propagationPolicy");
  if (policy !== null) options["propagationPolicy"] = policy;
  const orphan = query.get("orphanDependents");
  if (orphan !== null) options["orphanDependents"] = orphan === "true";
  return options;
}

function policyOf(policy: unknown, orphan: unknown): { propagationPolicy?: PropagationPolicy } {
  if (typeof orphan === "boolean") return { propagationPolicy: orphan ? "Orphan" : "Background" };
  if (policy === undefined || policy === null || policy === "") return {};
  if (policy === "Background" || policy === "Foreground" || policy === "Orphan") return { propagationPolicy: policy };
  throw invalidOptions(
    "propagationPolicy",
    `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
  );
}

function invalidOptions(field: string, problem: string): Error {
  return statusError(422, "Invalid", `DeleteOptions.meta.k8s.io "" is invalid: ${field}: ${problem}`, {
    group: "meta.k8s.io",
    kind: "DeleteOptions",
    causes: [
      {
        reason: problem.startsWith("Unsupported") ? "FieldValueNotSupported" : "FieldValueInvalid",
        message: problem,
        field,
      },
    ],
  });
}

/** Whether a request is a dry run. Throws a 422 for directives other than `All`. */
export function readDryRun(given: readonly string[], query: URLSearchParams, options = "DeleteOptions"): boolean {
  const directives = [...given, ...query.getAll("dryRun")];
  for (const directive of directives) {
    if (directive === "All") continue;
    const problem = `Unsupported value: ${JSON.stringify(directives)}: supported values: "All"`;
    throw statusError(422, "Invalid", `${options}.meta.k8s.io "" is invalid: dryRun: ${problem}`, {
      group: "meta.k8s.io",
      kind: options,
      causes: [{ reason: "FieldValueNotSupported", message: problem, field: "dryRun" }],
    });
  }
  return directives.length > 0;
}
