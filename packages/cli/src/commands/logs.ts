import { open, stat } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { KubernetesObject } from "@sluice/api";
import { withCluster } from "../cluster/cluster.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { listDeployments } from "../cluster/installation.ts";
import { FLUX_NAMESPACE } from "../cluster/namespace.ts";
import { kubeconfigPath } from "../cluster/connect.ts";
import { CliError, usageError } from "../errors.ts";
import { defineCommand } from "../program/command.ts";
import type { Command, Invocation } from "../program/command.ts";
import { boolean, choice, duration, integer, text } from "../program/flag.ts";
import type { FlagValues } from "../program/flag.ts";
import { allNamespacesFlag } from "../program/global-flags.ts";
import { formatLogLine, parseLogLine } from "../printers/log-line.ts";
import type { LogEntry } from "../printers/log-line.ts";

const LEVELS = ["debug", "info", "error"] as const;
const EVERYTHING = -1;
const podGvk = { group: "", version: "v1", kind: "Pod" };

/** The name of the file that a process outside the cluster logs to, beside the cluster's kubeconfig. */
export const LOCAL_LOG_FILE = "sluice.log";

const flags = {
  "all-namespaces": allNamespacesFlag,
  file: text("read this file instead of the controllers' pods: the log of a process outside the cluster", "", {
    completes: "files",
  }),
  "flux-namespace": text("where the controllers run", FLUX_NAMESPACE, { completes: "namespaces" }),
  follow: boolean("go on as lines are written, until interrupted", false, { short: "f" }),
  kind: text("only lines about objects of this kind"),
  level: choice("only lines of this level: debug, info or error", LEVELS, "", (value) =>
    value.trim() === ""
      ? "no log level given, must be one of: debug, info, error"
      : `unsupported log level '${value}', must be one of: debug, info, error`,
  ),
  name: text("only lines about objects of this name"),
  since: duration("only lines of the last minutes or hours"),
  "since-time": text("only lines after a time, as RFC 3339"),
  tail: integer("only the last lines of each log", EVERYTHING),
};

/** `logs`. */
export const logs: Command = defineCommand({
  name: "logs",
  summary: "Display the controllers' logs",
  description: `Prints the controllers' log lines about Flux objects, one line each.
Where the controllers run outside the cluster, reads ${LOCAL_LOG_FILE} beside the kubeconfig, which "demo" and
"run --log-file" write, or the file that --file names.`,
  example: `  # Everything about one Kustomization
  $0 logs --kind=Kustomization --name=payment-service

  # Errors in all namespaces, as they happen
  $0 logs --follow --level=error --all-namespaces`,
  flags,
  async run(invocation) {
    const { flags: values, io } = invocation;
    if (values["since-time"] !== "" && values.since !== 0) {
      throw usageError("at most one of `sinceTime` or `sinceDuration` may be specified");
    }
    const sinceMs = sinceOf(values, io.now());
    const accepts = acceptsEntry(values, sinceMs);
    const print = (line: string): void => {
      const entry = parseLogLine(line);
      if (entry !== undefined && accepts(entry)) io.stdout.write(formatLogLine(entry));
    };
    const file = values.file === "" ? undefined : resolve(io.cwd, values.file);
    if (file !== undefined) {
      await readLog(file, values, io.signal, print);
      return;
    }
    await withCluster(invocation, (cluster) => readPods(invocation, cluster, print), { endless: values.follow });
  },
});

type Values = FlagValues<typeof flags> & { readonly namespace: string };

function sinceOf(values: Values, now: number): number | undefined {
  if (values.since !== 0) return now - values.since;
  const text = values["since-time"];
  if (text === "") return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw usageError(`${text} is not a valid (RFC3339) time`);
  return time;
}

function acceptsEntry(values: Values, sinceMs: number | undefined): (entry: LogEntry) => boolean {
  const matches = (wanted: string, actual: string): boolean =>
    wanted === "" || wanted.toLowerCase() === actual.toLowerCase();
  return (entry) =>
    matches(values.level, entry.level) &&
    matches(values.kind, entry.kind) &&
    matches(values.name, entry.name) &&
    (values["all-namespaces"] || values.namespace.toLowerCase() === entry.namespace.toLowerCase()) &&
    (sinceMs === undefined || Date.parse(entry.timestamp) >= sinceMs);
}

async function readPods(
  invocation: Invocation<typeof flags>,
  cluster: Cluster,
  print: (line: string) => void,
): Promise<void> {
  const { flags: values, io } = invocation;
  const { client, signal } = cluster;
  const namespace = values["flux-namespace"];
  const deployments = await listDeployments(client, namespace, signal);
  const pods = await Promise.all(
    deployments.map(async ({ spec }) => {
      const labels = Object.entries(spec.template.metadata?.labels ?? {});
      const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(",");
      const { items } = await client.list<Pod>(podGvk, { namespace, labelSelector, signal });
      return items.toSorted((a, b) => Number(isRunning(b)) - Number(isRunning(a)))[0];
    }),
  );
  const found = pods.filter((pod) => pod !== undefined);
  if (found.length === 0) {
    const local = join(dirname(kubeconfigPath(invocation)), LOCAL_LOG_FILE);
    if (await exists(local)) return readLog(local, values, io.signal, print);
    throw new CliError("NotFound", `no Flux pods found in namespace ${JSON.stringify(namespace)}`);
  }
  const read = async (pod: Pod): Promise<void> => {
    const query = new URLSearchParams({ follow: String(values.follow) });
    if (pod.spec.containers.length > 1) query.set("container", "manager");
    if (values.tail > EVERYTHING) query.set("tailLines", String(values.tail));
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log?${query.toString()}`;
    for await (const line of linesOf(client.stream(path, { signal }))) print(line);
  };
  if (values.follow) await Promise.all(found.map(read));
  else for (const pod of found) await read(pod);
}

interface Pod extends KubernetesObject {
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
  readonly status?: { readonly phase?: string };
}

function isRunning(pod: Pod): boolean {
  return pod.status?.phase === "Running";
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Reads a log file, and with `--follow` what is added to it. */
async function readLog(
  path: string,
  values: Values,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  const file = await open(path).catch((error: unknown) => {
    throw new CliError("NotFound", `cannot read ${path}`, { cause: error });
  });
  try {
    let rest = "";
    const drain = async (): Promise<string[]> => {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(1 << 20) });
      if (bytesRead === 0) return [];
      const lines = (rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
      rest = lines.pop() ?? "";
      return [...lines, ...(await drain())];
    };
    const lines = await drain();
    for (const line of values.tail > EVERYTHING ? lines.slice(lines.length - values.tail) : lines) print(line);
    if (!values.follow) return;
    await new Promise<void>((done, fail) => {
      const watcher = watch(path, { signal }, () => void drain().then((added) => added.forEach(print), fail));
      watcher.on("close", done);
      watcher.on("error", (error) => (signal.aborted ? done() : fail(error)));
    });
  } finally {
    await file.close();
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
