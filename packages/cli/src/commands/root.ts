import type { Command } from "../program/command.ts";
import { globalFlags } from "../program/global-flags.ts";

/** Every verb, in the order of the help. A verb's modules are loaded when it is asked for: starting is loading. */
const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  age: async () => (await import("./age/age.ts")).age,
  check: async () => (await import("./check.ts")).check,
  completion: async () => (await import("./completion/completion.ts")).completion,
  create: async () => (await import("./create/create.ts")).create,
  delete: async () => (await import("./delete.ts")).deleteCommand,
  demo: async () => (await import("./demo.ts")).demo,
  events: async () => (await import("./events.ts")).events,
  export: async () => (await import("./export.ts")).exportCommand,
  get: async () => (await import("./get/get.ts")).get,
  install: async () => (await import("./install.ts")).install,
  kustomize: async () => (await import("./kustomize/kustomize.ts")).kustomize,
  logs: async () => (await import("./logs.ts")).logs,
  reconcile: async () => (await import("./reconcile.ts")).reconcileCommand,
  resume: async () => (await import("./resume.ts")).resume,
  run: async () => (await import("./run.ts")).run,
  sops: async () => (await import("./sops/sops.ts")).sops,
  stats: async () => (await import("./stats.ts")).stats,
  suspend: async () => (await import("./suspend.ts")).suspend,
  trace: async () => (await import("./trace.ts")).trace,
  tree: async () => (await import("./tree/tree.ts")).tree,
  version: async () => (await import("./version.ts")).version,
};

/**
 * The command tree. `namespace` is what `--namespace` means where it is not given. When the first word of the command
 * line is a verb, that verb is the only one in the tree; otherwise (help, suggestions, completion) all are.
 */
export async function loadRoot(namespace: string, firstWord: string | undefined): Promise<Command> {
  const load = firstWord === undefined || !Object.hasOwn(verbs, firstWord) ? undefined : verbs[firstWord];
  if (load !== undefined) return createRoot(namespace, [await load()]);
  const commands = await Promise.all(Object.values(verbs).map((each) => each()));
  const { createComplete } = await import("./completion/completion.ts");
  const root: Command = createRoot(namespace, [...commands, createComplete(() => root)]);
  return root;
}

function createRoot(namespace: string, commands: readonly Command[]): Command {
  return {
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
    commands,
    hidden: false,
  };
}
