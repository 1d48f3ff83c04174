import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "@sluice/errors";
import { awaitReady } from "../../cluster/await-ready.ts";
import { withCluster } from "../../cluster/cluster.ts";
import { CliError, usageError } from "../../errors.ts";
import type { FluxObject } from "../../kinds/flux-kind.ts";
import { gitRepository } from "../../kinds/kinds.ts";
import { formatYamlStream } from "../../printers/yaml.ts";
import { defineCommand } from "../../program/command.ts";
import type { Command, Invocation } from "../../program/command.ts";
import { boolean, choice, duration, list, text } from "../../program/flag.ts";
import type { Flag, FlagValues } from "../../program/flag.ts";
import { formatDuration } from "../../text/duration.ts";
import { createFlags, parseLabels, requireObjectName } from "./create-flags.ts";
import type { CreateFlags } from "./create-flags.ts";
import { applySecret, upsert } from "./upsert.ts";

/** The flags of all `create source` commands. */
export type CreateSourceFlags = { readonly "fetch-timeout": Flag<number> };

export const createSourceFlags: CreateSourceFlags = { "fetch-timeout": duration("how long one fetch may take") };

const PROVIDERS = ["generic", "github", "aws", "azure"] as const;

const flags = {
  url: text("address of the repository, e.g. ssh://git@host/org/repository"),
  branch: text("branch to follow"),
  tag: text("tag to take"),
  "tag-semver": text("range of semantic versions; the highest tag in it is taken"),
  "ref-name": text("full name of a reference, e.g. refs/pull/420/head"),
  commit: text("commit to take"),
  username: text("user name for basic authentication", "", { short: "u" }),
  password: text("password for basic authentication", "", { short: "p" }),
  "secret-ref": text("existing Secret with SSH keys, basic credentials or a GitHub App"),
  "proxy-secret-ref": text("existing Secret with the address and credentials of a proxy"),
  provider: choice("who issues the credentials: generic, github, aws or azure", PROVIDERS, "", (value) =>
    value.trim() === ""
      ? "no source Git provider given, please specify the Git provider name"
      : `source Git provider '${value}' is not supported, must be one of: ${PROVIDERS.join("|")}`,
  ),
  "ca-file": text("file with the certificate authority of the Git server", "", { completes: "files" }),
  "recurse-submodules": boolean("include Git submodules"),
  silent: boolean("accepted for compatibility; nothing is asked", false, { short: "s", hidden: true }),
  "ignore-paths": list("patterns of files to leave out, as in .gitignore"),
  "sparse-checkout-paths": list("only these directories"),
};

type Values = FlagValues<typeof flags & CreateFlags & CreateSourceFlags>;

/** `create source git`. */
export const createSourceGit: Command = defineCommand({
  name: "git",
  usage: "[name]",
  summary: "Create or update a GitRepository source",
  description: `Creates or updates a GitRepository and waits until it is fetched.
A user name and password are stored in a Secret of the same name.`,
  example: `  # Follow a branch
  $0 create source git fleet-infra \\
    --url=https://github.com/myorg/fleet-infra \\
    --branch=main

  # Follow the newest release, with credentials that are in the cluster already
  $0 create source git payments-app \\
    --url=ssh://git@github.com/myorg/payments-app \\
    --tag-semver=">=1.0.0" \\
    --secret-ref=payments-git-credentials`,
  flags,
  inherits: { ...createFlags, ...createSourceFlags },
  async run(invocation) {
    const name = requireObjectName(invocation.args);
    const { io } = invocation;
    const url = checkUrl(invocation.flags.url);
    const object = gitRepositoryOf(name, invocation.flags.namespace, invocation.flags, url);
    if (invocation.flags.export) {
      io.stdout.write(await formatYamlStream([object]));
      return;
    }
    const secret = await secretFor(invocation, object, invocation.flags, url);
    await apply(invocation, secret === undefined ? object : withSecret(object, name), secret);
  },
});

type Secret = Parameters<typeof applySecret>[1];

async function apply(invocation: Invocation, object: FluxObject, secret: Secret | undefined): Promise<void> {
  const { say, io } = invocation;
  const noun = "GitRepository source";
  await withCluster(invocation, async (cluster) => {
    say.generate(`generating ${noun}`);
    if (invocation.flags.verbose) io.stdout.write(await formatYamlStream([object]));
    if (secret !== undefined) {
      say.action("applying secret with repository credentials");
      await applySecret(cluster, secret);
      say.success("authentication configured");
    }
    say.action(`applying ${noun}`);
    await upsert(cluster, { kind: gitRepository, noun }, object, say);
    say.wait(`waiting for ${noun} reconciliation`);
    const { name, namespace = cluster.namespace } = object.metadata;
    const ready = await awaitReady(cluster, gitRepository, { namespace, name }, say);
    say.success(`${noun} reconciliation completed`);
    const revision = ready.status?.artifact?.revision;
    if (revision === undefined)
      throw new CliError("Failed", `${noun} reconciliation completed but no artifact was found`);
    say.success(`fetched revision: ${revision}`);
  });
}

function checkUrl(text: string): URL {
  if (text === "") throw usageError("url is required");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? "";
  if (!["ssh", "http", "https"].includes(scheme)) {
    throw usageError(`git URL scheme '${scheme}' not supported, can be: ssh, http and https`);
  }
  const url = URL.parse(text);
  if (url === null) throw usageError(`git URL parse failed: ${JSON.stringify(text)} is not a URL`);
  return url;
}

function gitRepositoryOf(name: string, namespace: string, values: Values, url: URL): FluxObject {
  const ref = refOf(values);
  if (values["ca-file"] !== "" && url.protocol === "ssh:") {
    throw usageError("specifying a CA file is not supported for Git over SSH");
  }
  const labels = parseLabels(values.label);
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name, namespace, ...(Object.keys(labels).length > 0 && { labels }) },
    spec: {
      ...(values["ignore-paths"].length > 0 && { ignore: values["ignore-paths"].join("\n") }),
      interval: formatDuration(values.interval),
      ...(values.provider !== "" && { provider: values.provider }),
      ...(values["proxy-secret-ref"] !== "" && { proxySecretRef: { name: values["proxy-secret-ref"] } }),
      ...(values["recurse-submodules"] && { recurseSubmodules: true }),
      ref,
      ...(values["secret-ref"] !== "" && { secretRef: { name: values["secret-ref"] } }),
      ...(values["sparse-checkout-paths"].length > 0 && { sparseCheckout: values["sparse-checkout-paths"] }),
      ...(values["fetch-timeout"] > 0 && { timeout: formatDuration(values["fetch-timeout"]) }),
      url: values.url,
    },
  };
}

/** The most exact reference that was given: commit, name, semver, tag, branch. */
function refOf(values: Values): { readonly [field: string]: string } {
  if (values.commit !== "") {
    return { ...(values.branch !== "" && { branch: values.branch }), commit: values.commit };
  }
  if (values["ref-name"] !== "") return { name: values["ref-name"] };
  if (values["tag-semver"] !== "") return { semver: values["tag-semver"] };
  if (values.tag !== "") return { tag: values.tag };
  if (values.branch !== "") return { branch: values.branch };
  throw usageError(
    "a Git ref is required, use one of the following: --branch, --tag, --commit, --ref-name or --tag-semver",
  );
}

/** The Secret to store given credentials in; `undefined` when there are none to store. */
async function secretFor(
  invocation: Invocation,
  object: FluxObject,
  values: Values,
  url: URL,
): Promise<Secret | undefined> {
  if (values["secret-ref"] !== "") return undefined;
  if (url.protocol === "ssh:") {
    throw usageError("Git over SSH needs --secret-ref: a Secret with the keys identity and known_hosts");
  }
  const stringData: { [key: string]: string } = {};
  if (values.username !== "" && values.password !== "") {
    if (url.protocol === "http:")
      invocation.say.warning("insecure configuration: credentials configured for an HTTP URL");
    stringData["username"] = values.username;
    stringData["password"] = values.password;
  }
  if (values["ca-file"] !== "") {
    stringData["ca.crt"] = await readFile(resolve(invocation.io.cwd, values["ca-file"]), "utf8").catch(
      (error: unknown) => {
        throw new CliError("NotFound", `unable to read TLS CA file: ${messageOf(error)}`, { cause: error });
      },
    );
  }
  if (Object.keys(stringData).length === 0) return undefined;
  return { apiVersion: "v1", kind: "Secret", metadata: object.metadata, stringData };
}

function withSecret(object: FluxObject, name: string): FluxObject {
  return { ...object, spec: { ...object.spec, secretRef: { name } } };
}
