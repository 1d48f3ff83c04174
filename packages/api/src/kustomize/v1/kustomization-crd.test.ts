import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonSchema } from "../../meta/custom-resource-definition.ts";
import { kustomizationCrd } from "./kustomization-crd.ts";

function undescribed(schema: JsonSchema, path: string): string[] {
  const own = schema.description === undefined && path.includes(".") && !path.endsWith("[]") ? [path] : [];
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    undescribed(field, `${path}.${name}`),
  );
  return [...own, ...fields, ...(schema.items === undefined ? [] : undescribed(schema.items, `${path}[]`))];
}

test("every field of the definition has a description", () => {
  const schema = kustomizationCrd.spec.versions[0]!.schema!.openAPIV3Schema;
  assert.deepEqual(undescribed(schema, "Kustomization"), ["Kustomization.metadata"]);
});

test("exactly one version is stored, and all share one schema", () => {
  const { versions } = kustomizationCrd.spec;
  assert.deepEqual(
    versions.map(({ name, served, storage }) => ({ name, served, storage })),
    [
      { name: "v1", served: true, storage: true },
      { name: "v1beta2", served: true, storage: false },
    ],
  );
  assert.equal(versions[0]?.schema, versions[1]?.schema);
});
