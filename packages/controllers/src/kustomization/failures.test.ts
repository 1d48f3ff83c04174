import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError, type StatusReason } from "@sluice/api";
import { ApplyError } from "@sluice/kube";
import type { Failure } from "../runtime/index.ts";
import { failureOf } from "./failures.ts";

function refusal(code: number, reason?: StatusReason): ApplyError {
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", code } as const;
  const cause = new StatusError(reason === undefined ? status : { ...status, reason });
  return new ApplyError("DryRunFailed", "dry-run failed", { cause });
}

const cases: readonly { readonly name: string; readonly thrown: unknown; readonly want: Failure["disposition"] }[] = [
  { name: "an invalid object", thrown: refusal(422, "Invalid"), want: "retry" },
  { name: "an object that does not fit its schema", thrown: refusal(500), want: "retry" },
  { name: "a server in trouble", thrown: refusal(500, "InternalError"), want: "backoff" },
  { name: "a server that is away", thrown: refusal(503, "ServiceUnavailable"), want: "backoff" },
  { name: "a server with too much to do", thrown: refusal(429, "TooManyRequests"), want: "backoff" },
  { name: "anything else", thrown: new Error("?"), want: "backoff" },
];

for (const { name, thrown, want } of cases) {
  test(`${name} means ${want}`, () => {
    const { reason, disposition } = failureOf(thrown);
    assert.deepEqual([reason, disposition], ["ReconciliationFailed", want]);
  });
}
