import type { Command } from "../program/command.ts";
import { globalFlags } from "../program/global-flags.ts";
import { age } from "./age/age.ts";
import { check } from "./check.ts";
import { completion, createComplete } from "./completion/completion.ts";
import { create } from "./create/create.ts";
import { deleteCommand } from "./delete.ts";
import { demo } from "./demo.ts";
import { events } from "./events.ts";
import { exportCommand } from "./export.ts";
import { get } from "./get/get.ts";
import { install } from "./install.ts";
import { kustomize } from "./kustomize/kustomize.ts";
import { logs } from "./logs.ts";
import { reconcileCommand } from "./reconcile.ts";
import { resume } from "./resume.ts";
import { run } from "./run.ts";
import { sops } from "./sops/sops.ts";
import { stats } from "./stats.ts";
import { suspend } from "./suspend.ts";
import { trace } from "./trace.ts";
import { tree } from "./tree/tree.ts";
import { version } from "./version.ts";

/** The whole command tree. `namespace` is what `--namespace` means where it is not given. */
export function createRoot(namespace: string): Command {
  const root: Command = {
    name: "sluice",
    aliases: [],
    usage: "",
    summary: "GitOps for fleets of Kubernetes clusters",
    description: `Sluice brings Kubernetes clusters to the state that Git describes, and keeps them there.
It speaks the APIs and the command line of Flux.`,
    example: `  # See it work: three clusters on this machine, nothing needed
  $0 demo

  # Install the kinds into a cluster and run the controllers beside it
  $0 install
  $0 run

  # Follow a repository and apply a directory of it
  $0 create source git fleet-infra --url=https://github.com/myorg/fleet-infra --branch=main
  $0 create kustomization apps --source=fleet-infra --path=./apps --prune

  # See how things stand, and why
  $0 get all -A
  $0 tree kustomization apps
  $0 events --for Kustomization/apps

  # Fetch and apply now
  $0 reconcile kustomization apps --with-source`,
    flags: {},
    persistentFlags: globalFlags(namespace),
    commands: [
      age,
      check,
      completion,
      create,
      deleteCommand,
      demo,
      events,
      exportCommand,
      get,
      install,
      kustomize,
      logs,
      reconcileCommand,
      resume,
      run,
      sops,
      stats,
      suspend,
      trace,
      tree,
      version,
      createComplete(() => root),
    ],
    hidden: false,
  };
  return root;
}
