import { findCondition } from "@sluice/api";
import type { FluxObject } from "../kinds/flux-kind.ts";
import { shortenHex } from "../text/hex.ts";

/**
 * Where an object stands, as a spectator sees it. `queued`: nobody looked at it yet. `waiting`: it waits for others.
 * `checking`: applied, its workloads are not there yet.
 */
export type Phase = "queued" | "waiting" | "working" | "checking" | "ready" | "failed" | "suspended";

/** One Flux object of one cluster. Times are milliseconds since the beginning of the demo. */
export interface ObjectState {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The Kustomization that applied it, as `namespace/name`; empty for what was there from the beginning. */
  readonly owner: string;
  /** The source it takes its manifests from, as `namespace/name`; empty for sources. */
  readonly source: string;
  /** Names it waits for. */
  readonly dependsOn: readonly string[];
  readonly phase: Phase;
  /** One line: what it does, waits for or suffers from. */
  readonly detail: string;
  /** Short form; empty before the first success. */
  readonly revision: string;
  /** How many objects it applied; `undefined` for sources. */
  readonly applied: number | undefined;
  /** When the present piece of work began. */
  readonly beganMs: number;
  /** When it was Ready for the first time. */
  readonly readyMs: number | undefined;
  /** How long the last piece of work took, from its beginning to Ready. */
  readonly tookMs: number | undefined;
}

/** Works out an object's state from what the API server says now and what was known before. */
export function observeObject(before: ObjectState | undefined, object: FluxObject, nowMs: number): ObjectState {
  const { phase, detail } = phaseOf(object);
  const { metadata, spec, status } = object;
  const namespace = metadata.namespace ?? "";
  const wasAtWork = before !== undefined && isAtWork(before.phase);
  const beganMs = before === undefined || (!wasAtWork && isAtWork(phase)) ? nowMs : before.beganMs;
  const becameReady = phase === "ready" && before?.phase !== "ready";
  const owner = metadata.labels?.["kustomize.toolkit.fluxcd.io/name"];
  const ownerNamespace = metadata.labels?.["kustomize.toolkit.fluxcd.io/namespace"] ?? namespace;
  const source = spec?.sourceRef;
  return {
    kind: object.kind,
    namespace,
    name: metadata.name,
    owner:
      owner === undefined || (owner === metadata.name && object.kind === "Kustomization")
        ? ""
        : `${ownerNamespace}/${owner}`,
    source: source === undefined ? "" : `${source.namespace ?? namespace}/${source.name}`,
    dependsOn: dependenciesOf(object),
    phase,
    detail,
    revision: shortenHex(status?.artifact?.revision ?? status?.lastAppliedRevision ?? before?.revision ?? ""),
    applied: object.kind === "Kustomization" ? (status?.inventory?.entries?.length ?? 0) : undefined,
    beganMs,
    readyMs: before?.readyMs ?? (phase === "ready" ? nowMs : undefined),
    tookMs: becameReady ? nowMs - beganMs : before?.tookMs,
  };
}

/** `Kind/namespace/name`, unique within a cluster. */
export function idOf(object: Pick<ObjectState, "kind" | "namespace" | "name">): string {
  return `${object.kind}/${object.namespace}/${object.name}`;
}

/** Waiting for its turn is not an object's own work, trying again after a failure is. */
function isAtWork(phase: Phase): boolean {
  return phase === "working" || phase === "checking" || phase === "failed";
}

/** The part of a progress message that changes from step to step. */
function briefly(message: string): string {
  return message.replace(/ for revision \S+/, "").replace(/ with a timeout of \S+/, "");
}

function dependenciesOf(object: FluxObject): readonly string[] {
  const dependsOn: unknown = object.spec?.["dependsOn"];
  if (!Array.isArray(dependsOn)) return [];
  return dependsOn.flatMap((each: unknown) =>
    typeof each === "object" && each !== null && "name" in each && typeof each.name === "string" ? [each.name] : [],
  );
}

function phaseOf(object: FluxObject): { readonly phase: Phase; readonly detail: string } {
  const conditions = object.status?.conditions;
  const ready = findCondition(conditions, "Ready");
  const reconciling = findCondition(conditions, "Reconciling");
  const isCurrent = ready?.observedGeneration === undefined || ready.observedGeneration === object.metadata.generation;
  if (object.spec?.suspend === true) return { phase: "suspended", detail: "suspended" };
  if (ready === undefined) return { phase: "queued", detail: dependencyDetail(object) };
  if (ready.status === "True" && isCurrent) return { phase: "ready", detail: shortenHex(oneLine(ready.message)) };
  if (reconciling?.status === "True" && reconciling.reason === "Progressing") {
    const message = shortenHex(oneLine(reconciling.message));
    const checking = findCondition(conditions, "Healthy")?.status === "Unknown" || /health check/i.test(message);
    return { phase: checking ? "checking" : "working", detail: briefly(message) };
  }
  const message = shortenHex(oneLine(ready.message));
  if (ready.reason === "DependencyNotReady") return { phase: "waiting", detail: dependencyDetail(object) || message };
  // A source without artifact yet is waited for, not a failure of the one who needs it.
  if (ready.reason === "ArtifactFailed" && /not found, retrying/.test(message))
    return { phase: "waiting", detail: message };
  if (ready.status === "False") return { phase: "failed", detail: `${ready.reason}: ${message}` };
  return { phase: "working", detail: message };
}

function dependencyDetail(object: FluxObject): string {
  const names = dependenciesOf(object);
  return names.length === 0 ? "" : `waits for ${names.join(", ")}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
