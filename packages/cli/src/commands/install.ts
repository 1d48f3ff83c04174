import { gvkOf, keyOf } from "@sluice/api";
import { awaitObject } from "../cluster/await-object.ts";
import { withCluster } from "../cluster/cluster.ts";
import { findInstallation, isRolledOut } from "../cluster/installation.ts";
import type { Deployment } from "../cluster/installation.ts";
import { CliError, usageError } from "../errors.ts";
import { installManifests } from "../install/manifests.ts";
import { confirm } from "../io/prompt.ts";
import { formatYamlStream } from "../printers/yaml.ts";
import { defineCommand } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean, choice, list, text } from "../program/flag.ts";
import { SLUICE_VERSION } from "../version.ts";

const LEVELS = ["trace", "debug", "info", "error"] as const;

const flags = {
  export: boolean("print the manifests as YAML instead of applying them"),
  image: text("image that runs the controllers in the cluster; without one only the kinds are installed"),
  "image-pull-secret": text("Secret in the namespace for pulling the image"),
  "watch-all-namespaces": boolean("reconcile objects of all namespaces, not only of the one of the controllers", true),
  "log-level": choice("how much the controllers log: trace, debug, info or error", LEVELS, "info", (value) =>
    value.trim() === ""
      ? "no log level given, must be one of: debug, info, error"
      : `unsupported log level '${value}', must be one of: debug, info, error`,
  ),
  "network-policy": boolean("deny connections to the controllers from other namespaces", true),
  "cluster-domain": text("domain of the cluster's services", "cluster.local"),
  "toleration-keys": list("keys of taints that the controllers tolerate"),
  force: boolean("override an installation that another tool manages"),
  components: list("accepted for compatibility: one process runs all controllers", [], { hidden: true }),
  "components-extra": list("accepted for compatibility: one process runs all controllers", [], { hidden: true }),
};

/** `install`. */
export const install: Command = defineCommand({
  name: "install",
  summary: "Install the kinds, and with an image the controllers, into a cluster",
  description: `Installs Flux's kinds into a cluster, by server-side apply with the field manager "flux".
With --image the controllers are installed as well, as a Deployment. Without one they run where you start
them: "$0 run".`.replaceAll("$0", "sluice"),
  example: `  # The kinds; the controllers run on this machine
  $0 install
  $0 run

  # Everything
  $0 install --image=myorg/sluice:v0.1.0

  # As manifests for Git
  $0 install --image=myorg/sluice:v0.1.0 --export > gotk-components.yaml`,
  flags,
  async run(invocation) {
    const { io, say, flags: values } = invocation;
    const build = (namespace: string): ReturnType<typeof installManifests> =>
      installManifests({
        namespace,
        version: SLUICE_VERSION,
        logLevel: values["log-level"],
        watchAllNamespaces: values["watch-all-namespaces"],
        networkPolicy: values["network-policy"],
        clusterDomain: values["cluster-domain"],
        tolerationKeys: values["toleration-keys"],
        ...(values.image !== "" && { image: values.image }),
        ...(values["image-pull-secret"] !== "" && { imagePullSecret: values["image-pull-secret"] }),
      });
    if (values.image === "" && values["image-pull-secret"] !== "")
      throw usageError("--image-pull-secret requires --image to be set");
    if (values.export) {
      io.stdout.write(await formatYamlStream(build(values.namespace)));
      return;
    }
    await withCluster(invocation, async (cluster) => {
      const { client, namespace, signal } = cluster;
      say.generate("generating manifests");
      const manifests = build(namespace);
      if (values.verbose) io.stdout.write(await formatYamlStream(manifests));
      say.success("manifests build completed");
      const before = await findInstallation(client, signal);
      if (before?.bootstrapped === true) {
        const version = before.version ?? "of an unknown version";
        throw new CliError(
          "Failed",
          `this cluster has already been bootstrapped with Flux ${version}, commit a new gotk-components.yaml to upgrade`,
        );
      }
      if (before?.managedBy !== undefined && before.managedBy !== "flux" && !values.force) {
        await confirm(
          io,
          `Flux ${before.version ?? ""} was installed with ${before.managedBy}, override this installation`,
        );
      }
      say.action(`installing components in ${namespace} namespace`);
      const { formatChangeSet, ResourceManager, systemClock } = await import("@sluice/kube");
      const manager = new ResourceManager(client, { owner: { fieldManager: "flux", labels: {} }, clock: systemClock });
      const changes = await manager.applyAll(manifests, { signal, force: false });
      io.stdout.write(`${formatChangeSet(changes)}\n`);
      const deployments = manifests.filter((object) => object.kind === "Deployment");
      if (deployments.length > 0) say.wait("verifying installation");
      for (const deployment of deployments) {
        const target = { gvk: gvkOf(deployment), key: keyOf(deployment), signal };
        await awaitObject<Deployment, true>(client, target, (live) =>
          live !== undefined && isRolledOut(live) ? true : undefined,
        );
        say.success(`${deployment.metadata.name}: deployment ready`);
      }
      say.success("install finished");
      if (deployments.length === 0)
        say.action(`no controllers were installed (no --image): start them with "${io.program} run"`);
    });
  },
});
