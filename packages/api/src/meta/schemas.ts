import type { JsonSchema } from "./custom-resource-definition.ts";

/** The schema of `metav1.Condition` as every Flux definition has it. */
export const conditionSchema: JsonSchema = {
  description: "One fact about the object's state.",
  type: "object",
  properties: {
    lastTransitionTime: { description: "When the status last changed.", type: "string", format: "date-time" },
    message: { description: "Details for people. May be empty.", type: "string", maxLength: 32768 },
    observedGeneration: {
      description: "The generation of the object that this is about.",
      type: "integer",
      format: "int64",
      minimum: 0,
    },
    reason: {
      description: "The cause of the last change, in one CamelCase word.",
      type: "string",
      minLength: 1,
      maxLength: 1024,
      pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
    },
    status: { description: "Whether it holds.", type: "string", enum: ["True", "False", "Unknown"] },
    type: {
      description: "What it is about, in CamelCase.",
      type: "string",
      maxLength: 316,
      pattern:
        "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
    },
  },
  required: ["lastTransitionTime", "message", "reason", "status", "type"],
};

/** The schema of {@link Artifact}. */
export const artifactSchema: JsonSchema = {
  description: "A stored tarball.",
  type: "object",
  properties: {
    digest: {
      description: "Digest of the file: `<algorithm>:<checksum>`.",
      type: "string",
      pattern: "^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$",
    },
    lastUpdateTime: { description: "When it was stored.", type: "string", format: "date-time" },
    metadata: {
      description: "What the source says about the revision.",
      type: "object",
      additionalProperties: { type: "string" },
    },
    path: { description: "The file, relative to the storage's root.", type: "string" },
    revision: { description: "The revision of the source that it holds.", type: "string" },
    size: { description: "Size of the file in bytes.", type: "integer", format: "int64" },
    url: { description: "Where to download it inside the cluster.", type: "string" },
  },
  required: ["digest", "lastUpdateTime", "path", "revision", "url"],
};

/** Names an object in the same namespace. `description` says what of. */
export function localReferenceSchema(description: string): JsonSchema {
  return {
    description,
    type: "object",
    properties: { name: { description: "Name of the object.", type: "string" } },
    required: ["name"],
  };
}

/** A Go duration with hours. */
export const durationPattern = "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$";
