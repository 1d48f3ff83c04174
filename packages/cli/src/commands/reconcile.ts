import { requestedAtAnnotation } from "@sluice/api";
import { awaitHandled } from "../cluster/await-ready.ts";
import { withCluster } from "../cluster/cluster.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { objectNames } from "../cluster/object-names.ts";
import { CliError, usageError } from "../errors.ts";
import type { Io } from "../io/io.ts";
import type { Messages } from "../io/messages.ts";
import { commandsByNoun, isSource } from "../kinds/by-noun.ts";
import type { FluxKind, FluxObject } from "../kinds/flux-kind.ts";
import { fluxKinds } from "../kinds/kinds.ts";
import { defineCommand, defineGroup } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean } from "../program/flag.ts";
import { rfc3339Nano } from "../text/timestamp.ts";

const withSourceFlags = { "with-source": boolean("reconcile the source first") };

function reconcileKind(kind: FluxKind): Command {
  const shared = {
    name: kind.noun,
    aliases: kind.aliases,
    usage: "[name]",
    summary: `Reconcile a ${kind.gvk.kind} now`,
    description: `Asks for a reconciliation of a ${kind.gvk.kind} outside its interval and waits for the result.`,
    completeArguments: objectNames(kind.gvk),
  };
  if (isSource(kind)) {
    return defineCommand({
      ...shared,
      example: `  $0 reconcile ${kind.humanKind} my-source`,
      async run(invocation) {
        const name = requireName(kind, invocation.args);
        await withCluster(invocation, (cluster) =>
          reconcile({ ...invocation, cluster }, kind, cluster.namespace, name),
        );
      },
    });
  }
  return defineCommand({
    ...shared,
    example: `  # Apply again what the source holds\n  $0 reconcile ${kind.noun} my-app\n\n  # Fetch the source first\n  $0 reconcile ${kind.noun} my-app --with-source`,
    flags: withSourceFlags,
    async run(invocation) {
      const name = requireName(kind, invocation.args);
      await withCluster(invocation, async (cluster) => {
        const context = { ...invocation, cluster };
        const { namespace } = cluster;
        if (invocation.flags["with-source"]) {
          const object = await getActive(cluster, kind, namespace, name);
          const reference = object.spec?.sourceRef;
          const source = fluxKinds.find((each) => isSource(each) && each.gvk.kind === reference?.kind);
          if (source === undefined || reference === undefined) {
            throw new CliError("Failed", `cannot reconcile source of kind ${reference?.kind ?? "(none)"}`);
          }
          await reconcile(context, source, reference.namespace ?? namespace, reference.name);
        }
        await reconcile(context, kind, namespace, name);
      });
    },
  });
}

function requireName(kind: FluxKind, args: readonly string[]): string {
  const [name] = args;
  if (name === undefined) throw usageError(`${kind.gvk.kind} name is required`);
  return name;
}

async function getActive(cluster: Cluster, kind: FluxKind, namespace: string, name: string): Promise<FluxObject> {
  const object = await cluster.client.get<FluxObject>(kind.gvk, { namespace, name }, { signal: cluster.signal });
  if (object.spec?.suspend === true) throw new CliError("Failed", "resource is suspended");
  return object;
}

async function reconcile(
  { cluster, say, io }: { readonly cluster: Cluster; readonly say: Messages; readonly io: Io },
  kind: FluxKind,
  namespace: string,
  name: string,
): Promise<void> {
  const before = await getActive(cluster, kind, namespace, name);
  say.action(`annotating ${kind.gvk.kind} ${name} in ${namespace} namespace`);
  const token = rfc3339Nano(io.now());
  const body = { metadata: { annotations: { [requestedAtAnnotation]: token } } };
  const options = { fieldManager: "flux", signal: cluster.signal };
  await cluster.client.patch(kind.gvk, { namespace, name }, { type: "merge", body }, options);
  say.success(`${kind.gvk.kind} annotated`);
  say.wait(`waiting for ${kind.gvk.kind} reconciliation`);
  const after = await awaitHandled(cluster, kind, { before, token, say });
  say.success(kind.successMessage(after));
}

export const reconcileCommand: Command = defineGroup({
  name: "reconcile",
  summary: "Reconcile sources and resources now",
  commands: commandsByNoun("Reconcile", reconcileKind),
});
