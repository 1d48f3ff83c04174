import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import type { ControllerFlags, ControllerName, StartControllersOptions } from "@sluice/controllers";
import type { LeaderElectionOptions, parseAddress } from "@sluice/kube";
import { connect } from "../cluster/connect.ts";
import { findInstallation } from "../cluster/installation.ts";
import { CliError, usageError } from "../errors.ts";
import { defineCommand } from "../program/command.ts";
import type { Command, Invocation } from "../program/command.ts";
import { boolean, choice, duration, integer, list, text } from "../program/flag.ts";
import type { FlagValues } from "../program/flag.ts";

// Written out, so that a command line that runs no controllers need not load them.
const CONTROLLERS = ["source", "kustomize"] as const satisfies readonly ControllerName[];
const LEVELS = ["trace", "debug", "info", "error"] as const;
const ENCODINGS = ["json", "console"] as const;
const DIGESTS = ["sha256", "sha384", "sha512"] as const;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const flags = {
  controllers: list("which controllers to run", CONTROLLERS),
  "storage-path": text(
    "directory for artifacts and Git mirrors (also STORAGE_PATH); one below the user's cache where empty",
    "",
    {
      completes: "files",
    },
  ),
  "storage-addr": text("address that artifacts are served on (also STORAGE_ADDRESS)", "127.0.0.1:0"),
  "storage-adv-addr": text("address in artifact URLs instead of the one served on (also STORAGE_ADV_ADDR)"),
  concurrent: integer("how many Kustomizations are reconciled at once", 4),
  "concurrent-sources": integer("how many sources are reconciled at once", 2),
  "watch-all-namespaces": boolean("reconcile objects of all namespaces, not only of RUNTIME_NAMESPACE", true),
  "watch-label-selector": text("reconcile only objects with these labels"),
  "enable-leader-election": boolean("let only one of several processes work"),
  "leader-election-release-on-cancel": boolean("give the lead back when stopping", true),
  "leader-election-lease-duration": duration("how long others wait for a leader that is gone", 35 * SECOND_MS),
  "leader-election-renew-deadline": duration("how long the leader tries to renew", 30 * SECOND_MS),
  "leader-election-retry-period": duration("how long between attempts to lead", 5 * SECOND_MS),
  "metrics-addr": text("address to serve Prometheus metrics on, e.g. 127.0.0.1:8080; not served where empty"),
  "health-addr": text("address to serve /healthz and /readyz on, e.g. 127.0.0.1:9440; not served where empty"),
  "log-level": choice("how much to log: trace, debug, info or error", LEVELS, "info", unsupported("log level", LEVELS)),
  "log-encoding": choice(
    "json or console; console on a terminal where not given",
    ENCODINGS,
    "",
    unsupported("log encoding", ENCODINGS),
  ),
  "log-file": text("append the log to a file instead of writing it to stderr", "", { completes: "files" }),
  "min-retry-delay": duration("shortest pause after a failure", 750),
  "max-retry-delay": duration("longest pause after a failure", 15 * MINUTE_MS),
  "interval-jitter-percentage": integer("how far intervals are spread, in percent", 5),
  "requeue-dependency": duration("how soon to look again for what is missing, if nothing tells before", 30 * SECOND_MS),
  "http-retry": integer("how often to try an artifact's download again", 9),
  "artifact-retention-ttl": duration("how long to keep artifacts that are no longer used", MINUTE_MS),
  "artifact-retention-records": integer("how many artifacts of a source to keep", 2),
  "artifact-digest-algo": choice(
    "how artifacts are hashed: sha256, sha384 or sha512",
    DIGESTS,
    "sha256",
    unsupported("digest", DIGESTS),
  ),
  "no-cross-namespace-refs": boolean("refuse sources in other namespaces"),
  "default-service-account": text("service account to apply as where a Kustomization names none"),
  "sops-age-secret": text("Secret with age keys for Kustomizations that name none, in the controllers' namespace"),
  "override-manager": list("field managers whose fields are taken over, beside kubectl's"),
  "custom-apply-stage-kinds": list("kinds to apply before the rest, as group/Kind"),
  "feature-gates": text("features to switch, as Name=true,Other=false; known: ExternalArtifact"),
};

/** `run`. */
export const run: Command = defineCommand({
  name: "run",
  summary: "Run the controllers",
  description: `Runs the controllers until it is interrupted: in a cluster as its Deployment does, or on any machine against the
cluster of the kubeconfig. All state is in the cluster and in the storage directory: the process may be killed
at any moment and started again.`,
  example: `  # Against the current context of the kubeconfig
  $0 run

  # One of several shards, with metrics
  $0 run --watch-label-selector=sharding.fluxcd.io/key=shard1 --metrics-addr=127.0.0.1:8080`,
  flags,
  async run(invocation) {
    const { io, flags: values } = invocation;
    const log = openLog(invocation);
    const [{ startControllers }, kube] = await Promise.all([import("@sluice/controllers"), import("@sluice/kube")]);
    const metrics = new kube.MetricsRegistry();
    kube.processMetrics(metrics);
    const connection = await connect(invocation, { onExchange: kube.restClientMetrics(metrics) });
    try {
      await requireKinds(connection.client, io.signal);
      const running = await startControllers({
        client: connection.client,
        metrics,
        ...optionsOf(invocation, values, kube.parseAddress),
        logger: kube.createLogger({ level: values["log-level"] === "" ? "info" : values["log-level"], ...log }),
      });
      const stop = (): void => void running.stop().catch(() => {}); // `done` below tells how it went
      io.signal.addEventListener("abort", stop, { once: true });
      if (io.signal.aborted) stop();
      await running.done;
    } finally {
      await connection.close();
      await log.close();
    }
  },
});

type Values = FlagValues<typeof flags>;

/** Says at once what would otherwise be an endless wait for kinds that nobody serves. */
async function requireKinds(client: Parameters<typeof findInstallation>[0], signal: AbortSignal): Promise<void> {
  if ((await findInstallation(client, signal)) !== undefined) return;
  throw new CliError("NotFound", `the cluster does not know Flux's kinds: install them with "sluice install"`);
}

function optionsOf(
  invocation: Invocation,
  values: Values,
  parse: typeof parseAddress,
): Omit<StartControllersOptions, "client" | "logger"> {
  const { env } = invocation.io;
  const fromEnv = (flag: keyof Values, name: string): string => {
    const given = String(values[flag]);
    return invocation.isSet(flag) ? given : (env[name] ?? given);
  };
  const advertised = fromEnv("storage-adv-addr", "STORAGE_ADV_ADDR");
  return {
    directory: storageDirectory(invocation, fromEnv("storage-path", "STORAGE_PATH")),
    controllers: values.controllers.map(requireController),
    artifactServer: {
      ...listenAddress(parse, fromEnv("storage-addr", "STORAGE_ADDRESS")),
      ...(advertised !== "" && { advertisedAddress: advertised }),
    },
    flags: controllerFlags(values, env["RUNTIME_NAMESPACE"] ?? invocation.flags.namespace),
    ...(values["enable-leader-election"] && { leaderElection: leaderElection(invocation, values) }),
    ...(values["metrics-addr"] !== "" && { metricsAddress: values["metrics-addr"] }),
    ...(values["health-addr"] !== "" && { healthAddress: values["health-addr"] }),
  };
}

function controllerFlags(values: Values, namespace: string): ControllerFlags {
  const digest = values["artifact-digest-algo"];
  return {
    concurrentKustomizations: values.concurrent,
    concurrentSources: values["concurrent-sources"],
    minRetryDelayMs: values["min-retry-delay"],
    maxRetryDelayMs: values["max-retry-delay"],
    httpRetry: values["http-retry"],
    watchLabelSelector: values["watch-label-selector"],
    artifactRetentionTtlMs: values["artifact-retention-ttl"],
    artifactRetentionRecords: values["artifact-retention-records"],
    requeueDependencyMs: values["requeue-dependency"],
    jitterPercentage: values["interval-jitter-percentage"],
    noCrossNamespaceRefs: values["no-cross-namespace-refs"],
    defaultServiceAccount: values["default-service-account"],
    overrideManagers: values["override-manager"],
    customStageKinds: new Set(values["custom-apply-stage-kinds"]),
    allowExternalArtifact: featureGates(values["feature-gates"]).has("ExternalArtifact"),
    ...(digest !== "" && { artifactDigestAlgorithm: digest }),
    ...(values["sops-age-secret"] !== "" && { sopsAgeSecret: { namespace, name: values["sops-age-secret"] } }),
    ...(!values["watch-all-namespaces"] && { watchNamespace: namespace }),
  };
}

function leaderElection({ io, flags: { namespace } }: Invocation, values: Values): LeaderElectionOptions {
  const selector = values["watch-label-selector"];
  const shard = selector === "" ? "" : `-${createHash("sha256").update(selector).digest("hex").slice(0, 8)}`;
  return {
    namespace: io.env["RUNTIME_NAMESPACE"] ?? namespace,
    name: `sluice-leader-election${shard}`,
    identity: `${hostname()}_${process.pid}`,
    leaseDurationMs: values["leader-election-lease-duration"],
    renewDeadlineMs: values["leader-election-renew-deadline"],
    retryPeriodMs: values["leader-election-retry-period"],
    releaseOnCancel: values["leader-election-release-on-cancel"],
  };
}

/** Without a path: a place of its own for each cluster, so that two never share one by accident. */
function storageDirectory({ io, flags: { kubeconfig, context } }: Invocation, path: string): string {
  if (path !== "") return resolve(io.cwd, path);
  const cache = io.env["XDG_CACHE_HOME"] ?? join(io.env["HOME"] ?? homedir(), ".cache");
  const cluster = createHash("sha256")
    .update([kubeconfig, io.env["KUBECONFIG"] ?? "", context].join("\n"))
    .digest("hex");
  return join(cache, "sluice", cluster.slice(0, 12));
}

function listenAddress(parse: typeof parseAddress, address: string): ReturnType<typeof parseAddress> {
  try {
    return parse(address);
  } catch (error) {
    const message = `--storage-addr: ${JSON.stringify(address)} is not an address, must be host:port`;
    throw new CliError("Usage", message, { cause: error });
  }
}

function requireController(name: string): ControllerName {
  const found = CONTROLLERS.find((each) => each === name || `${each}-controller` === name);
  if (found === undefined) throw usageError(`unknown controller '${name}', must be one of: ${CONTROLLERS.join(", ")}`);
  return found;
}

const KNOWN_GATES: ReadonlySet<string> = new Set(["ExternalArtifact"]);

/** Reads `A=true,B=false` into the set of gates that are open. */
function featureGates(input: string): ReadonlySet<string> {
  const open = new Set<string>();
  for (const pair of input.split(",").filter((each) => each !== "")) {
    const [name = "", value] = pair.split("=");
    if (!KNOWN_GATES.has(name)) throw usageError(`unknown feature gate: ${name}`);
    if (value !== "true" && value !== "false") throw usageError(`feature gate ${name} must be true or false`);
    if (value === "true") open.add(name);
  }
  return open;
}

interface Log {
  readonly encoding: "json" | "console";
  readonly write: (line: string) => void;
  close(): Promise<void>;
}

function openLog({ io, flags: values, ...invocation }: Invocation<typeof flags>): Log {
  const path = values["log-file"];
  const fallback = path === "" && io.stderr.isTTY ? "console" : "json";
  const encoding = values["log-encoding"] === "" ? fallback : values["log-encoding"];
  if (path === "") return { encoding, write: (line) => io.stderr.write(line), close: async () => {} };
  const file = createWriteStream(resolve(io.cwd, path), { flags: "a", mode: 0o600 });
  file.on("error", (error) => invocation.say.failure(`log file: ${error.message}`));
  return {
    encoding,
    write: (line) => void file.write(line),
    close: () => new Promise((done) => file.end(done)),
  };
}

function unsupported(what: string, choices: readonly string[]): (value: string) => string {
  return (value) => `unsupported ${what} '${value}', must be one of: ${choices.join(", ")}`;
}
