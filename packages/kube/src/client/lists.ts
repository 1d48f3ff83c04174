import { formatApiVersion, type GroupVersionKind, type KubernetesList, type KubernetesObject } from "@sluice/api";
import { ConnectionError } from "../errors.ts";
import { asFailure } from "./status-error.ts";

/** Reads one page of a list. Throws `ConnectionError("MalformedResponse")` for what is none. */
export function readList<T extends KubernetesObject>(answer: unknown, path: string): KubernetesList<T> {
  if (typeof answer === "object" && answer !== null && asFailure(answer) === undefined) {
    const list = answer as Partial<KubernetesList<T>>;
    // An empty Go slice without omitempty arrives as null.
    if (Array.isArray(list.items) || list.items === null) {
      return { ...(list as KubernetesList<T>), metadata: list.metadata ?? {}, items: list.items ?? [] };
    }
  }
  throw new ConnectionError("MalformedResponse", `GET ${path}: the answer is not a list`);
}

/** Lists of built-in kinds leave apiVersion and kind out of their items. */
export function withKind<T extends KubernetesObject>(gvk: GroupVersionKind, item: T): T {
  if (item.kind !== undefined && item.apiVersion !== undefined) return item;
  return { ...item, apiVersion: formatApiVersion(gvk), kind: gvk.kind };
}
