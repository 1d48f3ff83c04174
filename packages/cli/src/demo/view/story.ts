import type { ClusterAccess, RepositoryAccess } from "../report.ts";
import type { Paint } from "./paint.ts";

/** What the text at the end of a demo is about. */
export interface Story {
  readonly repository: RepositoryAccess;
  /** By cluster name, in the order of the fleet. */
  readonly clusters: ReadonlyMap<string, ClusterAccess>;
  /** How this program is called from a shell. */
  readonly command: string;
  /** Where the reader may put a clone. */
  readonly clone: string;
  /** Whether the fleet is the one of `examples/`, whose files the commands can name. */
  readonly isExample: boolean;
}

/** Tells how to reach the clusters, and three things to try as commands that work when pasted, in this order. */
export function tellStory(story: Story, paint: Paint): readonly string[] {
  const { repository, clusters } = story;
  const width = Math.max(...[...clusters.keys()].map((name) => name.length));
  return [
    paint("bold", "Clusters"),
    ...[...clusters].map(([name, access]) => `  ${name.padEnd(width)}   ${access.kubeconfig}`),
    "",
    paint("bold", "Repository"),
    `  ${repository.directory}   (branch ${repository.branch}: clone it, push to it)`,
    "",
    paint("bold", "Try, in another terminal"),
    ...setUp(story).map(indent),
    ...(story.isExample ? exampleSteps : generalSteps)(story).flatMap((step, index) => [
      "",
      `  ${paint("dim", `# ${index + 1}. ${step.title}`)}`,
      ...step.commands.map(indent),
    ]),
    "",
    "Ctrl-C ends the demo.",
  ];
}

interface Step {
  readonly title: string;
  readonly commands: readonly string[];
}

/** The commands that all steps build on. */
function setUp({ clusters, command, repository, clone }: Story): readonly string[] {
  const [first] = clusters.values();
  return [
    `export KUBECONFIG=${quote(first?.kubeconfig ?? "")}`,
    `sluice() { ${quote(command)} "$@"; }`,
    `git clone -c user.name=me -c user.email=me@example.com ${quote(repository.directory)} ${quote(clone)} && cd ${quote(clone)}`,
  ];
}

function exampleSteps({ repository }: Story): readonly Step[] {
  const overlay = "apps/overlays/production/payment-service/kustomization.yaml";
  const deployment = "apps/base/payment-service/deployment.yaml";
  const push = `git push origin HEAD:${repository.branch}`;
  return [
    {
      title: "A commit: more replicas of the payment service, in both production clusters",
      commands: [
        `sed -i.bak 's/count: 3/count: 5/' ${overlay} && git commit -am "Scale the payment service" && ${push}`,
        "sluice reconcile kustomization payment-service --with-source",
        "kubectl -n payment get deployment payment-service",
      ],
    },
    {
      title: "A manual edit: noticed by a watch and undone within about a second",
      commands: [
        "kubectl -n payment scale deployment payment-service --replicas=1",
        "kubectl -n payment get deployment payment-service --watch   # Ctrl-C when it is back",
      ],
    },
    {
      title: "A broken image: the rollout fails its health check, and nothing after it is touched",
      commands: [
        `sed -i.bak 's/payment-service:1.3.2/payment-service:1.3.3-broken/' ${deployment} && git commit -am "Release 1.3.3" && ${push}`,
        "sluice reconcile source git fleet-infra",
        "sluice get kustomizations --watch   # Ctrl-C when you have seen enough",
        `git revert --no-edit HEAD && ${push} && sluice reconcile source git fleet-infra`,
      ],
    },
  ];
}

function generalSteps({ repository }: Story): readonly Step[] {
  return [
    {
      title: "A commit: edit what you like, push, and have it applied at once instead of at the next interval",
      commands: [
        `git commit -am "Try something" && git push origin HEAD:${repository.branch}`,
        "sluice reconcile kustomization flux-system --with-source",
      ],
    },
    {
      title: "A manual edit: noticed by a watch and undone within about a second",
      commands: ["sluice tree kustomization flux-system", "kubectl edit deployment NAME --namespace NAMESPACE"],
    },
    {
      title: "A broken image: any tag that ends in -broken cannot be pulled by these clusters",
      commands: ["sluice get kustomizations --all-namespaces --watch"],
    },
  ];
}

function indent(line: string): string {
  return `  ${line}`;
}

/** Quotes a word for a POSIX shell where it needs that. */
function quote(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
