import type { KubernetesObject } from "@sluice/api";
import { withCluster } from "../cluster/cluster.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { followObjects } from "../cluster/follow.ts";
import { usageError } from "../errors.ts";
import type { FluxObject } from "../kinds/flux-kind.ts";
import { fluxFamily } from "../kinds/family.ts";
import { fluxKinds } from "../kinds/kinds.ts";
import { formatTable } from "../printers/table.ts";
import { defineCommand } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean, list, text } from "../program/flag.ts";
import { allNamespacesFlag } from "../program/global-flags.ts";
import { humanDuration } from "../text/duration.ts";

const eventGvk = { group: "", version: "v1", kind: "Event" };

/** A core Event. Times are RFC 3339, absent or null when unknown. */
interface Event extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string } | null;
  readonly involvedObject: { readonly kind?: string; readonly name?: string; readonly namespace?: string };
}

const FLUX_KINDS = fluxFamily.map((each) => each.kind);

/** Which events to ask the server for. */
interface Wanted {
  readonly namespace?: string;
  readonly fieldSelector?: string;
}

/** `events`. */
export const events: Command = defineCommand({
  name: "events",
  summary: "Display the events of Flux objects",
  description: "Prints the Kubernetes events of Flux objects, oldest first.",
  example: `  # Everything that happened in all namespaces
  $0 events -A

  # One Kustomization and its source, as it happens
  $0 events --for Kustomization/payment-service --watch

  # Failures alone
  $0 events --types Warning`,
  flags: {
    "all-namespaces": allNamespacesFlag,
    for: text("only this object or kind, as Kind or Kind/name"),
    types: list("only these types of events: Normal, Warning", [], { choices: ["Normal", "Warning"] }),
    watch: boolean("go on as events happen, until interrupted", false, { short: "w" }),
  },
  async run(invocation) {
    const { flags, io, say } = invocation;
    const types = flags.types.map((type) => {
      const known = ["Normal", "Warning"].find((each) => each.toLowerCase() === type.toLowerCase());
      if (known === undefined) throw usageError(`type '${type}' not supported. Supported types are Normal, Warning`);
      return known;
    });
    const accepts = (event: Event): boolean =>
      FLUX_KINDS.includes(event.involvedObject.kind ?? "") && (types.length === 0 || types.includes(event.type ?? ""));
    await withCluster(
      invocation,
      async (cluster) => {
        const wanted = await selectEvents(cluster, flags.for, flags["all-namespaces"]);
        const withNamespace = flags["all-namespaces"] || wanted.some((each) => each.namespace !== cluster.namespace);
        const header = [...(withNamespace ? ["Namespace"] : []), "Last seen", "Type", "Reason", "Object", "Message"];
        const rowsOf = (found: readonly Event[]): string[][] =>
          found
            .filter(accepts)
            .toSorted((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b)))
            .map((event) => rowOf(event, withNamespace, io.now()));
        if (flags.watch) {
          io.stdout.write(formatTable(header, []));
          const print = (found: readonly Event[]): void => io.stdout.write(formatTable([], rowsOf(found)));
          const changed = (event: Event, isDeleted: boolean): void => print(isDeleted ? [] : [event]);
          const { client, signal } = cluster;
          await Promise.all(
            wanted.map((each) =>
              followObjects<Event>(client, { gvk: eventGvk, ...each, signal }, { listed: once(print), changed }),
            ),
          );
          return;
        }
        const lists = await Promise.all(
          wanted.map((each) => cluster.client.list<Event>(eventGvk, { ...each, signal: cluster.signal })),
        );
        const rows = rowsOf(lists.flatMap((each) => each.items));
        if (rows.length > 0) io.stdout.write(formatTable(header, rows));
        else
          say.failure(
            flags["all-namespaces"] ? "No events found." : `No events found in ${cluster.namespace} namespace.`,
          );
      },
      { endless: flags.watch },
    );
  },
});

/** Translates `--for`; a named object's source is included, as that is where its trouble often begins. */
async function selectEvents(cluster: Cluster, selector: string, everywhere: boolean): Promise<readonly Wanted[]> {
  const place = everywhere ? {} : { namespace: cluster.namespace };
  if (selector === "") return [place];
  const [kindName = "", name, ...more] = selector.split("/");
  if (kindName === "" || more.length > 0) throw usageError("--for selector must be of format <kind>[/<name>]");
  const known = FLUX_KINDS.find((each) => each.toLowerCase() === kindName.toLowerCase());
  if (known === undefined) throw usageError(`'${kindName}' is not a recognized Flux kind`);
  if (name === undefined) return [{ ...place, fieldSelector: `involvedObject.kind=${known}` }];
  const own = { ...place, fieldSelector: `involvedObject.kind=${known},involvedObject.name=${name}` };
  const kind = fluxKinds.find((each) => each.gvk.kind === known);
  if (kind === undefined) return [own];
  const { client, namespace, signal } = cluster;
  const object = await client.get<FluxObject>(kind.gvk, { namespace, name }, { signal });
  const source = object.spec?.sourceRef;
  if (source === undefined) return [own];
  const fieldSelector = `involvedObject.kind=${source.kind},involvedObject.name=${source.name}`;
  return [own, { namespace: source.namespace ?? namespace, fieldSelector }];
}

/** Lets a list through once: what a stream repeats after a break has been printed already. */
function once<T>(print: (items: readonly T[]) => void): (items: readonly T[]) => void {
  let isFirst = true;
  return (items) => {
    if (isFirst) print(items);
    isFirst = false;
  };
}

function rowOf(event: Event, withNamespace: boolean, now: number): string[] {
  const { involvedObject: object } = event;
  return [
    ...(withNamespace ? [event.metadata.namespace ?? ""] : []),
    lastSeen(event, now),
    event.type ?? "",
    event.reason ?? "",
    `${object.kind ?? ""}/${object.name ?? ""}`,
    event.message ?? "",
  ];
}

function timeOf(event: Event): string {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? "";
}

/** `3m12s`, or `10s (x4 over 3m12s)` for what was seen several times. */
function lastSeen(event: Event, now: number): string {
  const since = (time: string | null | undefined): string =>
    time === undefined || time === null ? "<unknown>" : humanDuration(now - Date.parse(time));
  const first = since(event.eventTime ?? event.firstTimestamp);
  if (event.series) return `${since(event.series.lastObservedTime)} (x${event.series.count} over ${first})`;
  return (event.count ?? 1) > 1 ? `${since(event.lastTimestamp)} (x${event.count ?? 1} over ${first})` : first;
}
