import type { Json, JsonObject } from "../json/json.ts";

/** The schema of a custom resource as `/openapi/v3` publishes it: with its envelope and its kind. */
export function customResourceOpenApi(
  schema: JsonObject | undefined,
  gvk: { readonly group: string; readonly version: string; readonly kind: string },
): Json {
  const base: JsonObject = schema ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const properties = base["properties"];
  return {
    ...base,
    properties: {
      ...(typeof properties === "object" && properties !== null && !Array.isArray(properties) ? properties : {}),
      apiVersion: { type: "string", description: "The version of the schema that the object is written in." },
      kind: { type: "string", description: "The kind of the object." },
      metadata: {
        description: "Standard object's metadata.",
        allOf: [{ $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" }],
      },
    },
    "x-kubernetes-group-version-kind": [{ ...gvk }],
  };
}
