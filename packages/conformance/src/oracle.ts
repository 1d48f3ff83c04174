import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { CodedError } from "@sluice/errors";

/** A real program to compare with. */
export type OracleName = "etcd" | "kube-apiserver" | "kubectl" | "kustomize";

/** How a program is built: from a module of ours that pins it, or by `go install`. */
type Recipe = { readonly module: string; readonly importPath: string } | { readonly install: string };

interface Oracle {
  readonly version: string;
  readonly recipe: Recipe;
  readonly ldflags?: string;
}

const kubernetesVersion = "v1.36.3";

const stampKubernetes = ["gitVersion=v1.36.3", "gitMajor=1", "gitMinor=36", "gitTreeState=clean"]
  .map((pair) => `-X k8s.io/component-base/version.${pair}`)
  .join(" ");

const oracles: Readonly<Record<OracleName, Oracle>> = {
  etcd: { version: "v3.7.3", recipe: { module: "etcd", importPath: "go.etcd.io/etcd/server/v3" } },
  "kube-apiserver": {
    version: kubernetesVersion,
    recipe: { module: "kubernetes", importPath: "k8s.io/kubernetes/cmd/kube-apiserver" },
    ldflags: stampKubernetes,
  },
  kubectl: {
    version: kubernetesVersion,
    recipe: { module: "kubernetes", importPath: "k8s.io/kubernetes/cmd/kubectl" },
    ldflags: stampKubernetes,
  },
  kustomize: { version: "v5.8.1", recipe: { install: "sigs.k8s.io/kustomize/kustomize/v5" } },
};

/** There is no such program here and no way to make it. */
export class OracleError extends CodedError<"GoMissing" | "BuildFailed"> {}

/** Where built programs are kept, by version, outside the repository. */
function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sluice", "oracles");
}

/** Returns the path of a real program, building it first where it is missing. Building takes minutes, once. */
export async function ensureOracle(name: OracleName, log: (line: string) => void): Promise<string> {
  const oracle = oracles[name];
  const directory = join(cacheDirectory(), `${name}-${oracle.version}`);
  const path = join(directory, name);
  if (existsSync(path)) return path;
  if (!(await hasGo())) throw new OracleError("GoMissing", `${name} ${oracle.version} must be built, which needs Go`);
  log(`building ${name} ${oracle.version}`);
  const staging = `${directory}.${process.pid}`;
  await mkdir(staging, { recursive: true });
  try {
    const built = await build(oracle, staging);
    await mkdir(directory, { recursive: true });
    await rename(built, path);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return path;
}

async function build({ recipe, ldflags, version }: Oracle, staging: string): Promise<string> {
  const flags = ldflags === undefined ? [] : ["-ldflags", ldflags];
  if ("install" in recipe) {
    await go(["install", ...flags, `${recipe.install}@${version}`], { cwd: staging, env: { GOBIN: staging } });
    return join(staging, programOf(recipe.install));
  }
  const module = new URL(`../oracles/${recipe.module}`, import.meta.url).pathname;
  const output = join(staging, "program");
  await go(["build", ...flags, "-o", output, recipe.importPath], { cwd: module, env: {} });
  return output;
}

/** The name that `go install` gives a program: the last element of its path that is not a version. */
function programOf(importPath: string): string {
  return basename(importPath.replace(/\/v\d+$/, ""));
}

async function hasGo(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn("go", ["version"], { stdio: "ignore" });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

function go(args: readonly string[], { cwd, env }: { cwd: string; env: Record<string, string> }): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new OracleError("BuildFailed", `go ${args.join(" ")}: ${errors.trim().slice(-2000)}`));
    });
  });
}
