import type { GitRepositorySpec } from "@sluice/api";
import { parseDuration, SpecError } from "../../runtime/index.ts";

/** When a GitRepository is due, in milliseconds. */
export interface Schedule {
  readonly intervalMs: number;
  /** For all Git operations of one attempt. */
  readonly timeoutMs: number;
}

const defaultTimeout = "60s";
/** An interval of nothing would be a busy loop. */
const minIntervalMs = 1_000;
/** Beyond this a timer would wrap around. */
const maxTimeoutMs = 2 ** 31 - 1;

function readDuration(field: string, text: unknown): number {
  try {
    return parseDuration(String(text));
  } catch (cause) {
    throw new SpecError("InvalidField", field, `invalid duration ${JSON.stringify(text)}`, { cause });
  }
}

/** Reads the durations of a spec. Throws {@link SpecError} for one that is no Go duration. */
export function scheduleOf(spec: GitRepositorySpec): Schedule {
  const intervalMs = Math.max(readDuration("spec.interval", spec.interval), minIntervalMs);
  const timeoutMs = readDuration("spec.timeout", spec.timeout ?? defaultTimeout);
  return { intervalMs, timeoutMs: Math.min(Math.max(Math.ceil(timeoutMs), 1), maxTimeoutMs) };
}
