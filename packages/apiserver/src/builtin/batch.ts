import type { FieldErrors } from "../errors/field-errors.ts";
import {
  cloneJson,
  ensureObject,
  equalJson,
  numberAt,
  objectAt,
  setDefault,
  setDefaultString,
  stringAt,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { hasSameTemplate, templateWarnings, validateNonNegative } from "./apps.ts";
import { cronProblem } from "./cron.ts";
import { defaultTemplate } from "./pod-defaults.ts";
import { validateTemplate } from "./pod-validation.ts";
import { podWarnings } from "./pod-warnings.ts";
import type { StrategyOverrides } from "./strategy.ts";

/** Pods that run to their end must not be restarted for ever. */
const terminating = { restartPolicies: ["OnFailure", "Never"] } as const;

function validateJob(job: KubeObject, errors: FieldErrors): void {
  validateNonNegative(
    job,
    errors,
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
  );
  const mode = stringAt(job, "spec", "completionMode") ?? "";
  if (mode !== "NonIndexed" && mode !== "Indexed")
    errors.notSupported("spec.completionMode", mode, ["Indexed", "NonIndexed"]);
  if (mode === "Indexed" && numberAt(job, "spec", "completions") === undefined) {
    errors.required("spec.completions", "when completion mode is Indexed");
  }
  validateTemplate(objectAt(job, "spec"), "spec.template", errors, terminating);
}

/** The labels that tie a job's pods to it, unless the user takes care of that. */
function selectOwnPods(job: KubeObject): void {
  const spec = ensureObject(job, "spec");
  if (spec["manualSelector"] === true) return;
  const uid = job.metadata.uid ?? "";
  const { name } = job.metadata;
  const metadata = ensureObject(ensureObject(spec, "template"), "metadata");
  const labels = ensureObject(metadata, "labels");
  labels["batch.kubernetes.io/controller-uid"] = uid;
  labels["controller-uid"] = uid;
  labels["batch.kubernetes.io/job-name"] = name;
  labels["job-name"] = name;
  spec["selector"] = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
}

export const jobStrategy: StrategyOverrides = {
  warnings: templateWarnings,
  orphaningWarning:
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning",
  default: (job) => {
    const spec = ensureObject(job, "spec");
    if (spec["completions"] === undefined && spec["parallelism"] === undefined) {
      spec["completions"] = 1;
      spec["parallelism"] = 1;
    }
    setDefault(spec, "parallelism", 1);
    setDefault(spec, "backoffLimit", 6);
    setDefaultString(spec, "completionMode", "NonIndexed");
    setDefault(spec, "suspend", false);
    setDefault(spec, "manualSelector", false);
    setDefaultString(
      spec,
      "podReplacementPolicy",
      spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed",
    );
    defaultTemplate(spec);
  },
  prepareForCreate: (job) => {
    job["status"] = {};
    selectOwnPods(job);
    // A job without labels takes those of its pods.
    const labels = objectAt(job, "spec", "template", "metadata", "labels");
    if (Object.keys(job.metadata.labels ?? {}).length === 0 && labels !== undefined) {
      job.metadata.labels = cloneJson(labels) as { [key: string]: string };
    }
  },
  prepareForUpdate: (job, old, { subresource }) => {
    // What the server wrote into the selector and the template is not the client's to repeat.
    if (subresource !== "" || objectAt(job, "spec", "selector") !== undefined) return;
    const selector = objectAt(old, "spec", "selector");
    if (selector !== undefined) ensureObject(job, "spec")["selector"] = cloneJson(selector);
  },
  validate: validateJob,
  validateUpdate: (job, old, errors) => {
    validateJob(job, errors);
    const immutable = [
      "completions",
      "selector",
      "template",
      "completionMode",
      "podFailurePolicy",
      "backoffLimitPerIndex",
      "managedBy",
    ];
    const isSuspended =
      objectAt(old, "spec")?.["suspend"] === true && objectAt(old, "status")?.["startTime"] === undefined;
    for (const member of immutable) {
      if (member === "template" && (isSuspended || hasSameTemplate(job, old))) continue;
      const value = objectAt(job, "spec")?.[member];
      if (!equalJson(value, objectAt(old, "spec")?.[member]))
        errors.invalid(`spec.${member}`, value ?? null, "field is immutable");
    }
  },
  // Jobs once left their pods behind; the API keeps that for requests that do not say.
  defaultPropagation: "Orphan",
};

function validateCronJob(job: KubeObject, errors: FieldErrors): void {
  const schedule = stringAt(job, "spec", "schedule") ?? "";
  if (schedule === "") errors.required("spec.schedule");
  else {
    const problem = cronProblem(schedule);
    if (problem !== undefined) errors.invalid("spec.schedule", schedule, problem);
  }
  validateNonNegative(job, errors, "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit");
  const policy = stringAt(job, "spec", "concurrencyPolicy") ?? "";
  const policies = ["Allow", "Forbid", "Replace"];
  if (!policies.includes(policy)) errors.notSupported("spec.concurrencyPolicy", policy, policies);
  validateTemplate(objectAt(job, "spec", "jobTemplate", "spec"), "spec.jobTemplate.spec.template", errors, terminating);
  // Eleven characters are left for the name of the Job.
  if (job.metadata.name.length > 52)
    errors.invalid("metadata.name", job.metadata.name, "must be no more than 52 characters");
}

export const cronJobStrategy: StrategyOverrides = {
  warnings: (job) =>
    podWarnings(objectAt(job, "spec", "jobTemplate", "spec", "template") ?? {}, "spec.jobTemplate.spec.template"),
  default: (job) => {
    const spec = ensureObject(job, "spec");
    setDefaultString(spec, "concurrencyPolicy", "Allow");
    setDefault(spec, "suspend", false);
    setDefault(spec, "successfulJobsHistoryLimit", 3);
    setDefault(spec, "failedJobsHistoryLimit", 1);
    defaultTemplate(ensureObject(ensureObject(spec, "jobTemplate"), "spec"));
  },
  prepareForCreate: (job) => {
    job["status"] = {};
  },
  validate: validateCronJob,
  validateUpdate: (job, _old, errors) => validateCronJob(job, errors),
};
