import assert from "node:assert/strict";
import { test } from "node:test";
import { requestedAtAnnotation, type Condition, type FluxStatus, type KubernetesObject } from "@sluice/api";
import type { Client } from "@sluice/kube";
import { FakeClock } from "@sluice/testing";
import type { EventDraft } from "./events.ts";
import type { Failure } from "./failure.ts";
import { Reconciliation, type Outcome } from "./reconciliation.ts";

interface Widget extends KubernetesObject {
  readonly status?: FluxStatus & { readonly artifact?: { readonly url: string } };
}

const failures: { readonly [message: string]: Failure } = {
  retry: { reason: "BuildFailed", disposition: "retry" },
  wait: { reason: "DependencyNotReady", disposition: "wait", event: "Normal" },
  stall: { reason: "AccessDenied", disposition: "stall" },
  backoff: { reason: "ReconciliationFailed", disposition: "backoff" },
  requeue: { reason: "HealthCheckCanceled", disposition: "requeue" },
  unhealthy: { reason: "HealthCheckFailed", disposition: "retry", condition: { type: "Healthy", status: "False" } },
};

const ready: Condition = {
  type: "Ready",
  status: "True",
  observedGeneration: 2,
  lastTransitionTime: "2025-01-01T00:00:00Z",
  reason: "ReconciliationSucceeded",
  message: "Applied revision: a",
};

/** Runs steps on one widget and returns all that left the reconciliation. */
async function run(
  status: Widget["status"],
  steps: (reconciliation: Reconciliation<Widget>) => Promise<unknown>,
  options: { annotations?: { readonly [key: string]: string }; signal?: AbortSignal } = {},
): Promise<{ patches: unknown[]; events: EventDraft[]; result: unknown; status: Widget["status"] }> {
  const patches: { status: object }[] = [];
  const events: EventDraft[] = [];
  const object: Widget = {
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name: "x", generation: 2, ...(options.annotations && { annotations: options.annotations }) },
    ...(status && { status }),
  };
  const client = {
    patch: (_gvk: unknown, _key: unknown, patch: { body: { status: object } }) => {
      patches.push(patch.body);
      return Promise.resolve(object);
    },
  } as unknown as Client;
  const reconciliation = new Reconciliation<Widget>(object, {
    kind: {
      controller: "widget-controller",
      failureConditions: ["FetchFailed"],
      failureOf: (thrown) => failures[(thrown as Error).message] ?? failures["backoff"]!,
    },
    runtime: { client, clock: new FakeClock(), recorder: { event: (_object, draft) => void events.push(draft) } },
    signal: options.signal ?? new AbortController().signal,
  });
  const result = await steps(reconciliation);
  return { patches, events, result, status: reconciliation.object.status };
}

function failed(message: string): Outcome {
  return { kind: "failed", error: new Error(message), retryAfterMs: 5000, waitAfterMs: 30_000 };
}

const succeeded: Outcome = {
  kind: "succeeded",
  reason: "ReconciliationSucceeded",
  message: "Applied revision: a",
  requeueAfterMs: 60_000,
};

/** `Ready=True ReconciliationSucceeded`. */
function summary(status: Widget["status"]): string[] {
  return (status?.conditions ?? []).map((each) => `${each.type}=${each.status} ${each.reason}`).toSorted();
}

test("an attempt that changes nothing writes nothing, progress included", async () => {
  const { patches, events, result } = await run({ observedGeneration: 2, conditions: [ready] }, async (each) => {
    await each.progress("Fetching");
    return each.finish(succeeded);
  });
  assert.deepEqual({ patches, events, result }, { patches: [], events: [], result: { requeueAfterMs: 60_000 } });
});

test("a new generation makes Ready unknown while work goes on, and is observed at the end", async () => {
  const seen: string[][] = [];
  const { patches, status } = await run({ observedGeneration: 1, conditions: [ready] }, async (each) => {
    await each.progress("Fetching");
    seen.push(summary(each.object.status));
    each.record({ artifact: { url: "u" } });
    return each.finish(succeeded);
  });
  assert.deepEqual(seen, [["Ready=Unknown Progressing", "Reconciling=True Progressing"]]);
  assert.deepEqual(summary(status), ["Ready=True ReconciliationSucceeded"]);
  assert.deepEqual([patches.length, status?.observedGeneration, status?.artifact], [2, 2, { url: "u" }]);
});

test("a success removes what told of trouble", async () => {
  const trouble: Condition = { ...ready, type: "FetchFailed", reason: "X" };
  const stalled: Condition = { ...ready, type: "Stalled", reason: "X" };
  const { status } = await run({ conditions: [trouble, stalled] }, (each) => each.finish(succeeded));
  assert.deepEqual(summary(status), ["Ready=True ReconciliationSucceeded"]);
});

const outcomes: {
  name: string;
  conditions: string[];
  result: unknown;
  events: string[];
  observed: number | undefined;
}[] = [
  {
    name: "retry",
    conditions: ["Ready=False BuildFailed", "Reconciling=True ProgressingWithRetry"],
    result: { requeueAfterMs: 5000 },
    events: ["Warning BuildFailed"],
    observed: undefined,
  },
  {
    name: "wait",
    conditions: ["Ready=False DependencyNotReady", "Reconciling=True ProgressingWithRetry"],
    result: { requeueAfterMs: 30_000 },
    events: ["Normal DependencyNotReady"],
    observed: undefined,
  },
  {
    name: "stall",
    conditions: ["Ready=False AccessDenied", "Stalled=True AccessDenied"],
    result: {},
    events: ["Warning AccessDenied"],
    observed: 2,
  },
  {
    name: "requeue",
    conditions: ["Ready=False HealthCheckCanceled", "Reconciling=True ProgressingWithRetry"],
    result: { requeueAfterMs: 0 },
    events: [],
    observed: undefined,
  },
  {
    name: "unhealthy",
    conditions: [
      "Healthy=False HealthCheckFailed",
      "Ready=False HealthCheckFailed",
      "Reconciling=True ProgressingWithRetry",
    ],
    result: { requeueAfterMs: 5000 },
    events: ["Warning HealthCheckFailed"],
    observed: undefined,
  },
];

for (const { name, conditions, result, events, observed } of outcomes) {
  test(`failure: ${name}`, async () => {
    const ended = await run(undefined, async (each) => {
      await each.progress("Building");
      return each.finish(failed(name));
    });
    assert.deepEqual(summary(ended.status), conditions);
    assert.deepEqual(ended.result, result);
    assert.deepEqual(
      ended.events.map((each) => `${each.type} ${each.reason}`),
      events,
    );
    assert.equal(ended.status?.observedGeneration, observed);
  });
}

test("back-off writes the verdict, then leaves the delay to the queue", async () => {
  let status: Widget["status"];
  await assert.rejects(
    run(undefined, async (each) => {
      try {
        return await each.finish(failed("backoff"));
      } finally {
        ({ status } = each.object);
      }
    }),
    /backoff/,
  );
  assert.deepEqual(summary(status), ["Ready=False ReconciliationFailed"]);
});

test("waiting for the same thing again is no news", async () => {
  const waiting: Condition = { ...ready, status: "False", reason: "DependencyNotReady", message: "wait" };
  const { patches, events } = await run({ conditions: [waiting] }, (each) => each.finish(failed("wait")));
  assert.deepEqual([patches, events], [[], []]);
});

test("a request is handled however the attempt ends, but not while it is pending", async () => {
  const annotations = { [requestedAtAnnotation]: "now" };
  const handled = async (outcome: Outcome): Promise<string | undefined> =>
    (await run(undefined, (each) => each.finish(outcome), { annotations })).status?.lastHandledReconcileAt;
  assert.equal(await handled(succeeded), "now");
  assert.equal(await handled(failed("retry")), "now");
  assert.equal(await handled({ kind: "pending" }), undefined);
});

test("a cancelled attempt writes nothing", async () => {
  const signal = AbortSignal.abort(new Error("shut down"));
  const steps = run(undefined, (each) => each.finish(failed("retry")), { signal });
  await assert.rejects(steps, /retry/);
});

test("credentials in errors are masked, and steps cannot write Ready", async () => {
  const { status, events } = await run(undefined, (each) =>
    each.finish(failed("cannot clone https://user:hunter2@example.com/repo")).catch(() => undefined),
  );
  assert.doesNotMatch(JSON.stringify([status, events]), /hunter2/);
  await run(undefined, (each) => {
    assert.throws(() => each.establish({ ...ready, status: "True" }), TypeError);
    return Promise.resolve();
  });
});
