import {
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  valueAt,
  type Json,
  type JsonObject,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { labelSelectorOf } from "../selectors/label-selector.ts";
import type { Column } from "./columns.ts";
import { age } from "./duration.ts";

/** The cells that several kinds share. */

export const ageColumn: Column = { name: "Age", cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) };

/** A column with a text at the end of a path. */
export function text(
  name: string,
  path: string,
  options: { readonly empty?: string; readonly wide?: boolean } = {},
): Column {
  const { empty = "<none>", wide = false } = options;
  return { name, wide, cell: (object) => formatScalar(valueAt(object, ...path.split(".")), empty) };
}

function formatScalar(value: Json | undefined, empty: string): string {
  if (typeof value === "string") return value === "" ? empty : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : empty;
}

/** A column with a number at the end of a path; 0 where there is none. */
export function count(name: string, path: string, wide = false): Column {
  return { name, type: "integer", wide, cell: (object) => numberAt(object, ...path.split(".")) ?? 0 };
}

/** The containers of a pod spec under a path, by name or by image. */
function containers(path: readonly string[], member: "name" | "image"): (object: KubeObject) => string {
  return (object) => {
    const list = objectsAt(object, ...path, "containers").map((container) => stringAt(container, member) ?? "");
    return list.length === 0 ? "<none>" : list.join(",");
  };
}

export function containerColumns(...path: readonly string[]): Column[] {
  return [
    { name: "Containers", wide: true, cell: containers(path, "name") },
    { name: "Images", wide: true, cell: containers(path, "image") },
  ];
}

/** Label selectors as `kubectl` writes them. */
export const selectorColumn: Column = {
  name: "Selector",
  wide: true,
  cell: (object) => {
    const selector = objectAt(object, "spec", "selector");
    return labelSelectorOf(selector)?.toString() || "<none>";
  },
};

/** A map as `a=b,c=d`. */
export function formatMap(map: JsonObject | undefined): string {
  const entries = Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? "<none>" : entries.map(([key, value]) => `${key}=${formatScalar(value, "")}`).join(",");
}

export function keyCount(object: KubeObject, ...members: readonly string[]): number {
  return members.reduce((sum, member) => sum + Object.keys(objectAt(object, member) ?? {}).length, 0);
}

/** `RWO,ROX` for a list of access modes. */
export function accessModes(object: KubeObject, ...path: readonly string[]): string {
  const short: Readonly<Record<string, string>> = {
    ReadWriteOnce: "RWO",
    ReadOnlyMany: "ROX",
    ReadWriteMany: "RWX",
    ReadWriteOncePod: "RWOP",
  };
  return stringsAt(object, ...path)
    .map((mode) => short[mode] ?? mode)
    .join(",");
}

/** Addresses of a load balancer. */
export function loadBalancerAddresses(object: KubeObject): string {
  return objectsAt(object, "status", "loadBalancer", "ingress")
    .map((ingress) => stringAt(ingress, "ip") ?? stringAt(ingress, "hostname") ?? "")
    .filter((address) => address !== "")
    .join(",");
}

/** Whether a condition of a type is true. */
export function hasCondition(object: JsonObject, type: string): boolean {
  return objectsAt(object, "status", "conditions").some(
    (condition) => condition["type"] === type && condition["status"] === "True",
  );
}
