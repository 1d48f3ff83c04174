import { withCluster } from "../cluster/cluster.ts";
import { findInstallation, listDeployments, splitImage } from "../cluster/installation.ts";
import { CliError, usageError } from "../errors.ts";
import { defineCommand } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean, text } from "../program/flag.ts";
import { FLUX_VERSION, SLUICE_VERSION } from "../version.ts";

/** `version`. */
export const version: Command = defineCommand({
  name: "version",
  summary: "Print the versions of this program and of what runs in the cluster",
  description:
    "Prints the Flux version that this program speaks, its own version, and those of the controllers in the cluster.",
  example: "  $0 version\n\n  # Without asking a cluster\n  $0 version --client",
  flags: {
    client: boolean("do not ask the cluster"),
    output: text("json or yaml", "yaml", { short: "o", choices: ["json", "yaml"] }),
  },
  async run(invocation) {
    const { flags, io } = invocation;
    if (flags.output !== "yaml" && flags.output !== "json") {
      throw usageError(`--output must be json or yaml, not ${flags.output}`);
    }
    const versions = new Map([
      ["flux", FLUX_VERSION],
      ["sluice", SLUICE_VERSION],
    ]);
    if (!flags.client) {
      await withCluster(invocation, async ({ client, namespace, signal }) => {
        const installation = await findInstallation(client, signal);
        if (installation?.distribution !== undefined) versions.set("distribution", installation.distribution);
        const deployments = await listDeployments(client, namespace, signal);
        if (deployments.length === 0) throw new CliError("NotFound", `no deployments found in ${namespace} namespace`);
        for (const { image } of deployments.flatMap((each) => each.spec.template.spec.containers)) {
          const { name, tag } = splitImage(image);
          if (tag === undefined) throw new CliError("Failed", `missing image tag in image ${image}`);
          versions.set(name, tag);
        }
      });
    }
    io.stdout.write(
      flags.output === "json"
        ? `${JSON.stringify(Object.fromEntries(versions), undefined, 2)}\n`
        : [...versions].map(([name, value]) => `${name}: ${value}\n`).join(""),
    );
  },
});
