import { idOf } from "../object-state.ts";
import type { ObjectState } from "../object-state.ts";
import { formatSeconds, plural } from "./frame.ts";

const WORDS: { readonly [phase in ObjectState["phase"]]: string } = {
  queued: "found",
  waiting: "waiting",
  working: "working",
  checking: "checking health",
  ready: "ready",
  failed: "failed",
  suspended: "suspended",
};

/**
 * Says in one line what changed, for pipes and logs; `undefined` when nothing worth a line did. Progress messages
 * within a phase are left out: a log wants turns, not every step.
 */
export function describeChange(
  cluster: string,
  before: ObjectState | undefined,
  after: ObjectState,
  elapsedMs: number,
): string | undefined {
  const isSame = before?.phase === after.phase && before.revision === after.revision;
  const isSameFailure = before?.detail === after.detail || after.phase !== "failed";
  if (isSame && isSameFailure) return undefined;
  const [kind, , name] = idOf(after).split("/");
  const detail = after.phase === "ready" ? readyDetail(after) : after.detail;
  const time = formatSeconds(elapsedMs).padStart(7);
  return `${time}  ${cluster}  ${kind ?? ""}/${name ?? ""} ${WORDS[after.phase]}${detail === "" ? "" : `: ${detail}`}`;
}

function readyDetail(object: ObjectState): string {
  return object.applied === undefined ? object.revision : `${plural(object.applied, "object")} at ${object.revision}`;
}
