import { writeFileSync } from "node:fs";
import path from "node:path";
import { build as buildKustomization, format, formatFiles, KustomizeError, type ResMap } from "@sluice/kustomize";
import { CliError } from "../../errors.ts";
import type { Io } from "../../io/io.ts";
import { defineCommand } from "../../program/command.ts";
import type { Command } from "../../program/command.ts";
import { array, boolean, text } from "../../program/flag.ts";
import { diskFileSystem } from "./disk-file-system.ts";

const restrictors = { LoadRestrictionsRootOnly: "rootOnly", LoadRestrictionsNone: "none" } as const;

/** Flags of kustomize that run programs, and what to say to who gives one. */
const refused: ReadonlyMap<string, string> = new Map([
  ["enable-helm", "charts are not inflated by running helm; use a HelmRelease"],
  ["enable-alpha-plugins", "plugins are programs, and a build runs none"],
  ["enable-exec", "exec functions are programs, and a build runs none"],
  ["network", "container functions are programs, and a build runs none"],
  ["mount", "container functions are programs, and a build runs none"],
  ["as-current-user", "container functions are programs, and a build runs none"],
]);

const unsupported = { hidden: true } as const;

/** `kustomize build`: its flags, its bytes, its words, its exit status. */
export const build: Command = defineCommand({
  name: "build",
  usage: "DIR",
  summary: "Build a kustomization target from a directory",
  description: `Builds a set of objects using a 'kustomization.yaml' file, in process, with the bytes that kustomize 5.8 prints.
If DIR is omitted, '.' is assumed.`,
  example: `  # Build the current directory
  $0 kustomize build

  # Build some shared configuration directory
  $0 kustomize build /home/config/production`,
  flags: {
    output: text("write output to this path; one file per object when it is a directory", "", {
      short: "o",
      completes: "files",
    }),
    "load-restrictor": text(
      "if set to 'LoadRestrictionsNone', local kustomizations may load files from outside their root",
      "LoadRestrictionsRootOnly",
      { choices: Object.keys(restrictors) },
    ),
    reorder: text("order of the output: 'legacy' or 'none'", "legacy", {
      hidden: true,
      deprecated: "use the new 'sortOptions' field in kustomization.yaml instead.",
    }),
    "enable-managedby-label": boolean("enable adding app.kubernetes.io/managed-by", false, { hidden: true }),
    "enable-helm": boolean("refused: a build runs no program", false, unsupported),
    "enable-alpha-plugins": boolean("refused: a build runs no program", false, unsupported),
    "enable-exec": boolean("refused: a build runs no program", false, unsupported),
    "helm-command": text("without effect: charts are refused", "helm", unsupported),
    "helm-api-versions": array("without effect: charts are refused", unsupported),
    "helm-kube-version": text("without effect: charts are refused", "", unsupported),
    "helm-debug": boolean("without effect: charts are refused", false, unsupported),
    env: array("without effect: functions are refused", { ...unsupported, short: "e" }),
    mount: array("refused: a build runs no program", unsupported),
    network: boolean("refused: a build runs no program", false, unsupported),
    "network-name": text("without effect: functions are refused", "bridge", unsupported),
    "as-current-user": boolean("refused: a build runs no program", false, unsupported),
    "stack-trace": boolean("without effect: an error is one line", false, unsupported),
  },
  async run(invocation) {
    const { args, flags, io } = invocation;
    try {
      for (const [flag, reason] of refused) {
        if (invocation.isSet(flag)) throw new CliError("Usage", `--${flag} is refused: ${reason}`);
      }
      const [directory = ".", ...others] = args;
      if (others.length > 0) throw new CliError("Usage", "specify one path to kustomization.yaml");
      const resources = buildKustomization(diskFileSystem, path.resolve(io.cwd, directory), {
        loadRestrictor: loadRestrictor(flags["load-restrictor"]),
        reorder: order(flags.reorder),
        managedByLabel: flags["enable-managedby-label"] || io.env["KUSTOMIZE_ENABLE_MANAGEDBY_LABEL"] === "on",
        onWarning: (message) => io.stderr.write(`${message}\n`),
      });
      write(resources, flags.output, io);
      return 0;
    } catch (error) {
      if (!(error instanceof KustomizeError) && !(error instanceof CliError)) throw error;
      io.stderr.write(`Error: ${error.message}\n`);
      return 1;
    }
  },
});

function loadRestrictor(value: string): "rootOnly" | "none" {
  if (value === "") return "rootOnly";
  if (Object.hasOwn(restrictors, value)) return restrictors[value as keyof typeof restrictors];
  const legal = Object.keys(restrictors).join(" ");
  throw new CliError("Usage", `illegal flag value --load-restrictor ${value}; legal values: [${legal}]`);
}

function order(value: string): "legacy" | "none" {
  if (value === "legacy" || value === "none") return value;
  throw new CliError("Usage", `illegal flag value --reorder ${value}; legal values: [legacy none]`);
}

function write(resources: ResMap, output: string, io: Io): void {
  if (output === "") {
    io.stdout.write(format(resources));
    return;
  }
  const target = path.resolve(io.cwd, output);
  try {
    if (diskFileSystem.stat(target) !== "directory") {
      writeFileSync(target, format(resources));
      return;
    }
    for (const [name, content] of formatFiles(resources)) writeFileSync(path.join(target, name), content);
  } catch (error) {
    if (error instanceof KustomizeError || !(error instanceof Error)) throw error;
    throw new CliError("Failed", error.message, { cause: error });
  }
}
