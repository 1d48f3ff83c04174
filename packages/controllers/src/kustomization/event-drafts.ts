import { EventMetadataKey, FluxReason, kustomizeGroup } from "@sluice/api";
import type { EventDraft } from "../runtime/index.ts";
import type { ObservedSource } from "./steps/observe-source.ts";

/** What every event of an attempt carries: the revision it is about. */
export function eventMetadata({ revision, originRevision }: ObservedSource): { readonly [key: string]: string } {
  return {
    [`${kustomizeGroup}/${EventMetadataKey.Revision}`]: revision,
    ...(originRevision !== undefined && { [`${kustomizeGroup}/${EventMetadataKey.OriginRevision}`]: originRevision }),
  };
}

/** An event about work that goes on. */
export function progressEvent(message: string, source: ObservedSource): EventDraft {
  return { type: "Normal", reason: FluxReason.Progressing, message, metadata: eventMetadata(source) };
}

/** The event of a success; it updates the status of the commit, where somebody shows one. */
export function successEvent(message: string, source: ObservedSource): EventDraft {
  const metadata = { ...eventMetadata(source), [`${kustomizeGroup}/${EventMetadataKey.CommitStatus}`]: "update" };
  return { type: "Normal", reason: FluxReason.ReconciliationSucceeded, message, metadata };
}
