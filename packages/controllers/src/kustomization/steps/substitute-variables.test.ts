import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnstructuredObject } from "@sluice/api";
import { substituteVariables } from "./substitute-variables.ts";

function deployment(spec: object, annotations?: { [key: string]: string }): UnstructuredObject {
  const metadata = { name: "app", namespace: "apps", ...(annotations && { annotations }) };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
}

function run(
  object: UnstructuredObject,
  values: { [name: string]: string },
  secrets: string[] = [],
): UnstructuredObject {
  return substituteVariables(object, { values: new Map(Object.entries(values)), secrets });
}

test("expressions become values, whose type is what YAML makes of them", () => {
  const object = deployment({ replicas: "${n}", host: "${name:=app}.${domain}", flag: "${on}" });
  assert.deepEqual(run(object, { n: "3", domain: "example.com", on: "true" })["spec"], {
    replicas: 3,
    host: "app.example.com",
    flag: true,
  });
});

test("an object can opt out", () => {
  const object = deployment({ host: "${x}" }, { "kustomize.toolkit.fluxcd.io/substitute": "disabled" });
  assert.equal(run(object, { a: "b" }), object);
});

const failures: { name: string; spec: object; values: { [name: string]: string }; want: RegExp }[] = [
  {
    name: "a variable that is not set",
    spec: { host: "${missing}" },
    values: { a: "b" },
    want: /^KustomizationError: post build failed for 'Deployment\/apps\/app': envsubst error: .*"missing"/,
  },
  { name: "an invalid name", spec: {}, values: { "a-b": "c" }, want: /'a-b' var name is invalid, must match/ },
  { name: "a value that breaks the YAML", spec: { a: "${x}" }, values: { x: "[{" }, want: /envsubst error: / },
];

for (const { name, spec, values, want } of failures) {
  test(`substitution fails for ${name}`, () => {
    assert.throws(() => run(deployment(spec), values), want);
  });
}

test("values of Secrets do not show when the result is malformed", () => {
  assert.throws(
    () => run(deployment({ a: "${x}" }), { x: "@hunter2{" }, ["@hunter2{"]),
    (error) => error instanceof Error && !error.message.includes("hunter2"),
  );
});
