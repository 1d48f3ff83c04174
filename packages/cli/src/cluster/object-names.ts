import type { GroupVersionKind } from "@sluice/api";
import type { ArgumentCompleter } from "../program/command.ts";
import { withCluster } from "./cluster.ts";

/** Completes an argument with the names of a kind's objects. */
export function objectNames(gvk: GroupVersionKind): ArgumentCompleter {
  return (invocation, word) =>
    withCluster(invocation, async ({ client, namespace, signal }) => {
      const { items } = await client.list(gvk, { namespace, signal, metadataOnly: true });
      return items.map((item) => item.metadata.name).filter((name) => name.startsWith(word));
    });
}
