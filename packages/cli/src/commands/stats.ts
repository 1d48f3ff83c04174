import type { KubernetesList } from "@sluice/api";
import { withCluster } from "../cluster/cluster.ts";
import { standingOf } from "../cluster/readiness.ts";
import type { FluxObject } from "../kinds/flux-kind.ts";
import { fluxFamily, newestOf } from "../kinds/family.ts";
import { formatTable } from "../printers/table.ts";
import { defineCommand } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { allNamespacesFlag } from "../program/global-flags.ts";
import { formatSize } from "../text/size.ts";

/** Flux leaves the last two of the family out. */
const COUNTED = 13;

/** `stats`. */
export const stats: Command = defineCommand({
  name: "stats",
  summary: "Count the Flux objects by how they stand",
  description:
    "Prints how many objects of each kind there are, how many fail or are suspended, and how much their artifacts take.",
  example: "  $0 stats --all-namespaces",
  flags: { "all-namespaces": allNamespacesFlag },
  async run(invocation) {
    const { flags, io } = invocation;
    const { isNoMatch } = await import("@sluice/kube");
    const rows = await withCluster(invocation, ({ client, namespace, signal }) =>
      Promise.all(
        fluxFamily.slice(0, COUNTED).map(async (member) => {
          const gvk = newestOf(member);
          const options = flags["all-namespaces"] ? { signal } : { namespace, signal };
          const list = await client.list<FluxObject>(gvk, options).catch((error: unknown) => {
            if (isNoMatch(error)) return undefined;
            throw error;
          });
          return rowOf(gvk.kind, list);
        }),
      ),
    );
    io.stdout.write(formatTable(["Reconcilers", "Running", "Failing", "Suspended", "Storage"], rows));
  },
});

function rowOf(kind: string, list: KubernetesList<FluxObject> | undefined): string[] {
  const items = list?.items ?? [];
  const failing = items.filter((item) => ["retrying", "stalled"].includes(standingOf(item).state)).length;
  const suspended = items.filter((item) => item.spec?.suspend === true).length;
  const bytes = items.reduce((sum, item) => sum + (item.status?.artifact?.size ?? 0), 0);
  return [
    kind,
    String(items.length - suspended),
    String(failing),
    String(suspended),
    bytes === 0 ? "-" : formatSize(bytes),
  ];
}
