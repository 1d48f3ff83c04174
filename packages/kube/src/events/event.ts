import { formatKey, keyOf, type KubernetesObject } from "@sluice/api";
import { redact } from "../redact.ts";

export type EventType = "Normal" | "Warning";

/** What happened, as the caller says it. */
export interface EventNote {
  readonly type: EventType;
  /** CamelCase: `ReconciliationSucceeded`. */
  readonly reason: string;
  readonly message: string;
  /** Become the Event's annotations: a revision, a token. */
  readonly annotations?: { readonly [key: string]: string };
}

/** A `v1` Event. Unlike most objects it has no spec. */
export interface CoreEvent extends KubernetesObject {
  readonly involvedObject: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component: string; readonly host?: string };
  readonly reportingComponent: string;
  readonly reportingInstance: string;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly count: number;
}

export const eventKind = { group: "", version: "v1", kind: "Event" } as const;

/** Above Flux's own limit for messages, far below what etcd takes. */
const maxMessageLength = 39_000;

export interface EventSource {
  readonly component: string;
  readonly instance: string;
}

/** When an event happened, and a number that no other event of this recorder has: its name is made of it. */
export interface EventMoment {
  readonly nowMs: number;
  readonly stamp: bigint;
}

/** The Event for a note about an object. Secrets that got into the message are blotted out. */
export function toEvent(
  object: KubernetesObject,
  note: EventNote,
  source: EventSource,
  moment: EventMoment,
): CoreEvent {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const now = new Date(moment.nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      // Events of cluster-scoped objects live in `default`, as kubectl expects.
      namespace: namespace === undefined || namespace === "" ? "default" : namespace,
      name: `${name.slice(0, 230)}.${moment.stamp.toString(16)}`,
      ...(note.annotations === undefined ? {} : { annotations: note.annotations }),
    },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    type: note.type,
    reason: note.reason,
    message: redact(note.message).slice(0, maxMessageLength),
    source: { component: source.component, host: source.instance },
    reportingComponent: source.component,
    reportingInstance: source.instance,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}

/** Events about the same object, whatever they say. */
export function objectIdentity(event: CoreEvent): string {
  const { apiVersion, kind, uid } = event.involvedObject;
  return JSON.stringify([
    event.source.component,
    apiVersion,
    kind,
    formatKey(keyOf({ metadata: event.involvedObject })),
    uid,
  ]);
}

/** Events that say the same and are counted instead of repeated. */
export function eventIdentity(event: CoreEvent): string {
  return JSON.stringify([objectIdentity(event), event.type, event.reason, event.message, event.metadata.annotations]);
}
