import { booleanAt, numberAt, objectAt, objectsAt, stringAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { type Change, type Decision, statusChange } from "./change.ts";
import { conditionOf, isReady, withCondition, type ConditionSpec } from "./condition.ts";
import { activePods } from "./replica-set.ts";
import { podFromTemplate } from "./template.ts";
import { parseTime } from "./time.ts";
import { formatTime } from "../clock.ts";

const phaseOf = (pod: KubeObject): string | undefined => stringAt(pod, "status", "phase");

/** Runs a Job's pods until enough have succeeded or too many have failed; removes it when its time to live is over. */
export function decideJob(job: KubeObject, pods: readonly KubeObject[], now: number): Decision {
  if (job.metadata.deletionTimestamp !== undefined) return { changes: [] };
  const ended = ["Complete", "Failed"].find(
    (type) => conditionOf(objectAt(job, "status"), type)?.["status"] === "True",
  );
  if (ended !== undefined) return expire(job, now);

  const completions = numberAt(job, "spec", "completions") ?? 1;
  const parallelism = numberAt(job, "spec", "parallelism") ?? 1;
  const backoffLimit = numberAt(job, "spec", "backoffLimit") ?? 6;
  const suspended = booleanAt(job, "spec", "suspend") === true;
  const active = activePods(pods);
  const succeeded = pods.filter((pod) => phaseOf(pod) === "Succeeded").length;
  const failed = pods.filter((pod) => phaseOf(pod) === "Failed").length;

  const changes: Change[] = [];
  const verdict = succeeded >= completions ? "Complete" : failed > backoffLimit ? "Failed" : undefined;
  if (verdict !== undefined || suspended) for (const pod of active) changes.push({ verb: "delete", object: pod });
  else {
    const wanted = Math.min(parallelism, completions - succeeded);
    for (let running = active.length; running < wanted; running++)
      changes.push({
        verb: "create",
        object: podFromTemplate(
          job,
          { generateName: `${job.metadata.name}-` },
          {
            labels: {
              "batch.kubernetes.io/controller-uid": job.metadata.uid ?? "",
              "batch.kubernetes.io/job-name": job.metadata.name,
              "controller-uid": job.metadata.uid ?? "",
              "job-name": job.metadata.name,
            },
          },
        ),
      });
  }
  changes.push(...statusChange(job, jobStatus(job, { active, succeeded, failed, verdict, suspended, now })));
  return { changes };
}

interface JobFacts {
  readonly active: readonly KubeObject[];
  readonly succeeded: number;
  readonly failed: number;
  readonly verdict: "Complete" | "Failed" | undefined;
  readonly suspended: boolean;
  readonly now: number;
}

function jobStatus(job: KubeObject, facts: JobFacts): JsonObject {
  const before = objectAt(job, "status");
  const time = formatTime(facts.now);
  let conditions = objectsAt(before, "conditions");
  for (const spec of verdictConditions(facts)) conditions = withCondition(conditions, spec, time);
  const over = facts.verdict !== undefined || facts.suspended;
  return {
    active: over ? undefined : facts.active.length || undefined,
    succeeded: facts.succeeded || undefined,
    failed: facts.failed || undefined,
    ready: over ? 0 : facts.active.filter(isReady).length,
    terminating: 0,
    startTime: facts.suspended ? undefined : (stringAt(before, "startTime") ?? time),
    completionTime: facts.verdict === "Complete" ? (stringAt(before, "completionTime") ?? time) : undefined,
    conditions: conditions.length > 0 ? conditions : undefined,
    uncountedTerminatedPods: {},
  };
}

function verdictConditions({ verdict, suspended }: JobFacts): ConditionSpec[] {
  if (suspended) return [{ type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" }];
  switch (verdict) {
    case undefined:
      return [];
    case "Complete": {
      const why = { reason: "CompletionsReached", message: "Reached expected number of succeeded pods" };
      return [
        { type: "SuccessCriteriaMet", status: "True", ...why },
        { type: "Complete", status: "True", ...why },
      ];
    }
    case "Failed": {
      const why = { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };
      return [
        { type: "FailureTarget", status: "True", ...why },
        { type: "Failed", status: "True", ...why },
      ];
    }
  }
}

function expire(job: KubeObject, now: number): Decision {
  const ttlSeconds = numberAt(job, "spec", "ttlSecondsAfterFinished");
  if (ttlSeconds === undefined) return { changes: [] };
  const conditions = objectsAt(job, "status", "conditions");
  const ended = conditions.find((each) => each["type"] === "Complete" || each["type"] === "Failed");
  const left = (parseTime(ended?.["lastTransitionTime"]) ?? now) + ttlSeconds * 1000 - now;
  return left > 0 ? { changes: [], wakeAfterMs: left } : { changes: [{ verb: "delete", object: job }] };
}
