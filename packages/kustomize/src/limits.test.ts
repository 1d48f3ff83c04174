import assert from "node:assert/strict";
import { test } from "node:test";
import { build, type BuildOptions, format } from "./build.ts";
import { KustomizeError, type KustomizeErrorCode } from "./errors.ts";
import { MemoryFileSystem } from "./memory-file-system.ts";

const header = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\n";

/** Nine levels of nine aliases each: 9^9 values if they were expanded. */
const bomb = Array.from({ length: 9 }, (_, level) => {
  const item = level === 0 ? "x" : `*a${level - 1}`;
  return `  a${level}: &a${level} [${Array.from({ length: 9 }, () => item).join(", ")}]\n`;
}).join("");

function chain(length: number): Map<string, string> {
  const files = new Map<string, string>();
  for (let index = 0; index < length; index++) {
    files.set(`/d${index}/kustomization.yaml`, `resources: [../d${index + 1}]\n`);
  }
  return files.set(`/d${length}/kustomization.yaml`, "resources: []\n");
}

interface LimitCase {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly root?: string;
  readonly options?: BuildOptions;
  readonly code: KustomizeErrorCode;
}

function one(resource: string, kustomization = "resources: [a.yaml]\n"): ReadonlyMap<string, string> {
  return new Map([
    ["/kustomization.yaml", kustomization],
    ["/a.yaml", resource],
  ]);
}

const cases: readonly LimitCase[] = [
  { name: "an alias bomb", files: one(`${header}spec:\n${bomb}`), code: "LimitExceeded" },
  { name: "an alias bomb in the kustomization", files: one(header, `commonLabels:\n${bomb}`), code: "LimitExceeded" },
  { name: "an alias to what it stands in", files: one(`${header}spec: &a {b: *a}\n`), code: "MalformedYAML" },
  {
    name: "deep nesting",
    files: one(`${header}spec: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n`),
    code: "LimitExceeded",
  },
  {
    name: "deep nesting in a JSON patch",
    files: one(header, `resources: [a.yaml]\npatches: [{target: {kind: Thing}, path: p.json}]\n`),
    code: "LimitExceeded",
  },
  { name: "a chain of kustomizations", files: chain(200), root: "/d0", code: "LimitExceeded" },
  {
    name: "a large file",
    files: one(`${header}spec: ${"x".repeat(2000)}\n`),
    options: { maxFileBytes: 1000 },
    code: "LimitExceeded",
  },
  { name: "a remote file", files: one("", "resources: [https://example.com/a.yaml]\n"), code: "RemoteRefused" },
  {
    name: "a remote repository",
    files: one("", "resources: [github.com/example/repository]\n"),
    code: "RemoteRefused",
  },
  { name: "a repository on this machine", files: one("", "resources: ['file:///etc']\n"), code: "RemoteRefused" },
  {
    name: "an option as a repository",
    files: one("", "resources: ['ssh://-oProxyCommand=x/y/z']\n"),
    code: "RemoteRefused",
  },
];

for (const { name, files, root = "/", options = {}, code } of cases) {
  test(`${name} ends in ${code}`, () => {
    const deep = `[{"op": "add", "path": "/a", "value": ${"[".repeat(100_000)}${"]".repeat(100_000)}}]`;
    const system = new MemoryFileSystem(new Map([...files, ["/p.json", deep]]));
    const started = performance.now();
    assert.throws(
      () => format(build(system, root, options)),
      (error) => error instanceof KustomizeError && error.code === code,
    );
    assert.ok(performance.now() - started < 5000);
  });
}
