/**
 * Holds every import against the architecture: a package imports only from lower layers, only through another
 * package's entry points, and only what its package.json declares; files of one package import each other without
 * cycles; one kind's controller never imports another's; nothing but tests imports the testing package.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { exceptions, layers } from "./layers.ts";

/** A breach, as a line to print. */
export type Finding = string;

interface PackageFacts {
  readonly name: string;
  readonly declared: ReadonlySet<string>;
  readonly declaredForTests: ReadonlySet<string>;
  readonly entryPoints: ReadonlySet<string>;
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|(?:^|\n)\s*import\s+["']([^"']+)["']/g;

/** The module specifiers that a source text imports, types included. */
export function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  return Array.from(code.matchAll(importPattern), (match) => match[1] ?? match[2] ?? match[3] ?? "");
}

/** Why `from` may not import `to`, or `undefined` when it may. */
export function layerBreach(from: string, to: string, isTest: boolean): string | undefined {
  if (from === to) return undefined;
  if (to === "testing") return isTest ? undefined : "only tests may import the testing package";
  const exception = exceptions.find((each) => each.from === from && each.to === to);
  if (exception !== undefined) return exception.allowed ? undefined : exception.reason;
  const [fromLayer, toLayer] = [layers[from], layers[to]];
  if (fromLayer === undefined) return `package ${from} is not in scripts/layers.ts`;
  if (toLayer === undefined) return `package ${to} is not in scripts/layers.ts`;
  if (toLayer < fromLayer) return undefined;
  if (isTest && from === "controllers" && to === "apiserver") return undefined;
  return `layer ${fromLayer} may not import layer ${toLayer}`;
}

function readPackage(directory: string): PackageFacts {
  const json = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
    name: string;
    exports?: Record<string, unknown>;
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  const declared = new Set(Object.keys(json.dependencies ?? {}));
  return {
    name: json.name,
    declared,
    declaredForTests: new Set([...declared, ...Object.keys(json.devDependencies ?? {})]),
    entryPoints: new Set(Object.keys(json.exports ?? {}).map((key) => json.name + key.slice(1))),
  };
}

/** Finds the import cycles between files, each once, as `a.ts → b.ts → a.ts`. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  const visit = (file: string): void => {
    state.set(file, "open");
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const seen = state.get(next);
      if (seen === "open") cycles.push([...path.slice(path.indexOf(next)), next].join(" → "));
      else if (seen === undefined && graph.has(next)) visit(next);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return cycles;
}

/** Folders `test-…` and `e2e` hold what several tests share; they are tests as far as imports go. */
const testFile = /\.test\.ts$|\/(?:bench|e2e|test-[a-z-]+)\//;

const controllerKind = (file: string): string | undefined =>
  /^packages\/controllers\/src\/(?!test-)([^/]+)\//.exec(file)?.[1];

function checkFile(file: string, text: string, facts: ReadonlyMap<string, PackageFacts>): Finding[] {
  const owner = file.split("/")[1] ?? "";
  const isTest = testFile.test(file);
  const findings: Finding[] = [];
  for (const specifier of importsOf(text)) {
    if (specifier.startsWith(".")) {
      const target = normalize(join(dirname(file), specifier));
      if (!target.startsWith(`packages/${owner}/`)) findings.push(`${file}: ${specifier} leaves the package`);
      const [kind, targetKind] = [controllerKind(file), controllerKind(target)];
      if (kind !== undefined && targetKind !== undefined && kind !== targetKind && targetKind !== "runtime")
        findings.push(
          `${file}: controllers/${kind} may not import controllers/${targetKind}: kinds meet through the API`,
        );
      continue;
    }
    if (specifier.startsWith("node:")) continue;
    const own = facts.get(owner);
    const name = specifier.startsWith("@")
      ? specifier.split("/").slice(0, 2).join("/")
      : (specifier.split("/")[0] ?? "");
    const declared = isTest ? own?.declaredForTests : own?.declared;
    const atRoot = name === "fast-check" && isTest;
    if (declared?.has(name) !== true && !atRoot && name !== own?.name)
      findings.push(`${file}: ${name} is not declared in packages/${owner}/package.json`);
    if (!name.startsWith("@sluice/")) continue;
    const target = name.slice("@sluice/".length);
    const breach = layerBreach(owner, target, isTest);
    if (breach !== undefined) findings.push(`${file}: ${owner} may not import ${target}: ${breach}`);
    if (facts.get(target)?.entryPoints.has(specifier) !== true)
      findings.push(`${file}: ${specifier} is not an entry point of ${name}`);
  }
  return findings;
}

/** Checks every source file below `packages/`. */
export function checkLayers(): Finding[] {
  const facts = new Map<string, PackageFacts>();
  for (const manifest of globSync("packages/*/package.json"))
    facts.set(manifest.split("/")[1] ?? "", readPackage(dirname(manifest)));
  const findings: Finding[] = [];
  const graph = new Map<string, string[]>();
  for (const file of globSync("packages/*/{src,bench}/**/*.ts").sort()) {
    const text = readFileSync(file, "utf8");
    findings.push(...checkFile(file, text, facts));
    const local = importsOf(text).filter((specifier) => specifier.startsWith("."));
    graph.set(
      file,
      local.map((specifier) => normalize(join(dirname(file), specifier))),
    );
  }
  return [...findings, ...findCycles(graph).map((cycle) => `import cycle: ${cycle}`)];
}

if (import.meta.main) {
  const findings = checkLayers();
  for (const finding of findings) console.error(finding);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
