import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { PatchError } from "../errors.ts";
import { equalJson, parseJson, type JsonObject, type JsonValue } from "../json/json.ts";
import { typeSchemaFromDefinitions, type OpenApiDefinitions } from "../schema/from-openapi.ts";
import type { TypeSchema } from "../schema/type-schema.ts";
import { createThreeWayMergePatch, createTwoWayMergePatch } from "./create.ts";
import { applyStrategicMergePatch } from "./strategic-merge.ts";

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly object: JsonObject;
  readonly patch: JsonValue;
  /** For created patches: what the object is to become, and what it was meanwhile. */
  readonly modified?: JsonObject;
  readonly current?: JsonObject;
  /** What a real server's machinery makes of it. */
  readonly want?: JsonValue;
  readonly error?: string;
  readonly status?: number;
}

const codes = new Map([
  [400, "InvalidPatch"],
  [422, "PatchFailed"],
  [500, "UnmergeablePatch"],
]);

/** The built-in types are data of a package of the same layer: read, not imported. */
const definitionsFile = new URL("../../../api/src/kubernetes/generated/definitions.json", import.meta.url);
const definitions = JSON.parse(readFileSync(definitionsFile, "utf8")) as OpenApiDefinitions;

function schemaOf(kind: string): TypeSchema {
  return typeSchemaFromDefinitions(definitions, `io.k8s.api.${kind === "Deployment" ? "apps" : "core"}.v1.${kind}`);
}

function readCases(file: string): Case[] {
  const text = readFileSync(new URL(`../../testdata/strategic-merge/${file}`, import.meta.url), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => parseJson(line) as unknown as Case);
}

describe("strategic merge patch, as a real server has it", () => {
  for (const each of readCases("apply.jsonl")) {
    test(`${each.name}: ${JSON.stringify(each.patch)}`, () => {
      const before = JSON.stringify(each.object);
      const act = (): JsonObject => applyStrategicMergePatch(each.object, each.patch, schemaOf(each.kind));
      if (each.error === undefined) {
        const result = act();
        assert.ok(equalJson(result, each.want), `got ${JSON.stringify(result)}, want ${JSON.stringify(each.want)}`);
      } else {
        assert.throws(act, (error) => {
          assert.ok(error instanceof PatchError);
          assert.equal(withoutTypeNames(error.message), withoutTypeNames(each.error ?? ""));
          assert.equal(error.code, codes.get(each.status ?? 0));
          return true;
        });
      }
      assert.equal(JSON.stringify(each.object), before, "the input was mutated");
    });
  }
});

/** Schemas do not know what Go calls their structs. */
function withoutTypeNames(message: string): string {
  return message.replace(/in struct \w+ for/, "in struct for");
}

describe("created patches, as kubectl has them", () => {
  for (const { name, kind, object, modified = {}, current, want } of readCases("create.jsonl")) {
    test(name, () => {
      const before = JSON.stringify([object, modified, current]);
      const schema = schemaOf(kind);
      const patch =
        current === undefined
          ? createTwoWayMergePatch(object, modified, schema)
          : createThreeWayMergePatch({ original: object, modified, current }, schema);
      assert.ok(equalJson(patch, want), `got ${JSON.stringify(patch)}, want ${JSON.stringify(want)}`);
      assert.equal(JSON.stringify([object, modified, current]), before, "the input was mutated");
    });
  }
});
