import {
  findCondition,
  OwnerLabel,
  parseApiVersion,
  type GroupVersionKind,
  type ObjectKey,
  type UnstructuredObject,
} from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { RestMapping } from "@sluice/kube";
import { withCluster } from "../cluster/cluster.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { CliError, usageError } from "../errors.ts";
import { isSource } from "../kinds/by-noun.ts";
import type { FluxObject } from "../kinds/flux-kind.ts";
import { fluxKinds, kustomization } from "../kinds/kinds.ts";
import { defineCommand } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { text } from "../program/flag.ts";

/** An object to trace, as the user named it. */
interface Subject {
  readonly gvk: GroupVersionKind;
  readonly name: string;
  readonly namespaced: boolean;
}

/** Lines of `Key: value`; empty values are left out. */
type Block = readonly (readonly [key: string, value: string])[];

/** `trace`. */
export const trace: Command = defineCommand({
  name: "trace",
  usage: "<resource> <name> [<name> ...]",
  summary: "Find out which Kustomization and source an object comes from",
  description: `Follows an object back to what applied it: the Kustomization and the source that it was built from. Objects that
were made by others (a Pod by its Deployment) are traced through their owners.`,
  example: `  $0 trace deployment/payment-service -n payment
  $0 trace pod payment-service-7c9f -n payment
  $0 trace payment-service --kind=Deployment --api-version=apps/v1 -n payment`,
  flags: {
    kind: text("kind of the object, with --api-version instead of the first argument"),
    "api-version": text("API version of the object's kind, e.g. apps/v1"),
  },
  async run(invocation) {
    const { args, flags, io, say } = invocation;
    await withCluster(invocation, async (cluster) => {
      const mappings = await cluster.client.restMapper.mappings({ signal: cluster.signal });
      const subjects =
        flags.kind !== "" || flags["api-version"] !== ""
          ? [subjectOfKind(mappings, args, flags.kind, flags["api-version"])]
          : subjectsOf(mappings, args);
      for (const [index, subject] of subjects.entries()) {
        if (index > 0) io.stdout.write("---\n");
        try {
          io.stdout.write(formatBlocks(await traceObject(cluster, subject)));
        } catch (error) {
          cluster.signal.throwIfAborted();
          const where = `${subject.gvk.kind}/${subject.name} in namespace ${cluster.namespace}`;
          say.failure(`failed to trace ${where}: ${messageOf(error)}`);
        }
      }
    });
  },
});

function subjectOfKind(
  mappings: readonly RestMapping[],
  args: readonly string[],
  kind: string,
  apiVersion: string,
): Subject {
  const [name] = args;
  if (name === undefined) throw usageError("object name is required");
  if (kind === "") throw usageError("object kind is required (--kind)");
  if (apiVersion === "") throw usageError("object apiVersion is required (--api-version)");
  const gvk = { ...parseApiVersion(apiVersion), kind };
  const mapping = mappings.find((each) => each.gvk.kind === kind && each.gvk.group === gvk.group);
  return { gvk, name, namespaced: mapping?.namespaced ?? true };
}

/** Reads `<resource>/<name>` and `<resource> <name>…`. */
function subjectsOf(mappings: readonly RestMapping[], args: readonly string[]): readonly Subject[] {
  const pairs = args.some((arg) => arg.includes("/"))
    ? args.map((arg) => arg.split("/"))
    : args.slice(1).map((name) => [args[0], name]);
  if (pairs.length === 0 || pairs.some((pair) => pair.length !== 2)) {
    throw usageError("either `<resource>/<name>` or `<resource> <name>` is required as an argument");
  }
  return pairs.map(([resource = "", name = ""]) => {
    const [word = "", ...group] = resource.toLowerCase().split(".");
    const found = mappings.find(
      (each) =>
        [each.resource, each.singular, each.gvk.kind.toLowerCase(), ...each.shortNames].includes(word) &&
        (group.length === 0 || each.gvk.group === group.join(".")),
    );
    if (found === undefined)
      throw new CliError("NotFound", `the server doesn't have a resource type ${JSON.stringify(resource)}`);
    return { gvk: found.gvk, name, namespaced: found.namespaced };
  });
}

async function traceObject(cluster: Cluster, subject: Subject): Promise<readonly Block[]> {
  const { client, namespace, signal } = cluster;
  const key = subject.namespaced ? { namespace, name: subject.name } : { name: subject.name };
  const object = await client.get(subject.gvk, key, { signal });
  const owner = await findKustomization(cluster, object);
  if (owner === undefined) throw new CliError("NotFound", "object not managed by Flux");
  const applier = await client.get<FluxObject>(kustomization.gvk, owner, { signal });
  const blocks: Block[] = [
    [
      ["Object", `${object.kind}/${object.metadata.name}`],
      ["Namespace", object.metadata.namespace ?? ""],
      ["Status", "Managed by Flux"],
    ],
    [
      ["Kustomization", owner.name],
      ["Namespace", owner.namespace ?? ""],
      ["Target", textOf(applier.spec?.["targetNamespace"])],
      ["Path", textOf(applier.spec?.["path"])],
      ["Revision", applier.status?.lastAppliedRevision ?? ""],
      ...readiness(applier),
    ],
  ];
  const reference = applier.spec?.sourceRef;
  const source = fluxKinds.find((kind) => isSource(kind) && kind.gvk.kind === reference?.kind);
  if (reference === undefined || source === undefined) return blocks;
  const sourceKey: ObjectKey = { namespace: reference.namespace ?? owner.namespace ?? namespace, name: reference.name };
  return [...blocks, sourceBlock(await client.get<FluxObject>(source.gvk, sourceKey, { signal }))];
}

/** The Kustomization whose labels the object, or one of its owners, carries. */
async function findKustomization(
  cluster: Pick<Cluster, "client" | "signal">,
  object: UnstructuredObject,
): Promise<ObjectKey | undefined> {
  const { labels = {}, namespace, ownerReferences = [] } = object.metadata;
  const name = labels[OwnerLabel.Name];
  const ownerNamespace = labels[OwnerLabel.Namespace];
  if (name !== undefined && ownerNamespace !== undefined) return { namespace: ownerNamespace, name };
  for (const reference of ownerReferences) {
    const gvk = { ...parseApiVersion(reference.apiVersion), kind: reference.kind };
    const key = namespace === undefined ? { name: reference.name } : { namespace, name: reference.name };
    const parent = await cluster.client.find(gvk, key, { signal: cluster.signal });
    const found = parent === undefined ? undefined : await findKustomization(cluster, parent);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sourceBlock(source: FluxObject): Block {
  const ref: unknown = source.spec?.["ref"];
  const field = (name: string): string =>
    typeof ref === "object" && ref !== null && name in ref
      ? textOf((ref as { readonly [key: string]: unknown })[name])
      : "";
  const tag = field("tag") === "" ? field("semver") : field("tag");
  return [
    [source.kind, source.metadata.name],
    ["Namespace", source.metadata.namespace ?? ""],
    ["URL", textOf(source.spec?.["url"])],
    ...(tag === "" ? [["Branch", field("branch")] as const] : [["Tag", tag] as const]),
    ["Revision", source.status?.artifact?.revision ?? ""],
    ...readiness(source),
  ];
}

function readiness(object: FluxObject): Block {
  const ready = findCondition(object.status?.conditions, "Ready");
  if (ready === undefined) return [["Status", "Unknown"]];
  const verb = ready.status === "False" ? "Last reconciliation failed at" : "Last reconciled at";
  return [
    ["Status", `${verb} ${formatTime(ready.lastTransitionTime)}`],
    ["Message", ready.message],
  ];
}

/** Writes an RFC 3339 time as Go prints one. */
function formatTime(time: string): string {
  const parsed = new Date(time);
  return Number.isNaN(parsed.getTime())
    ? time
    : parsed
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, " +0000 UTC");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const KEY_WIDTH = 17;

function formatBlocks(blocks: readonly Block[]): string {
  return `\n${blocks
    .map((block) =>
      block
        .filter(([, value]) => value !== "")
        .map(([key, value]) => `${`${key}:`.padEnd(KEY_WIDTH)}${value}\n`)
        .join(""),
    )
    .join("---\n")}`;
}
