import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { decodeFieldsV1 } from "../field-path/fields-v1.ts";
import { isObject, parseJson, setOwn, type JsonObject, type JsonValue } from "../json/json.ts";
import {
  typeSchemaFromCustomResource,
  typeSchemaFromDefinitions,
  type OpenApiDefinitions,
  type OpenApiSchema,
} from "../schema/from-openapi.ts";
import { deduced, type TypeSchema } from "../schema/type-schema.ts";
import { serverSideApply } from "./apply.ts";
import { ConflictError } from "./conflict.ts";
import { trackUpdate } from "./update.ts";
import type { VersionConverter } from "./versions.ts";

interface Step {
  readonly op: "apply" | "update" | "set";
  readonly manager?: string;
  readonly force?: boolean;
  readonly subresource?: string;
  readonly apiVersion?: string;
  readonly reset?: { readonly [apiVersion: string]: JsonValue };
  readonly object: JsonObject;
  readonly now: string;
  /** The object afterwards, as a real server's machinery has it. */
  readonly want?: JsonObject;
  readonly error?: string;
  readonly causes?: readonly { readonly message: string; readonly field: string }[];
}

interface Scenario {
  readonly name: string;
  /** `apps/v1 Deployment`, `crd` or `deduced`. */
  readonly type: string;
  readonly schema?: { readonly [apiVersion: string]: OpenApiSchema };
  /** For kinds with several versions: what `spec.<first>` is called in each. */
  readonly rename?: { readonly [apiVersion: string]: readonly [string, string] };
  readonly steps: readonly Step[];
}

/** The built-in types are data of a package of the same layer: read, not imported. */
const definitionsFile = new URL("../../../api/src/kubernetes/generated/definitions.json", import.meta.url);
const definitions = JSON.parse(readFileSync(definitionsFile, "utf8")) as OpenApiDefinitions;

const directory = new URL("../../testdata/structured-merge/", import.meta.url);

function readScenarios(file: string): Scenario[] {
  const lines = readFileSync(new URL(file, directory), "utf8").trimEnd().split("\n");
  return lines.map((line) => parseJson(line) as unknown as Scenario);
}

function schemaOf(scenario: Scenario, apiVersion: string): TypeSchema | undefined {
  if (scenario.type === "deduced") return deduced;
  const schema = scenario.schema?.[apiVersion];
  if (scenario.type === "crd") return schema && typeSchemaFromCustomResource(schema, { definitions });
  const [version, kind] = scenario.type.split(" ");
  const group = version!.includes("/") ? version!.slice(0, version!.indexOf("/")) : "core";
  return version === apiVersion ? typeSchemaFromDefinitions(definitions, `io.k8s.api.${group}.v1.${kind}`) : undefined;
}

function converterOf(scenario: Scenario): VersionConverter {
  return (object, apiVersion) => {
    const schema = schemaOf(scenario, apiVersion);
    return schema && { object: rename(scenario, object, apiVersion), schema };
  };
}

function rename({ rename: names }: Scenario, object: JsonObject, apiVersion: string): JsonObject {
  const from = names?.[object.apiVersion as string]?.[1];
  const to = names?.[apiVersion]?.[1];
  const { spec } = object;
  if (from === to || from === undefined || to === undefined || !isObject(spec) || spec[from] === undefined) {
    return { ...object, apiVersion };
  }
  const { [from]: value, ...rest } = spec;
  return { ...object, apiVersion, spec: { ...rest, [to]: value as JsonValue } };
}

function run(scenario: Scenario): void {
  const convert = converterOf(scenario);
  let live: JsonObject | undefined;
  for (const [index, step] of scenario.steps.entries()) {
    const place = `${scenario.name}, step ${index}`;
    if (step.op === "set") {
      live = step.object;
      continue;
    }
    const apiVersion = step.apiVersion ?? (step.object.apiVersion as string);
    const before = live === undefined || live.apiVersion === apiVersion ? live : convert(live, apiVersion)!.object;
    const request = {
      manager: step.manager ?? "",
      schema: schemaOf(scenario, apiVersion)!,
      apiVersion,
      ...(step.subresource === undefined ? {} : { subresource: step.subresource }),
      now: step.now,
      convert,
      resetFields: new Map(Object.entries(step.reset ?? {}).map(([version, set]) => [version, decodeFieldsV1(set)])),
    };
    const inputs = freeze([before ?? null, step.object]);
    const act = (): JsonObject =>
      step.op === "apply"
        ? serverSideApply({ ...request, live: before, applied: step.object, force: step.force === true }).object
        : trackUpdate({ ...request, before, after: step.object });
    if (step.want === undefined) {
      assert.throws(act, (error: Error) => {
        assert.equal(error.message, step.error, place);
        if (step.causes === undefined) return true;
        assert.ok(error instanceof ConflictError, place);
        const causes = error.causes.map(({ reason, ...rest }) => ({ reason, ...rest }));
        assert.deepEqual(sortCauses(causes), sortCauses(step.causes), place);
        return true;
      });
    } else {
      live = act();
      assert.deepEqual(plain(live), plain(step.want), place);
    }
    assert.ok(inputs);
  }
}

function sortCauses<T extends { message: string; field: string }>(causes: readonly T[]): T[] {
  return causes.toSorted((a, b) => (a.message + a.field < b.message + b.field ? -1 : 1));
}

/** Any attempt to mutate an input throws. */
function freeze(value: JsonValue): JsonValue {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freeze(item);
  }
  return value;
}

/** deepEqual does not see own `__proto__` properties: they are renamed. */
function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const result = {};
  for (const [key, item] of Object.entries(value))
    setOwn(result, key === "__proto__" ? "own __proto__" : key, plain(item));
  return result;
}

for (const file of readdirSync(directory)) {
  describe(`structured merge: ${file}`, () => {
    for (const scenario of readScenarios(file)) test(scenario.name, () => run(scenario));
  });
}
