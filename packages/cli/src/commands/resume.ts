import { messageOf } from "@sluice/errors";
import { awaitReady } from "../cluster/await-ready.ts";
import { withCluster } from "../cluster/cluster.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { objectNames } from "../cluster/object-names.ts";
import { CliError, usageError } from "../errors.ts";
import type { Messages } from "../io/messages.ts";
import { commandsByNoun } from "../kinds/by-noun.ts";
import type { FluxKind } from "../kinds/flux-kind.ts";
import { defineCommand, defineGroup } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean } from "../program/flag.ts";

const resumeFlags = {
  all: boolean("resume all objects of the namespace"),
  wait: boolean("wait until the resumed objects are reconciled; done anyway when one name is given"),
};

function resumeKind(kind: FluxKind): Command {
  return defineCommand({
    name: kind.noun,
    aliases: kind.aliases,
    usage: "[name]...",
    summary: `Resume suspended ${kind.gvk.kind} objects`,
    description: `Resumes suspended ${kind.gvk.kind} objects, which reconciles them at once.`,
    example: `  $0 resume ${kind.humanKind} my-${kind.noun}`,
    inherits: resumeFlags,
    completeArguments: objectNames(kind.gvk),
    async run(invocation) {
      const { args, flags, say } = invocation;
      if (args.length === 0 && !flags.all) throw usageError(`${kind.humanKind} name is required`);
      const waits = flags.wait || (args.length === 1 && !invocation.isSet("wait"));
      await withCluster(invocation, async (cluster) => {
        const names = await resumeObjects(cluster, kind, args, say);
        if (waits) await awaitAll(cluster, kind, names, say);
      });
    },
  });
}

/** Clears `spec.suspend` and returns the names of the objects that exist, sorted. */
async function resumeObjects(
  { client, namespace, signal }: Cluster,
  kind: FluxKind,
  args: readonly string[],
  say: Messages,
): Promise<string[]> {
  const names: string[] = [];
  const { items } = await client.list(kind.gvk, { namespace, signal, metadataOnly: true });
  const existing = items.map((item) => item.metadata.name);
  if (args.length === 0 && existing.length === 0)
    say.failure(`no ${kind.gvk.kind} objects found in ${namespace} namespace`);
  for (const name of new Set(args.length === 0 ? existing : args)) {
    if (!existing.includes(name)) {
      say.failure(`${kind.gvk.kind} object '${name}' not found in ${namespace} namespace`);
      continue;
    }
    say.action(`resuming ${kind.humanKind} ${name} in ${namespace} namespace`);
    // null removes the field, which is how manifests in Git have it.
    const body = { spec: { suspend: null } };
    await client.patch(kind.gvk, { namespace, name }, { type: "merge", body }, { fieldManager: "flux", signal });
    say.success(`${kind.humanKind} resumed`);
    names.push(name);
  }
  return names.sort();
}

async function awaitAll(cluster: Cluster, kind: FluxKind, names: readonly string[], say: Messages): Promise<void> {
  const results = await Promise.allSettled(
    names.map((name) => {
      say.wait(`waiting for ${kind.gvk.kind} reconciliation`);
      return awaitReady(cluster, kind, { namespace: cluster.namespace, name }, say);
    }),
  );
  let failures = 0;
  for (const [index, result] of results.entries()) {
    const name = names[index] ?? "";
    if (result.status === "rejected") {
      failures++;
      say.failure(`${kind.gvk.kind} ${name} reconciliation failed: ${messageOf(result.reason)}`);
    } else {
      say.success(`${kind.gvk.kind} ${name} reconciliation completed`);
      say.success(kind.successMessage(result.value));
    }
  }
  if (failures > 0) throw new CliError("Failed", `reconciliation failed for ${failures} ${kind.gvk.kind}(s)`);
}

export const resume: Command = defineGroup({
  name: "resume",
  summary: "Resume suspended sources and resources",
  persistentFlags: resumeFlags,
  commands: commandsByNoun("Resume", resumeKind),
});
