import { withCluster } from "../cluster/cluster.ts";
import { objectNames } from "../cluster/object-names.ts";
import { CliError, usageError } from "../errors.ts";
import { commandsByNoun } from "../kinds/by-noun.ts";
import type { FluxKind, FluxObject } from "../kinds/flux-kind.ts";
import { formatYamlStream } from "../printers/yaml.ts";
import { defineCommand, defineGroup } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean } from "../program/flag.ts";
import { formatDuration, parseDuration } from "../text/duration.ts";

const exportFlags = { all: boolean("select all objects of the namespace") };

function exportKind(kind: FluxKind): Command {
  return defineCommand({
    name: kind.noun,
    aliases: kind.aliases,
    usage: "[name]",
    summary: `Export ${kind.gvk.kind} objects in YAML format`,
    description: `Prints ${kind.gvk.kind} objects as they could stand in Git: no status, no server-side metadata.`,
    example: `  $0 export ${kind.humanKind} --all > ${kind.noun}s.yaml`,
    inherits: exportFlags,
    completeArguments: objectNames(kind.gvk),
    async run(invocation) {
      const { args, flags, io } = invocation;
      const [name] = args;
      if (name === undefined && !flags.all) throw usageError("name is required");
      await withCluster(invocation, async ({ client, namespace, signal }) => {
        if (name !== undefined && !flags.all) {
          const object = await client.get<FluxObject>(kind.gvk, { namespace, name }, { signal });
          io.stdout.write(await formatYamlStream([bareObject(object)]));
          return;
        }
        const { items } = await client.list<FluxObject>(kind.gvk, { namespace, signal });
        if (items.length === 0) throw new CliError("NotFound", `no objects found in ${namespace} namespace`);
        io.stdout.write(await formatYamlStream(items.map((item) => bareObject({ ...item, ...typeOf(kind) }))));
      });
    },
  });
}

// Items of a list come without their type from some servers.
function typeOf(kind: FluxKind): Pick<FluxObject, "apiVersion" | "kind"> {
  return { apiVersion: `${kind.gvk.group}/${kind.gvk.version}`, kind: kind.gvk.kind };
}

/** What belongs in Git: identity, labels, annotations and the specification. */
export function bareObject(object: FluxObject): FluxObject {
  const { name, namespace, labels, annotations } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...(object.spec === undefined ? {} : { spec: withoutDefaults(object.spec) }),
  };
}

const DURATIONS: ReadonlySet<string> = new Set(["interval", "retryInterval", "timeout"]);
const SWITCHES: ReadonlySet<string> = new Set(["force", "suspend", "wait", "recurseSubmodules"]);

/** Writes durations in full and leaves out switches that are off, as Flux exports them. */
function withoutDefaults(spec: NonNullable<FluxObject["spec"]>): NonNullable<FluxObject["spec"]> {
  const fields = Object.entries(spec).filter(([name, value]) => !(SWITCHES.has(name) && value === false));
  return Object.fromEntries(
    fields.map(([name, value]) => [name, DURATIONS.has(name) && typeof value === "string" ? inFull(value) : value]),
  );
}

function inFull(duration: string): string {
  try {
    return formatDuration(parseDuration(duration));
  } catch {
    return duration; // what is no duration is not this command's to judge
  }
}

export const exportCommand: Command = defineGroup({
  name: "export",
  summary: "Export resources in YAML format",
  persistentFlags: exportFlags,
  commands: commandsByNoun("Export", exportKind),
});
