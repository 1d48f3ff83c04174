import { defineCommand } from "../../program/command.ts";
import type { Command } from "../../program/command.ts";
import { array, boolean, text } from "../../program/flag.ts";

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
      { choices: ["LoadRestrictionsRootOnly", "LoadRestrictionsNone"] },
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
    // Loaded when it is needed: kustomize is half of the program.
    const { runBuild } = await import("./run-build.ts");
    return runBuild(invocation);
  },
});
