import type { KustomizationSpec } from "@sluice/api";
import { parseDuration, SpecError } from "../runtime/index.ts";

/** When a Kustomization is due, in milliseconds. */
export interface Schedule {
  readonly intervalMs: number;
  readonly retryIntervalMs: number;
  /** For one attempt, health checks included. */
  readonly timeoutMs: number;
}

/** Flux gives every attempt at least this long, whatever the spec says. */
const MIN_TIMEOUT_MS = 30_000;
/** An interval of nothing would be a busy loop. */
const MIN_INTERVAL_MS = 1000;

/** Reads the durations of a spec. Throws {@link SpecError} for one that is no Go duration. */
export function scheduleOf(spec: KustomizationSpec): Schedule {
  const intervalMs = Math.max(MIN_INTERVAL_MS, readDuration("spec.interval", spec.interval));
  const retryIntervalMs =
    spec.retryInterval === undefined
      ? intervalMs
      : Math.max(MIN_INTERVAL_MS, readDuration("spec.retryInterval", spec.retryInterval));
  const timeoutMs =
    spec.timeout === undefined ? intervalMs - MIN_TIMEOUT_MS : readDuration("spec.timeout", spec.timeout);
  return { intervalMs, retryIntervalMs, timeoutMs: Math.max(MIN_TIMEOUT_MS, timeoutMs) };
}

function readDuration(field: string, text: unknown): number {
  try {
    return parseDuration(String(text));
  } catch (cause) {
    throw new SpecError("InvalidField", field, `invalid duration ${JSON.stringify(text)}`, { cause });
  }
}
