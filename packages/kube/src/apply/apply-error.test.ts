import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { StatusError, type StatusReason, type UnstructuredObject } from "@sluice/api";
import { NoMatchError } from "../errors.ts";
import { dryRunError, maskSecret } from "./apply-error.ts";

const deployment: UnstructuredObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "podinfo", namespace: "apps" },
};

function refusal(reason: StatusReason, code: number, message: string, cause?: string): StatusError {
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    reason,
    code,
    message,
    ...(cause !== undefined && { details: { causes: [{ reason: cause }] } }),
  });
}

const cases: { name: string; cause: unknown; code: string; want: string }[] = [
  {
    name: "invalid",
    cause: refusal("Invalid", 422, "spec.selector: field is immutable"),
    code: "DryRunFailed",
    want: "Deployment/apps/podinfo dry-run failed (Invalid): spec.selector: field is immutable",
  },
  {
    name: "not found",
    cause: refusal("NotFound", 404, 'namespaces "apps" not found'),
    code: "DryRunFailed",
    want: 'Deployment/apps/podinfo not found: namespaces "apps" not found',
  },
  {
    name: "conflict of managers",
    cause: refusal("Conflict", 409, "conflict with helm", "FieldManagerConflict"),
    code: "DryRunFailed",
    want: "Deployment/apps/podinfo dry-run failed (FieldManagerConflict): conflict with helm",
  },
  {
    name: "unknown kind",
    cause: new NoMatchError({ group: "example.com", version: "v1", kind: "Widget" }),
    code: "KindUnknown",
    want: 'Deployment/apps/podinfo dry-run failed: no matches for kind "Widget" in version "example.com/v1"',
  },
  {
    name: "no status at all",
    cause: new Error("socket hang up"),
    code: "DryRunFailed",
    want: "Deployment/apps/podinfo dry-run failed: socket hang up",
  },
];

for (const { name, cause, code, want } of cases) {
  test(`dryRunError: ${name}`, () => {
    const error = dryRunError(deployment, cause);
    assert.equal(error.code, code);
    assert.equal(error.message, want);
    assert.equal(error.cause, cause);
  });
}

test("values of a Secret never show, however the server quotes them", () => {
  const password = 'p"ss\nword';
  const encoded = Buffer.from(password).toString("base64");
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: encoded, b: "x" } };
  const message = `${encoded} | ${password} | ${JSON.stringify(password)} | Invalid value: "x-part" | "x" | data`;
  assert.equal(maskSecret(message, secret), "*** | *** | *** | Invalid value: *** | *** | data");
  assert.equal(maskSecret(message, deployment), message);
});

test("values of a Secret never show where they have the wrong type", () => {
  const refused = (value: string): string =>
    `.data.password: expected string, got &value.valueUnstructured{Value:${value}}`;
  const secretOf = (data: unknown): UnstructuredObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    data,
  });
  for (const [data, value] of [
    [{ password: { nested: "hunter22" } }, 'map[string]interface {}{"nested":"hunter22"}'],
    [{ password: ["hunter22"] }, '[]interface {}{"hunter22"}'],
    [{ password: 12345678 }, "12345678"],
    [{ password: true }, "true"],
    ["x", '&value.valueUnstructured{Value:"x"}'],
  ] as const) {
    const masked = maskSecret(`errors:\n  ${refused(value)}\n  ${refused(value)}`, secretOf(data));
    const want = ".data.password: expected string, got ***";
    assert.equal(masked, `errors:\n  ${want}\n  ${want}`);
  }
  assert.equal(maskSecret("cannot read hunter22 here", secretOf({ a: [{ b: "hunter22" }] })), "cannot read *** here");
});
