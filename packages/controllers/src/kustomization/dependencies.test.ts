import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatKey,
  type Kustomization,
  type KustomizationSpec,
  type KustomizationStatus,
  type ObjectKey,
} from "@sluice/api";
import { checkDependencies, findCycle, inDependencyOrder, whyNotReady } from "./dependencies.ts";
import { KustomizationError } from "./errors.ts";

const REVISION = "main@sha1:b";

function kustomization(
  name: string,
  dependsOn: string[] = [],
  options: { spec?: Partial<KustomizationSpec>; status?: KustomizationStatus } = {},
): Kustomization {
  const spec: KustomizationSpec = {
    interval: "10m",
    prune: true,
    sourceRef: { kind: "GitRepository", name: "fleet" },
    dependsOn: dependsOn.map((each) => {
      const [dependency = "", namespace] = each.split("/").toReversed();
      return namespace === undefined ? { name: dependency } : { name: dependency, namespace };
    }),
    ...options.spec,
  };
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: "ns", generation: 1 },
    spec,
    ...(options.status && { status: options.status }),
  };
}

function status(ready: "True" | "False", changes: Partial<KustomizationStatus> = {}): KustomizationStatus {
  return {
    observedGeneration: 1,
    lastAppliedRevision: REVISION,
    conditions: [
      { type: "Ready", status: ready, reason: "x", message: "", lastTransitionTime: "2025-01-01T00:00:00Z" },
    ],
    ...changes,
  };
}

function finder(...objects: Kustomization[]): (key: ObjectKey) => Promise<Kustomization | undefined> {
  const byKey = new Map(objects.map((each) => [`ns/${each.metadata.name}`, each]));
  return (key) => Promise.resolve(byKey.get(formatKey(key)));
}

const other = { spec: { sourceRef: { kind: "GitRepository" as const, name: "other" } } };
const cases: { name: string; dependency: Kustomization | undefined; want: string | undefined }[] = [
  { name: "missing", dependency: undefined, want: "not found" },
  { name: "new", dependency: kustomization("d"), want: "is not ready" },
  { name: "failing", dependency: kustomization("d", [], { status: status("False") }), want: "is not ready" },
  {
    name: "ready for an older spec",
    dependency: kustomization("d", [], { status: status("True", { observedGeneration: 0 }) }),
    want: "is not ready",
  },
  {
    name: "ready with an older revision of the same source",
    dependency: kustomization("d", [], { status: status("True", { lastAppliedRevision: "main@sha1:a" }) }),
    want: "revision is not up to date",
  },
  {
    name: "ready with any revision of another source",
    dependency: kustomization("d", [], { ...other, status: status("True", { lastAppliedRevision: "x" }) }),
    want: undefined,
  },
  { name: "ready", dependency: kustomization("d", [], { status: status("True") }), want: undefined },
];

for (const { name, dependency, want } of cases) {
  test(`a dependency that is ${name}: ${want ?? "go on"}`, () => {
    assert.equal(whyNotReady(kustomization("x", ["d"]), dependency, REVISION), want);
  });
}

test("the first dependency that is not ready is named", async () => {
  const check = checkDependencies(kustomization("x", ["a", "elsewhere/b"]), {
    revision: REVISION,
    waitText: "30s",
    find: finder(kustomization("a", [], { status: status("True") })),
  });
  await assert.rejects(check, (error) => {
    assert.ok(error instanceof KustomizationError);
    assert.equal(error.code, "DependencyNotReady");
    assert.equal(error.message, "dependency 'elsewhere/b' not found");
    assert.equal(error.eventMessage, "Dependencies do not meet ready condition, retrying in 30s");
    return true;
  });
});

test("a cycle is found and named, wherever it leads through", async () => {
  const [a, b, c] = [kustomization("a", ["b"]), kustomization("b", ["c"]), kustomization("c", ["x", "a"])];
  assert.deepEqual(await findCycle(a, finder(a, b, c)), ["ns/a", "ns/b", "ns/c", "ns/a"]);
  assert.equal(await findCycle(kustomization("z", ["a"]), finder(a, b, c)), undefined);
  const check = checkDependencies(a, { revision: REVISION, waitText: "30s", find: finder(a, b, c) });
  await assert.rejects(check, { code: "DependencyCycle", message: "dependency cycle: ns/a -> ns/b -> ns/c -> ns/a" });
  const self = kustomization("s", ["s"]);
  assert.deepEqual(await findCycle(self, finder(self)), ["ns/s", "ns/s"]);
});

test("objects come after what they depend on, cycles and strangers notwithstanding", () => {
  const objects = [
    kustomization("app", ["db", "stranger"]),
    kustomization("db", ["base"]),
    kustomization("base"),
    kustomization("l", ["r"]),
    kustomization("r", ["l"]),
  ];
  assert.deepEqual(
    inDependencyOrder(objects).map(({ metadata }) => metadata.name),
    ["base", "db", "app", "r", "l"],
  );
});
