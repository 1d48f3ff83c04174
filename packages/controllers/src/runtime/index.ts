export { formatTimestamp, timestampOf } from "./clock.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export { createEventRecorder, type EventDraft, type EventRecorder } from "./events.ts";
export { SpecError, specFailures, type Disposition, type Failure, type SpecErrorCode } from "./failure.ts";
export { addFinalizer, hasFinalizer, removeFinalizer, type FinalizerOptions } from "./finalizer.ts";
export { hasPendingRequest, isWorthReconciling, type FluxObject, type StatusOf } from "./flux-object.ts";
export { jitter, type Random } from "./jitter.ts";
export { Reconciliation, type Outcome, type ReconciledKind, type Runtime } from "./reconciliation.ts";
export type { Fact } from "./conditions.ts";
