import { isObject, objectAt, valueAt, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject, OwnerReferenceJson } from "../json/object.ts";

const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** JSON with sorted members: equal for equal values. */
function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.keys(value)
    .sort()
    .filter((key) => value[key] !== undefined);
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** A short name-safe hash (32-bit FNV-1a) of a pod template, without the labels that controllers add to it. */
export function hashTemplate(template: Json | undefined): string {
  let hash = 0x811c9dc5;
  for (const character of canonical(withoutHashLabel(template))) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  let text = "";
  for (const digit of hash.toString()) text += alphabet[Number(digit)] ?? "";
  return text;
}

function withoutHashLabel(template: Json | undefined): Json | undefined {
  if (!isObject(template)) return template;
  const labels = objectAt(template, "metadata", "labels");
  if (labels?.["pod-template-hash"] === undefined) return template;
  const { "pod-template-hash": _, ...rest } = labels;
  return { ...template, metadata: { ...objectAt(template, "metadata"), labels: rest } };
}

/** A reference that makes `owner` the controller of whatever carries it. */
export function controllerReference(owner: KubeObject): OwnerReferenceJson {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** A pod as a controller makes it from the template of its owner. */
export function podFromTemplate(
  owner: KubeObject,
  name: { readonly name: string } | { readonly generateName: string },
  extra: { readonly labels?: { [key: string]: string }; readonly spec?: JsonObject } = {},
): KubeObject {
  const template = objectAt(owner, "spec", "template");
  const metadata = objectAt(template, "metadata");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...("name" in name ? { name: name.name } : { name: "", generateName: name.generateName }),
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: { ...(objectAt(metadata, "labels") as { [key: string]: string } | undefined), ...extra.labels },
      ...(metadata?.["annotations"] === undefined
        ? {}
        : { annotations: { ...(objectAt(metadata, "annotations") as { [key: string]: string }) } }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: { ...(structuredClone(valueAt(template, "spec")) as JsonObject), ...extra.spec },
  };
}
