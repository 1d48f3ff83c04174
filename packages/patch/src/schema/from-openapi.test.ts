import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { typeSchemaFromCustomResource, typeSchemaFromDefinitions, type OpenApiSchema } from "./from-openapi.ts";
import { deduced, isDeducedMap, type TypeSchema } from "./type-schema.ts";

const definitions = {
  Node: {
    type: "object",
    properties: {
      children: { type: "array", items: { $ref: "Node" }, "x-kubernetes-list-type": "atomic" },
      selector: { $ref: "Labels", "x-kubernetes-map-type": "atomic" },
      labels: { $ref: "#/components/schemas/Labels" },
      wrapped: { allOf: [{ $ref: "#/components/schemas/Labels" }], default: {} },
      items: {
        type: "array",
        items: { $ref: "Item" },
        "x-kubernetes-patch-strategy": "merge,retainKeys",
        "x-kubernetes-patch-merge-key": "name",
      },
      names: { type: "array", items: { type: "string" }, "x-kubernetes-patch-strategy": "merge" },
      strategy: { $ref: "Labels", "x-kubernetes-patch-strategy": "retainKeys" },
      raw: { $ref: "io.k8s.apimachinery.pkg.runtime.RawExtension" },
    },
  },
  Item: { type: "object", properties: { name: { type: "string", default: "x" }, port: { type: "integer" } } },
  Labels: { type: "object", additionalProperties: { type: "string", default: "" } },
  "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": { type: "object", properties: { name: { type: "string" } } },
} as const satisfies { [name: string]: OpenApiSchema };

function field(type: TypeSchema, ...path: string[]): TypeSchema {
  return path.reduce((at, name) => at.map!.fields.get(name)!.type, type);
}

describe("definitions", () => {
  const node = typeSchemaFromDefinitions(definitions, "Node");

  test("may be recursive, and are built once", () => {
    assert.equal(field(node, "children").list!.element, node);
    assert.equal(typeSchemaFromDefinitions(definitions, "Node"), node);
  });

  test("a reference may override how the map merges", () => {
    assert.equal(field(node, "labels").map!.relationship, "granular");
    assert.equal(field(node, "selector").map!.relationship, "atomic");
    assert.equal(field(node, "wrapped"), field(node, "labels"));
  });

  test("patch strategies tell about lists without a list type", () => {
    const { relationship, keys } = field(node, "items").list!;
    assert.deepEqual({ relationship, keys }, { relationship: "associative", keys: ["name"] });
    assert.deepEqual(field(node, "names").list!.keys, []);
    assert.equal(field(node, "names").list!.relationship, "associative");
    const { patchStrategies, patchMergeKey } = node.map!.fields.get("items")!;
    assert.deepEqual(
      { patchStrategies, patchMergeKey },
      { patchStrategies: ["merge", "retainKeys"], patchMergeKey: "name" },
    );
    assert.equal(field(node, "items").list!.element.map!.fields.get("name")!.default, "x");
  });

  test("raw extensions are one value", () => assert.equal(field(node, "raw").map!.relationship, "atomic"));

  test("a missing definition is an error", () => {
    assert.throws(() => typeSchemaFromDefinitions(definitions, "Nope"), { code: "InvalidSchema" });
    assert.throws(() => typeSchemaFromDefinitions(definitions, "constructor"), { code: "InvalidSchema" });
  });
});

describe("custom resources", () => {
  const build = (properties: { [name: string]: OpenApiSchema }): TypeSchema =>
    typeSchemaFromCustomResource({ type: "object", properties }, { definitions });

  test("have the fields of every object", () => {
    const type = build({ spec: { type: "object" } });
    assert.equal(field(type, "apiVersion").scalar, "string");
    assert.equal(field(type, "metadata", "name").scalar, "string");
    assert.equal(type.map!.element, undefined);
  });

  test("without a schema are deduced", () => {
    assert.equal(typeSchemaFromCustomResource(undefined, { definitions }), deduced);
    const schema = { type: "object" };
    assert.equal(typeSchemaFromCustomResource(schema, { definitions, preserveUnknownFields: true }), deduced);
  });

  test("preserve unknown fields below where they say so", () => {
    const type = build({
      open: {
        type: "object",
        "x-kubernetes-preserve-unknown-fields": true,
        properties: { known: { type: "object", properties: { a: { type: "string" } } } },
      },
      closed: { type: "object", properties: { a: { type: "string" } } },
      free: { type: "object" },
      any: {},
    });
    assert.equal(field(type, "open").map!.element, deduced);
    assert.equal(field(type, "open", "known").map!.element, deduced);
    assert.equal(field(type, "closed").map!.element, undefined);
    assert.ok(isDeducedMap(field(type, "free").map!));
    assert.deepEqual(Object.keys(field(type, "any")).toSorted(), ["list", "map", "scalar"]);
  });

  test("embed resources", () => {
    const type = build({ template: { type: "object", "x-kubernetes-embedded-resource": true } });
    assert.equal(field(type, "template", "metadata", "name").scalar, "string");
  });

  const broken: [string, OpenApiSchema][] = [
    ["missing map keys", { type: "array", items: { type: "object" }, "x-kubernetes-list-type": "map" }],
    ["unknown list type bag", { type: "array", "x-kubernetes-list-type": "bag" }],
    ["unknown map type fuzzy", { type: "object", "x-kubernetes-map-type": "fuzzy" }],
    ["unrecognized type: 'quark'", { type: "quark" }],
  ];
  for (const [message, schema] of broken) {
    test(message, () => assert.throws(() => build({ a: schema }), { code: "InvalidSchema", message }));
  }
});
