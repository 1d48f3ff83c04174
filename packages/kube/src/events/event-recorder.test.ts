import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError, type UnstructuredObject } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import type { Client } from "../client/client.ts";
import { createLogger } from "../logger.ts";
import { createEventRecorder, type EventRecorder } from "./event-recorder.ts";
import type { CoreEvent } from "./event.ts";

interface Setup {
  readonly recorder: EventRecorder;
  readonly clock: FakeClock;
  readonly created: CoreEvent[];
  readonly patches: { name: string; body: unknown }[];
  readonly log: string[];
  failWith: Error | undefined;
}

function setup(): Setup {
  const clock = new FakeClock();
  const log: string[] = [];
  const state: Setup = {
    clock,
    log,
    created: [],
    patches: [],
    failWith: undefined,
    recorder: undefined as never,
  };
  const client = {
    create: (event: CoreEvent) => {
      if (state.failWith !== undefined) return Promise.reject(state.failWith);
      state.created.push(event);
      return Promise.resolve(event);
    },
    patch: (_gvk: unknown, key: { name: string }, patch: { body: { count: number } }) => {
      if (state.failWith !== undefined) return Promise.reject(state.failWith);
      state.patches.push({ name: key.name, body: patch.body });
      const event = state.created.find((each) => each.metadata.name === key.name);
      return Promise.resolve({ ...event, ...patch.body });
    },
  } as unknown as Client;
  const logger = createLogger({ level: "info", write: (line) => log.push(line) });
  return Object.assign(state, {
    recorder: createEventRecorder(client, { component: "kustomize-controller", instance: "pod-1", clock, logger }),
  });
}

const object: UnstructuredObject = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  metadata: { name: "apps", namespace: "flux-system", uid: "u", resourceVersion: "9" },
};

test("an event says what happened to whom, from whom", async () => {
  const { recorder, created, clock } = setup();
  recorder.event(object, {
    type: "Normal",
    reason: "ReconciliationSucceeded",
    message: "Reconciliation finished",
    annotations: { "kustomize.toolkit.fluxcd.io/revision": "main@sha1:abc" },
  });
  await recorder.flush();
  assert.deepEqual(created, [
    {
      apiVersion: "v1",
      kind: "Event",
      metadata: {
        namespace: "flux-system",
        name: `apps.${(BigInt(clock.now()) * 1_000_000n).toString(16)}`,
        annotations: { "kustomize.toolkit.fluxcd.io/revision": "main@sha1:abc" },
      },
      involvedObject: {
        apiVersion: "kustomize.toolkit.fluxcd.io/v1",
        kind: "Kustomization",
        name: "apps",
        namespace: "flux-system",
        uid: "u",
        resourceVersion: "9",
      },
      type: "Normal",
      reason: "ReconciliationSucceeded",
      message: "Reconciliation finished",
      source: { component: "kustomize-controller", host: "pod-1" },
      reportingComponent: "kustomize-controller",
      reportingInstance: "pod-1",
      firstTimestamp: "2026-01-01T00:00:00Z",
      lastTimestamp: "2026-01-01T00:00:00Z",
      count: 1,
    },
  ]);
});

test("repetitions are counted, until the series is too old", async () => {
  const { recorder, created, patches, clock } = setup();
  const note = { type: "Warning", reason: "BuildFailed", message: "no such file" } as const;
  for (let count = 0; count < 3; count++) {
    recorder.event(object, note);
    await clock.advance(60_000);
  }
  recorder.event(object, { ...note, message: "another" });
  recorder.event({ ...object, metadata: { ...object.metadata, uid: "reborn" } }, note);
  await recorder.flush();
  assert.deepEqual(
    patches.map(({ body }) => body),
    [
      { count: 2, lastTimestamp: "2026-01-01T00:01:00Z" },
      { count: 3, lastTimestamp: "2026-01-01T00:02:00Z" },
    ],
  );
  assert.equal(created.length, 3);
  await clock.advance(600_000);
  recorder.event(object, note);
  await recorder.flush();
  assert.equal(created.length, 4);
});

test("two events in the same millisecond have different names", async () => {
  const { recorder, created } = setup();
  for (const message of ["one", "two", "three"]) recorder.event(object, { type: "Normal", reason: "R", message });
  await recorder.flush();
  assert.equal(new Set(created.map((each) => each.metadata.name)).size, 3);
});

test("an Event that the server has dropped is made anew", async () => {
  const state = setup();
  const note = { type: "Normal", reason: "R", message: "m" } as const;
  state.recorder.event(object, note);
  await state.recorder.flush();
  state.failWith = new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    reason: "NotFound",
    code: 404,
  });
  state.recorder.event(object, note);
  await state.recorder.flush();
  state.failWith = undefined;
  state.recorder.event(object, note);
  await state.recorder.flush();
  assert.deepEqual([state.created.length, state.patches.length], [1, 1]);
  assert.deepEqual(state.log, []);
});

test("an object that talks too much is silenced for a while, others are not", async () => {
  const { recorder, created, clock } = setup();
  const shout = (count: number): void => {
    for (let index = 0; index < count; index++)
      recorder.event(object, { type: "Normal", reason: "R", message: `${index}` });
  };
  shout(40);
  recorder.event({ ...object, metadata: { name: "quiet" } }, { type: "Normal", reason: "R", message: "m" });
  await recorder.flush();
  assert.equal(created.length, 26);
  assert.equal(created.at(-1)?.metadata.namespace, "default");
  await clock.advance(10 * 60_000);
  shout(5);
  await recorder.flush();
  assert.equal(created.length, 28);
});

test("the caller never hears of failures, and secrets do not get through", async () => {
  const state = setup();
  state.failWith = new Error("connection refused");
  state.recorder.event(object, { type: "Normal", reason: "R", message: "m" });
  await state.recorder.flush();
  assert.equal(state.log.length, 1);
  assert.match(state.log[0]!, /failed to record event/);
  state.recorder.event(undefined as never, { type: "Normal", reason: "R", message: "m" });
  state.failWith = undefined;
  state.recorder.event(object, {
    type: "Warning",
    reason: "R",
    message: `cannot clone https://user:hunter2@example.com/x: ${"x".repeat(50_000)}`,
  });
  await state.recorder.flush();
  assert.match(state.created[0]!.message, /^cannot clone https:\/\/\*{5}@example\.com\/x: x/);
  assert.equal(state.created[0]!.message.length, 39_000);
});
