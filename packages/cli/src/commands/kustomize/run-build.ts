import { writeFileSync } from "node:fs";
import path from "node:path";
import { build, format, formatFiles, KustomizeError, type ResMap } from "@sluice/kustomize";
import { CliError } from "../../errors.ts";
import type { Io } from "../../io/io.ts";
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

/** A command line of `kustomize build`. */
export interface BuildLine {
  readonly args: readonly string[];
  readonly flags: {
    readonly output: string;
    readonly "load-restrictor": string;
    readonly reorder: string;
    readonly "enable-managedby-label": boolean;
  };
  isSet(flag: string): boolean;
  readonly io: Io;
}

/** Builds and writes. Returns the exit status; why it is not 0 is said on stderr, in kustomize's words. */
export function runBuild(line: BuildLine): number {
  const { args, flags, io } = line;
  try {
    for (const [flag, reason] of refused) {
      if (line.isSet(flag)) throw new CliError("Usage", `--${flag} is refused: ${reason}`);
    }
    const [directory = ".", ...others] = args;
    if (others.length > 0) throw new CliError("Usage", "specify one path to kustomization.yaml");
    const resources = build(diskFileSystem, path.resolve(io.cwd, directory), {
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
}

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
