import type { Condition, GroupVersionKind, KubernetesObject } from "@sluice/api";
import { findCondition } from "@sluice/api";
import { shortenHex } from "../text/hex.ts";

/** The fields that objects of all Flux kinds share, as far as the command line reads them. */
export interface FluxObject extends KubernetesObject {
  readonly spec?: {
    readonly suspend?: boolean;
    readonly sourceRef?: { readonly kind: string; readonly name: string; readonly namespace?: string };
    readonly kubeConfig?: unknown;
    readonly [field: string]: unknown;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly lastHandledReconcileAt?: string;
    readonly lastAppliedRevision?: string;
    readonly lastAttemptedRevision?: string;
    readonly artifact?: { readonly revision: string; readonly size?: number };
    readonly inventory?: { readonly entries?: readonly { readonly id: string; readonly v: string }[] };
    readonly [field: string]: unknown;
  };
}

/** What the command line knows about a kind: how it is called, listed and described. */
export interface FluxKind {
  readonly gvk: GroupVersionKind;
  /** Plural in URLs and CRD names. */
  readonly plural: string;
  /** The noun of `create`, `delete`, `suspend`, …, with its aliases; preceded by `source` for sources. */
  readonly noun: string;
  readonly aliases: readonly string[];
  /** As sentences call it: `source git`, `kustomization`. */
  readonly humanKind: string;
  /** Columns of `get` between the name and MESSAGE's neighbours, in order. */
  readonly columns: readonly Column[];
  /** What `reconcile` and `resume` say at the end. */
  successMessage(object: FluxObject): string;
}

/** One column of `get`. */
export interface Column {
  readonly header: string;
  cell(object: FluxObject): string;
}

/** The two columns about readiness that every kind ends with. */
export const readinessColumns: readonly Column[] = [
  { header: "Ready", cell: (object) => readinessOf(object).status },
  { header: "Message", cell: (object) => shortenHex(readinessOf(object).message) },
];

export const suspendedColumn: Column = {
  header: "Suspended",
  cell: (object) => (object.spec?.suspend === true ? "True" : "False"),
};

/** What `Ready` says, or that nobody has looked at the object yet. */
export function readinessOf(object: FluxObject): { readonly status: string; readonly message: string } {
  const ready = findCondition(object.status?.conditions, "Ready");
  return ready ?? { status: "False", message: "waiting to be reconciled" };
}

/** Whether a condition has a status; the case of both words does not matter. */
export function conditionMatches(object: FluxObject, type: string, status: string): boolean {
  const condition = object.status?.conditions?.findLast((each) => each.type.toLowerCase() === type.toLowerCase());
  return condition !== undefined && condition.status.toLowerCase() === status.toLowerCase();
}
