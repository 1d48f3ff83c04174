import { resolve } from "node:path";
import { usageError } from "../errors.ts";
import { defineCommand } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean, list, text } from "../program/flag.ts";

/** `demo`. */
export const demo: Command = defineCommand({
  name: "demo",
  summary: "Bring an example fleet of three clusters from Git to running, on this machine",
  description: `Starts a local Git server with an example fleet, three embedded clusters and a Sluice for each, and shows
how they converge. Nothing but git is needed. Keeps running until you press Ctrl-C, so that you can commit, edit
and break things.

With --repo it runs any other fleet: what the directories of its clusters describe, on simulated workloads.`,
  example: `  $0 demo

  # For scripts: ends with 0 when everything is Ready, with 1 and the reasons otherwise
  $0 demo --once --output json

  # Your own fleet
  $0 demo --repo ../fleet-infra --path clusters/production/eu-west-1`,
  flags: {
    once: boolean("end when the fleet is Ready (0) or cannot become so (1)"),
    output: text("json: print the result as JSON", "", { short: "o", choices: ["json"] }),
    repo: text("directory, Git repository or URL with another fleet", "", { completes: "files" }),
    path: list("directory of a cluster in --repo; all with a flux-system/gotk-sync.yaml where none is given"),
    branch: text("branch of --repo to follow"),
    "data-dir": text("keep clusters and repository here, and go on with them the next time", "", {
      completes: "files",
    }),
  },
  async run(invocation) {
    const { flags, io, say, args } = invocation;
    if (args.length > 0) throw usageError(`unknown command "${args[0] ?? ""}" for "${io.program} demo"`);
    if (flags.output !== "" && flags.output !== "json") throw usageError(`--output must be json, not ${flags.output}`);
    if (flags.repo === "" && (flags.path.length > 0 || flags.branch !== ""))
      throw usageError("--path and --branch need --repo");
    const { runDemo } = await import("../demo/run-demo.ts");
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\/|^[^/]+@[^/]+:/i.test(flags.repo);
    return runDemo(
      {
        once: flags.once,
        json: flags.output === "json",
        timeoutMs: flags.timeout,
        ...(flags["data-dir"] !== "" && { dataDirectory: resolve(io.cwd, flags["data-dir"]) }),
        ...(flags.repo !== "" && {
          origin: {
            location: isUrl ? flags.repo : resolve(io.cwd, flags.repo),
            paths: flags.path,
            ...(flags.branch !== "" && { branch: flags.branch }),
          },
        }),
      },
      { io, say },
    );
  },
});
