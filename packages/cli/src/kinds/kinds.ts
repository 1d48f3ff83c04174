import { shortenHex } from "../text/hex.ts";
import { readinessColumns, suspendedColumn } from "./flux-kind.ts";
import type { FluxKind } from "./flux-kind.ts";

const SOURCE_GROUP = "source.toolkit.fluxcd.io";

/** GitRepository: `source git`. */
export const gitRepository: FluxKind = {
  gvk: { group: SOURCE_GROUP, version: "v1", kind: "GitRepository" },
  plural: "gitrepositories",
  noun: "git",
  aliases: [],
  humanKind: "source git",
  columns: [
    { header: "Revision", cell: (object) => shortenHex(object.status?.artifact?.revision ?? "") },
    suspendedColumn,
    ...readinessColumns,
  ],
  successMessage: (object) => `fetched revision ${object.status?.artifact?.revision ?? ""}`,
};

/** Kustomization: `kustomization`, `ks`. */
export const kustomization: FluxKind = {
  gvk: { group: "kustomize.toolkit.fluxcd.io", version: "v1", kind: "Kustomization" },
  plural: "kustomizations",
  noun: "kustomization",
  aliases: ["ks"],
  humanKind: "kustomization",
  columns: [
    { header: "Revision", cell: (object) => shortenHex(object.status?.lastAppliedRevision ?? "") },
    suspendedColumn,
    ...readinessColumns,
  ],
  successMessage: (object) => `applied revision ${object.status?.lastAppliedRevision ?? ""}`,
};

/** The kinds this program has a controller for, sources first. */
export const fluxKinds: readonly FluxKind[] = [gitRepository, kustomization];
