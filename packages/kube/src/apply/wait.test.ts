import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnstructuredObject } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import type { Client } from "../client/client.ts";
import { waitUntilReady } from "./wait.ts";

const stuck: UnstructuredObject = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "stuck", deletionTimestamp: "2026-11-01T12:00:00Z" },
};
const client = { find: () => Promise.resolve(stuck) } as unknown as Client;
const message = /^timeout waiting for: \[Namespace\/stuck status: 'Terminating'/;

test("waitUntilReady() says what it waited for and why, when its time is over", async () => {
  const clock = new FakeClock(new Date("2026-11-01T12:00:00Z"));
  const { signal } = new AbortController();
  const waiting = waitUntilReady(client, [stuck], { clock, signal, timeoutMs: 5000 });
  const outcome = assert.rejects(waiting, { code: "NotReady", message });
  await clock.advance(10_000);
  await outcome;
});

test("waitUntilReady() says the same when the time of the whole attempt is over, and nothing when it is cancelled", async () => {
  for (const [reason, expected] of [
    [new DOMException("out of time", "TimeoutError"), { code: "NotReady", message }],
    [new DOMException("stopped", "AbortError"), { name: "AbortError" }],
  ] as const) {
    const clock = new FakeClock(new Date("2026-11-01T12:00:00Z"));
    const controller = new AbortController();
    const waiting = waitUntilReady(client, [stuck], { clock, signal: controller.signal, timeoutMs: 60_000 });
    const outcome = assert.rejects(waiting, expected);
    await clock.advance(1000);
    controller.abort(reason);
    await outcome;
  }
});
