import type { UnstructuredObject } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import { withCluster } from "../cluster/cluster.ts";
import type { Cluster } from "../cluster/cluster.ts";
import {
  findInstallation,
  isRolledOut,
  listDefinitions,
  listDeployments,
  PART_OF_SELECTOR,
} from "../cluster/installation.ts";
import { CliError } from "../errors.ts";
import type { Messages } from "../io/messages.ts";
import { fluxKinds } from "../kinds/kinds.ts";
import { defineCommand } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean, duration, list } from "../program/flag.ts";

/** The oldest Kubernetes that this program is tested with. */
const OLDEST = { major: 1, minor: 31 };

const FIVE_SECONDS_MS = 5000;

/** `check`. */
export const check: Command = defineCommand({
  name: "check",
  summary: "Check requirements and installation",
  description: `Checks that the cluster can run the controllers, and whether they are installed and healthy.
On a cluster whose controllers run elsewhere ("$0 run", "$0 demo") only the kinds are expected.`.replaceAll(
    "$0",
    "sluice",
  ),
  example: "  # Before the installation\n  $0 check --pre\n\n  # After it\n  $0 check",
  flags: {
    pre: boolean("only what must hold before an installation"),
    components: list("accepted for compatibility: one process runs all controllers", [], { hidden: true }),
    "components-extra": list("accepted for compatibility: one process runs all controllers", [], { hidden: true }),
    "poll-interval": duration("accepted for compatibility: nothing is polled", FIVE_SECONDS_MS, { hidden: true }),
  },
  async run(invocation) {
    const { flags, say } = invocation;
    say.action("checking prerequisites");
    await withCluster(invocation, async (cluster) => {
      const suitable = await checkKubernetes(cluster, say);
      if (flags.pre) {
        if (!suitable) throw new CliError("Failed", "prerequisites checks failed");
        say.success("prerequisites checks passed");
        return;
      }
      say.action("checking version in cluster");
      const installed = await checkInstallation(cluster, say);
      say.action("checking controllers");
      const running = await checkControllers(cluster, say);
      say.action("checking crds");
      const defined = await checkDefinitions(cluster, say);
      if (!(suitable && installed && running && defined)) throw new CliError("Failed", "check failed");
      say.success("all checks passed");
    });
  },
});

async function checkKubernetes({ client, signal }: Cluster, say: Messages): Promise<boolean> {
  let answer: unknown;
  try {
    answer = await client.request("GET", "/version", { signal });
  } catch (error) {
    signal.throwIfAborted();
    say.failure(`Kubernetes API call failed: ${messageOf(error)}`);
    return false;
  }
  const version =
    typeof answer === "object" && answer !== null && "gitVersion" in answer ? String(answer.gitVersion) : "";
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  if (match === null) {
    say.failure("Kubernetes version can't be determined");
    return false;
  }
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const range = `>=${OLDEST.major}.${OLDEST.minor}.0-0`;
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    say.failure(`Kubernetes version ${version} does not match ${range}`);
    return false;
  }
  say.success(`Kubernetes ${version.replace(/^v/, "")} ${range}`);
  return true;
}

async function checkInstallation({ client, signal }: Cluster, say: Messages): Promise<boolean> {
  const installation = await findInstallation(client, signal);
  if (installation === undefined) {
    say.failure("not installed: the cluster does not know the kind GitRepository");
    return false;
  }
  if (installation.distribution !== undefined) say.success(`distribution: ${installation.distribution}`);
  say.success(`bootstrapped: ${installation.bootstrapped}`);
  return true;
}

async function checkControllers({ client, namespace, signal }: Cluster, say: Messages): Promise<boolean> {
  const deployments = await listDeployments(client, namespace, signal);
  if (deployments.length === 0) {
    // Controllers outside the cluster leave only their traces: somebody must have looked at the sources.
    const handled = await Promise.all(
      fluxKinds.map(async (kind) => {
        const { items } = await client.list(kind.gvk, { signal }).catch(() => ({ items: [] }));
        return items.some((item) => hasConditions(item));
      }),
    );
    if (handled.includes(true)) {
      say.success("controllers run outside the cluster");
      return true;
    }
    say.failure(`no controllers found in the '${namespace}' namespace with the label selector '${PART_OF_SELECTOR}'`);
    return false;
  }
  let healthy = true;
  for (const deployment of deployments) {
    const { name } = deployment.metadata;
    if (isRolledOut(deployment)) say.success(`${name}: deployment ready`);
    else {
      healthy = false;
      const { readyReplicas = 0 } = deployment.status ?? {};
      say.failure(`${name}: deployment not ready, ${readyReplicas} of ${deployment.spec.replicas ?? 1} replicas are`);
    }
    for (const container of deployment.spec.template.spec.containers) say.action(container.image);
  }
  return healthy;
}

function hasConditions(object: UnstructuredObject): boolean {
  const status = object["status"];
  return typeof status === "object" && status !== null && "conditions" in status;
}

async function checkDefinitions({ client, signal }: Cluster, say: Messages): Promise<boolean> {
  const definitions = await listDefinitions(client, signal);
  if (definitions.length === 0) {
    say.failure(`no crds found with the label selector '${PART_OF_SELECTOR}'`);
    return false;
  }
  let complete = true;
  for (const { metadata, status } of definitions) {
    const stored = status?.storedVersions?.at(-1);
    if (stored === undefined) {
      complete = false;
      say.failure(`no stored versions for ${metadata.name}`);
    } else say.success(`${metadata.name}/${stored}`);
  }
  return complete;
}
