import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonSchema } from "../../meta/custom-resource-definition.ts";
import { gitRepositoryCrd } from "./git-repository-crd.ts";
import { gitRepositoryGvk } from "./git-repository.ts";

const { spec, metadata } = gitRepositoryCrd;

function* walk(schema: JsonSchema, path: string): Generator<readonly [string, JsonSchema]> {
  yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {})) yield* walk(property, `${path}.${name}`);
  if (schema.items !== undefined) yield* walk(schema.items, `${path}[]`);
}

test("names and versions belong together", () => {
  assert.equal(metadata.name, `${spec.names.plural}.${spec.group}`);
  assert.equal(spec.names.kind, gitRepositoryGvk.kind);
  assert.deepEqual(
    spec.versions.filter((version) => version.storage).map((version) => version.name),
    [gitRepositoryGvk.version],
  );
  assert.deepEqual(
    spec.versions.map((version) => version.name),
    ["v1", "v1beta2"],
  );
});

test("every field has a type, every pattern compiles, every required field exists", () => {
  for (const version of spec.versions) {
    assert.ok(version.schema !== undefined);
    for (const [path, schema] of walk(version.schema.openAPIV3Schema, version.name)) {
      assert.ok(schema.type !== undefined, path);
      if (schema.pattern !== undefined) assert.doesNotThrow(() => new RegExp(schema.pattern ?? "", "u"), path);
      for (const name of schema.required ?? []) assert.ok(schema.properties?.[name] !== undefined, `${path}.${name}`);
    }
  }
});
