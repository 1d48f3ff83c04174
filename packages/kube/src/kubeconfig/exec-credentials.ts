import { spawn } from "node:child_process";
import { messageOf } from "@sluice/errors";
import type { Clock } from "../clock.ts";
import { KubeConfigError } from "../errors.ts";
import { bearer } from "./credentials.ts";
import type { ExecConfig } from "./kube-config.ts";
import type { Environment } from "./environment.ts";
import type { ClientCertificate, Credential, Credentials } from "./rest-config.ts";

const apiVersions: ReadonlySet<string> = new Set([
  "client.authentication.k8s.io/v1",
  "client.authentication.k8s.io/v1beta1",
]);
const timeoutMs = 60_000;
const maxOutputBytes = 1024 * 1024;

export interface ExecOptions {
  readonly env: Environment;
  readonly clock: Clock;
  /** `spec.cluster` of the ExecCredential, for plugins with `provideClusterInfo`. */
  readonly cluster?: { readonly [field: string]: unknown };
  /** Whether a person sits at standard input. */
  readonly interactive?: boolean;
}

/**
 * Credentials from a program, as `client.authentication.k8s.io` describes it. The program runs when there is nothing
 * cached, when what is cached expired, and when the server refused it; concurrent callers share one run.
 */
export function execCredentials(config: ExecConfig, options: ExecOptions): Credentials {
  const interactive = validate(config, options.interactive ?? process.stdin.isTTY);
  let cached: { readonly credential: Credential; readonly expiresAtMs: number } | undefined;
  let running: Promise<Credential> | undefined;
  let lastCertificate: ClientCertificate | undefined;

  const refresh = async (): Promise<Credential> => {
    const output = await run(config, options, interactive);
    const answer = readAnswer(config, output);
    if (lastCertificate?.cert !== answer.certificate?.cert || lastCertificate?.key !== answer.certificate?.key) {
      lastCertificate = answer.certificate;
    }
    const credential: Credential = {
      ...(answer.token === undefined ? {} : { authorization: bearer(answer.token) }),
      ...(lastCertificate === undefined ? {} : { certificate: lastCertificate }),
    };
    cached = { credential, expiresAtMs: answer.expiresAtMs };
    return credential;
  };

  return {
    current: () => {
      if (cached !== undefined && options.clock.now() < cached.expiresAtMs) return Promise.resolve(cached.credential);
      running ??= refresh().finally(() => (running = undefined));
      return running;
    },
    refused: () => {
      cached = undefined;
      return true;
    },
  };
}

function validate(config: ExecConfig, terminal: boolean): boolean {
  const place = `exec plugin ${JSON.stringify(config.command)}`;
  if (config.command === "") throw new KubeConfigError("KubeConfigInvalid", "exec plugin: command is required");
  if (!apiVersions.has(config.apiVersion ?? "")) {
    throw new KubeConfigError(
      "KubeConfigInvalid",
      `${place}: unknown apiVersion ${JSON.stringify(config.apiVersion ?? "")}`,
    );
  }
  if (config.interactiveMode === undefined && config.apiVersion === "client.authentication.k8s.io/v1") {
    throw new KubeConfigError("KubeConfigInvalid", `${place}: interactiveMode is required with ${config.apiVersion}`);
  }
  const mode = config.interactiveMode ?? "IfAvailable";
  if (mode === "Always" && !terminal) {
    throw new KubeConfigError("CredentialsFailed", `${place}: needs a terminal, and standard input is none`);
  }
  return mode !== "Never" && terminal;
}

function run(config: ExecConfig, options: ExecOptions, interactive: boolean): Promise<string> {
  const request = {
    apiVersion: config.apiVersion,
    kind: "ExecCredential",
    spec: { interactive, ...(config.provideClusterInfo === true ? { cluster: options.cluster } : {}) },
  };
  const extra = Object.fromEntries((config.env ?? []).map((each) => [each.name, each.value]));
  const failed = (why: string, cause?: unknown): KubeConfigError => {
    const hint = config.installHint === undefined || config.installHint === "" ? "" : `; ${config.installHint.trim()}`;
    return new KubeConfigError("CredentialsFailed", `exec plugin ${JSON.stringify(config.command)}: ${why}${hint}`, {
      cause,
    });
  };
  return new Promise((resolve, reject) => {
    const child = spawn(config.command, config.args ?? [], {
      env: { ...options.env, ...extra, KUBERNETES_EXEC_INFO: JSON.stringify(request) },
      stdio: [interactive ? "inherit" : "ignore", "pipe", interactive ? "inherit" : "pipe"],
      shell: false,
    });
    // A person may take any time to log in.
    const timer = interactive ? undefined : options.clock.setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    const stdout = collect(child.stdout, () => child.kill("SIGKILL"));
    const stderr = collect(child.stderr, () => {});
    child.once("error", (error) => {
      timer?.cancel();
      reject(failed(messageOf(error), error));
    });
    child.once("close", (code, signal) => {
      timer?.cancel();
      if (code === 0) resolve(stdout());
      else
        reject(failed(`${signal === null ? `exit code ${code ?? 0}` : `killed by ${signal}`}${lastLines(stderr())}`));
    });
  });
}

function collect(stream: NodeJS.ReadableStream | null, onTooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  stream?.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= maxOutputBytes) chunks.push(chunk);
    else onTooMuch();
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function lastLines(stderr: string): string {
  const lines = stderr.trim().split("\n").slice(-3).join("; ");
  return lines === "" ? "" : `: ${lines.slice(-500)}`;
}

interface Answer {
  readonly token?: string;
  readonly certificate?: ClientCertificate;
  /** Infinity when the credential has no end. */
  readonly expiresAtMs: number;
}

function readAnswer(config: ExecConfig, output: string): Answer {
  const bad = (why: string, cause?: unknown): KubeConfigError =>
    new KubeConfigError("CredentialsFailed", `exec plugin ${JSON.stringify(config.command)}: ${why}`, { cause });
  let answer: { kind?: unknown; apiVersion?: unknown; status?: { [key: string]: unknown } | null };
  try {
    answer = JSON.parse(output) as typeof answer;
  } catch (cause) {
    throw bad("output is not an ExecCredential in JSON", cause);
  }
  if (typeof answer !== "object" || answer === null || answer.kind !== "ExecCredential")
    throw bad("output is not an ExecCredential");
  if (answer.apiVersion !== config.apiVersion) {
    throw bad(`configured for ${config.apiVersion ?? ""}, answered ${JSON.stringify(answer.apiVersion)}`);
  }
  const status = answer.status ?? {};
  const field = (name: string): string | undefined => {
    const value = status[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const [token, cert, key, expiry] = ["token", "clientCertificateData", "clientKeyData", "expirationTimestamp"].map(
    field,
  );
  if ((cert === undefined) !== (key === undefined)) throw bad("certificate and key must come together");
  if (token === undefined && cert === undefined) throw bad("answered neither a token nor a certificate");
  const expiresAtMs = expiry === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiry);
  if (Number.isNaN(expiresAtMs)) throw bad(`bad expirationTimestamp ${JSON.stringify(expiry)}`);
  return {
    expiresAtMs,
    ...(token === undefined ? {} : { token }),
    ...(cert === undefined || key === undefined ? {} : { certificate: { cert, key } }),
  };
}
