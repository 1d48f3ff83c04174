import type { ListOptions } from "@sluice/kube";
import { withCluster } from "../../cluster/cluster.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { followObjects } from "../../cluster/follow.ts";
import { CliError, usageError } from "../../errors.ts";
import { conditionMatches } from "../../kinds/flux-kind.ts";
import type { Column, FluxKind, FluxObject } from "../../kinds/flux-kind.ts";
import { formatTable } from "../../printers/table.ts";
import type { Invocation } from "../../program/command.ts";
import { boolean, text } from "../../program/flag.ts";
import type { Flag } from "../../program/flag.ts";
import { allNamespacesFlag, labelSelectorFlag } from "../../program/global-flags.ts";

/** The flags of all `get` commands. */
export type GetFlags = {
  readonly "all-namespaces": Flag<boolean>;
  readonly "label-selector": Flag<string>;
  readonly "no-header": Flag<boolean>;
  readonly "status-selector": Flag<string>;
  readonly watch: Flag<boolean>;
};

export const getFlags: GetFlags = {
  "all-namespaces": allNamespacesFlag,
  "label-selector": labelSelectorFlag,
  "no-header": boolean("leave the header out"),
  "status-selector": text("only objects whose condition has a status, e.g. ready=false or ready!=true"),
  watch: boolean("print again what changes, until interrupted", false, { short: "w" }),
};

/** What is shown of a kind, and which objects. */
export interface Selection {
  readonly kind: FluxKind;
  /** The kind's own columns where absent. */
  readonly columns?: readonly Column[];
  /** One object; all where absent. */
  readonly name?: string;
  /** `kind/name` instead of the name, for tables of several kinds. */
  readonly withKind?: boolean;
}

/** Prints a table of a kind's objects, and with `--watch` a row for each that changes. */
export async function getObjects(invocation: Invocation<GetFlags>, selection: Selection): Promise<void> {
  const matches = parseStatusSelector(invocation.flags["status-selector"]);
  const table = createTable(invocation, selection);
  const print = (objects: readonly FluxObject[]): void => invocation.io.stdout.write(table(objects.filter(matches)));
  if (!invocation.flags.watch) {
    await withCluster(invocation, async (cluster) => {
      const items = await listObjects(invocation, cluster, selection);
      if (items.length === 0) throw notFound(invocation, selection);
      print(items);
    });
    return;
  }
  const changed = (object: FluxObject, isDeleted: boolean): void => print(isDeleted ? [] : [object]);
  await withCluster(
    invocation,
    (cluster) => {
      const following = { gvk: selection.kind.gvk, ...listOptions(invocation, cluster, selection) };
      return followObjects<FluxObject>(cluster.client, following, { listed: print, changed });
    },
    { endless: true },
  );
}

/** The objects of a selection. A kind that the server does not serve throws `NoMatchError`. */
export async function listObjects(
  invocation: Invocation<GetFlags>,
  cluster: Cluster,
  selection: Selection,
): Promise<readonly FluxObject[]> {
  return (await cluster.client.list<FluxObject>(selection.kind.gvk, listOptions(invocation, cluster, selection))).items;
}

/** Returns a function that lays objects out as table rows, the header before the first ones. */
export function createTable(
  invocation: Invocation<GetFlags>,
  selection: Selection,
): (objects: readonly FluxObject[]) => string {
  const { flags } = invocation;
  const columns: Column[] = [
    ...(flags["all-namespaces"] ? [{ header: "Namespace", cell: namespaceOf }] : []),
    { header: "Name", cell: (object) => nameOf(object, selection) },
    ...(selection.columns ?? selection.kind.columns),
  ];
  let header = flags["no-header"] ? [] : columns.map((column) => column.header);
  return (objects) => {
    const rows = objects.map((object) => columns.map((column) => column.cell(object)));
    const text = formatTable(header, rows);
    header = [];
    return text;
  };
}

/** Reads `type=status` or `type!=status` into a predicate; everything matches without one. */
export function parseStatusSelector(selector: string): (object: FluxObject) => boolean {
  if (selector === "") return () => true;
  const match = /^(.*?)(!?=)(.*)$/s.exec(selector);
  if (match === null) {
    throw usageError(`expected status selector in type=status or type!=status format, but found: ${selector}`);
  }
  const [, type = "", operator, status = ""] = match;
  const wanted = operator === "=";
  return (object) => conditionMatches(object, type, status) === wanted;
}

function listOptions(
  invocation: Invocation<GetFlags>,
  cluster: Cluster,
  { name }: Selection,
): ListOptions & { readonly signal: AbortSignal } {
  const labelSelector = invocation.flags["label-selector"];
  return {
    signal: cluster.signal,
    ...(invocation.flags["all-namespaces"] ? {} : { namespace: cluster.namespace }),
    ...(labelSelector === "" ? {} : { labelSelector }),
    ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
  };
}

function notFound(invocation: Invocation<GetFlags>, { kind, name }: Selection): CliError {
  const where = invocation.flags["all-namespaces"] ? "any" : JSON.stringify(invocation.flags.namespace);
  return new CliError(
    "NotFound",
    name === undefined
      ? `no ${kind.gvk.kind} objects found in ${where} namespace`
      : `${kind.gvk.kind} object '${name}' not found in ${where} namespace`,
  );
}

function namespaceOf(object: FluxObject): string {
  return object.metadata.namespace ?? "";
}

function nameOf(object: FluxObject, { kind, withKind }: Selection): string {
  return withKind === true ? `${kind.gvk.kind.toLowerCase()}/${object.metadata.name}` : object.metadata.name;
}
