import { posix } from "node:path";
import { awaitReady } from "../../cluster/await-ready.ts";
import { withCluster } from "../../cluster/cluster.ts";
import { usageError } from "../../errors.ts";
import type { FluxObject } from "../../kinds/flux-kind.ts";
import { kustomization } from "../../kinds/kinds.ts";
import { formatYamlStream } from "../../printers/yaml.ts";
import { defineCommand } from "../../program/command.ts";
import type { Command, Invocation } from "../../program/command.ts";
import { boolean, choice, duration, list, parsed, text } from "../../program/flag.ts";
import type { FlagValues } from "../../program/flag.ts";
import { formatDuration } from "../../text/duration.ts";
import { createFlags, parseLabels, requireObjectName } from "./create-flags.ts";
import type { CreateFlags } from "./create-flags.ts";
import { upsert } from "./upsert.ts";

const SOURCE_KINDS = ["OCIRepository", "GitRepository", "Bucket"] as const;
const CHECKED_KINDS: ReadonlyMap<string, string> = new Map([
  ["Deployment", ""],
  ["DaemonSet", ""],
  ["StatefulSet", ""],
  ["HelmRelease", "helm.toolkit.fluxcd.io/v2"],
]);
const TWO_MINUTES_MS = 120_000;

interface SourceReference {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const flags = {
  source: parsed<SourceReference | undefined>(
    `where the manifests come from, as [<kind>/]<name>[.<namespace>]; the kind is one of ${SOURCE_KINDS.join(", ")}, GitRepository where left out`,
    undefined,
    parseSource,
  ),
  path: parsed("directory of the source to apply", "./", parseRelativePath, { completes: "files" }),
  prune: boolean("delete what is no longer in the source"),
  wait: boolean("Ready only when all applied objects are"),
  "health-check": list("workload that must be healthy, as <kind>/<name>.<namespace>"),
  "health-check-timeout": duration("how long the health checks may take", TWO_MINUTES_MS),
  "depends-on": list("Kustomization that must be Ready first, as <name> or <namespace>/<name>"),
  "service-account": text("service account to apply as"),
  "decryption-provider": choice("how Secrets are encrypted: sops", ["sops"], "", (value) =>
    value.trim() === ""
      ? "no decryption provider given, must be one of: sops"
      : `unsupported decryption provider '${value}', must be one of: sops`,
  ),
  "decryption-secret": text("Secret with the decryption keys"),
  "target-namespace": text("namespace for all objects, instead of their own"),
  "kubeconfig-secret-ref": text("Secret with the kubeconfig of another cluster to apply to"),
  "retry-interval": duration("how long to wait after a failure"),
  validation: text("", "", {
    deprecated: "this arg is no longer used, all resources are validated using server-side apply dry-run",
  }),
};

/** `create kustomization`. */
export const createKustomization: Command = defineCommand({
  name: "kustomization",
  aliases: ["ks"],
  usage: "[name]",
  summary: "Create or update a Kustomization",
  description: "Creates or updates a Kustomization and waits until it is Ready.",
  example: `  # Apply a directory of a GitRepository and delete what leaves it
  $0 create kustomization payment-service \\
    --source=GitRepository/fleet-infra \\
    --path="./apps/overlays/production" \\
    --prune=true \\
    --interval=10m \\
    --health-check="Deployment/payment-service.payment" \\
    --health-check-timeout=2m

  # Only after the infrastructure is Ready; as YAML for Git
  $0 create kustomization apps \\
    --depends-on=infrastructure \\
    --source=fleet-infra \\
    --path="./apps" \\
    --export > apps.yaml`,
  flags,
  inherits: createFlags,
  async run(invocation) {
    const name = requireObjectName(invocation.args);
    const { io, say } = invocation;
    const object = kustomizationOf(name, invocation.flags);
    if (invocation.flags.export) {
      io.stdout.write(await formatYamlStream([object]));
      return;
    }
    say.generate("generating Kustomization");
    if (invocation.flags.verbose) io.stdout.write(await formatYamlStream([object]));
    await apply(invocation, object);
  },
});

async function apply(invocation: Invocation, object: FluxObject): Promise<void> {
  const { say } = invocation;
  await withCluster(invocation, async (cluster) => {
    const { name, namespace = cluster.namespace } = object.metadata;
    say.action("applying Kustomization");
    await upsert(cluster, { kind: kustomization, noun: "Kustomization" }, object, say);
    say.wait("waiting for Kustomization reconciliation");
    const ready = await awaitReady(cluster, kustomization, { namespace, name }, say);
    say.success(`Kustomization ${name} is ready`);
    say.success(kustomization.successMessage(ready));
  });
}

function kustomizationOf(
  name: string,
  values: FlagValues<typeof flags & CreateFlags> & { readonly namespace: string },
): FluxObject {
  const source = values.source;
  if (source === undefined) throw usageError("source is required");
  const labels = parseLabels(values.label);
  const timeout = formatDuration(values["health-check-timeout"]);
  const checks = values.wait ? [] : values["health-check"].map(parseHealthCheck);
  const optional = (condition: boolean, fields: { readonly [field: string]: unknown }): object =>
    condition ? fields : {};
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: values.namespace, ...(Object.keys(labels).length > 0 ? { labels } : {}) },
    spec: {
      ...optional(values["depends-on"].length > 0, { dependsOn: values["depends-on"].map(parseDependency) }),
      ...optional(values["decryption-provider"] !== "", {
        decryption: {
          provider: values["decryption-provider"],
          ...optional(values["decryption-secret"] !== "", { secretRef: { name: values["decryption-secret"] } }),
        },
      }),
      ...optional(checks.length > 0, { healthChecks: checks }),
      interval: formatDuration(values.interval),
      ...optional(values["kubeconfig-secret-ref"] !== "", {
        kubeConfig: { secretRef: { name: values["kubeconfig-secret-ref"] } },
      }),
      path: values.path,
      prune: values.prune,
      ...optional(values["retry-interval"] > 0, { retryInterval: formatDuration(values["retry-interval"]) }),
      ...optional(values["service-account"] !== "", { serviceAccountName: values["service-account"] }),
      sourceRef: source,
      ...optional(values["target-namespace"] !== "", { targetNamespace: values["target-namespace"] }),
      ...optional(checks.length > 0 || values.wait, { timeout }),
      ...optional(values.wait, { wait: true }),
    },
  };
}

/** Reads `[kind/]name[.namespace]`. */
function parseSource(input: string): SourceReference {
  if (input.trim() === "")
    throw new SyntaxError("no Kustomization source given, please specify [<kind>/]<name>[.<namespace>]");
  const { kind, name, namespace } = splitReference(input);
  if (name === "") throw new SyntaxError(`no name given for source of kind '${kind}'`);
  if (kind === "" && SOURCE_KINDS.some((each) => each === name))
    throw new SyntaxError(`no kind specified for source '${name}'`);
  const known = kind === "" ? "GitRepository" : SOURCE_KINDS.find((each) => each.toLowerCase() === kind.toLowerCase());
  if (known === undefined) {
    throw new SyntaxError(`source kind '${kind}' is not supported, must be one of: ${SOURCE_KINDS.join(", ")}`);
  }
  return { kind: known, name, ...(namespace === "" ? {} : { namespace }) };
}

/** Splits `kind/name.namespace`; the namespace is what follows the last dot. */
function splitReference(input: string): { readonly kind: string; readonly name: string; readonly namespace: string } {
  const parts = input.split("/");
  const [kind = "", rest = ""] = parts.length === 2 ? parts : ["", input];
  const dot = rest.lastIndexOf(".");
  return dot < 0
    ? { kind, name: rest, namespace: "" }
    : { kind, name: rest.slice(0, dot), namespace: rest.slice(dot + 1) };
}

/** Keeps a path inside the source: `../x` and `/x` both mean `./x`. */
function parseRelativePath(input: string): string {
  const inside = posix.normalize(`/${input.trim()}`).replace(/^\/+|\/+$/g, "");
  return `./${inside}`;
}

function parseDependency(input: string): { readonly name: string; readonly namespace?: string } {
  const slash = input.indexOf("/");
  return slash < 0 ? { name: input } : { name: input.slice(slash + 1), namespace: input.slice(0, slash) };
}

function parseHealthCheck(check: string): { readonly [field: string]: string } {
  const parts = check.split("/");
  const [kind = "", object = ""] = parts;
  if (parts.length !== 2)
    throw usageError(`invalid health check '${check}' must be in the format 'kind/name.namespace'`);
  const apiVersion = CHECKED_KINDS.get(kind);
  if (apiVersion === undefined) {
    throw usageError(`invalid health check kind '${kind}' can be HelmRelease, Deployment, DaemonSet or StatefulSet`);
  }
  const [name = "", namespace, ...more] = object.split(".");
  if (namespace === undefined || more.length > 0) {
    throw usageError(`invalid health check '${check}' must be in the format 'kind/name.namespace'`);
  }
  return { ...(apiVersion === "" ? {} : { apiVersion }), kind, name, namespace };
}
