import assert from "node:assert/strict";
import { test } from "node:test";
import { assertGolden } from "@sluice/testing";
import type { ClusterState, FleetState } from "../fleet-state.ts";
import { orderObjects, verdictOf } from "../fleet-state.ts";
import type { ObjectState } from "../object-state.ts";
import { drawFrame } from "./frame.ts";
import { describeChange } from "./lines.ts";
import { plain } from "./paint.ts";
import { Screen } from "./screen.ts";

const state = (name: string, more: Partial<ObjectState> = {}): ObjectState => ({
  kind: "Kustomization",
  namespace: "flux-system",
  name,
  owner: "flux-system/flux-system",
  source: "flux-system/fleet-infra",
  dependsOn: [],
  phase: "ready",
  detail: "",
  revision: "main@sha1:12345678",
  applied: 3,
  beganMs: 500,
  readyMs: 1500,
  tookMs: 1000,
  ...more,
});

const source = state("fleet-infra", { kind: "GitRepository", applied: undefined, owner: "", source: "", readyMs: 400 });

const converging: ClusterState = {
  name: "production/eu-west-1",
  path: "clusters/production/eu-west-1",
  step: "",
  objects: orderObjects([
    state("apps-production", { dependsOn: ["payment-service"], phase: "waiting", detail: "waits for payment-service" }),
    state("payment-service", {
      dependsOn: ["ingress-production"],
      phase: "failed",
      detail: "HealthCheckFailed: timeout",
    }),
    state("ingress-production", {
      dependsOn: ["infrastructure-production"],
      phase: "checking",
      detail: "Running health checks",
    }),
    state("infrastructure-production"),
    state("flux-system", { owner: "", applied: 6, readyMs: 900 }),
    source,
  ]),
};

const fleet: FleetState = {
  elapsedMs: 2345,
  clusters: [converging, { name: "staging/eu-central-1", path: "", step: "starting the API server", objects: [] }],
};

test("drawFrame shows a tree per cluster", () => {
  const lines = drawFrame(fleet, { columns: 90, rows: 40, paint: plain });
  assertGolden(new URL("../../../testdata/demo/frame.txt", import.meta.url), `${lines.join("\n")}\n`);
});

test("drawFrame never outgrows the terminal", () => {
  const lines = drawFrame(fleet, { columns: 50, rows: 12, paint: plain });
  assertGolden(new URL("../../../testdata/demo/frame-small.txt", import.meta.url), `${lines.join("\n")}\n`);
  assert.ok(lines.length < 12);
  assert.ok(lines.every((line) => line.length <= 50));
});

test("orderObjects survives a circle of dependencies", () => {
  const circle = [state("a", { dependsOn: ["b"] }), state("b", { dependsOn: ["a"] })];
  assert.deepEqual(
    orderObjects(circle)
      .map((each) => each.name)
      .sort(),
    ["a", "b"],
  );
});

test("verdictOf tells converging, ready and stuck apart", () => {
  const only = (...objects: ObjectState[]): FleetState => ({
    elapsedMs: 0,
    clusters: [{ name: "c", path: "", step: "", objects }],
  });
  const cases: [string, FleetState, string][] = [
    ["nothing yet", only(), "converging"],
    ["all ready", only(source, state("a")), "ready"],
    ["only the source", only(source), "converging"],
    ["something moves", only(state("a", { phase: "failed" }), state("b", { phase: "checking" })), "converging"],
    ["failed, the rest waits", only(state("a", { phase: "failed" }), state("b", { phase: "waiting" })), "stuck"],
    ["waiting alone is no failure", only(state("b", { phase: "waiting" })), "converging"],
  ];
  for (const [name, given, want] of cases) assert.equal(verdictOf(given), want, name);
});

test("describeChange says turns, not steps", () => {
  const checking = state("apps", { phase: "checking", detail: "Running health checks" });
  assert.equal(
    describeChange("staging", undefined, checking, 1234),
    "   1.2s  staging  Kustomization/apps checking health: Running health checks",
  );
  assert.equal(describeChange("staging", checking, { ...checking, detail: "still" }, 1300), undefined);
  assert.equal(
    describeChange("staging", checking, state("apps"), 2000),
    "   2.0s  staging  Kustomization/apps ready: 3 objects at main@sha1:12345678",
  );
});

test("Screen redraws in place and only what changed", () => {
  let written: string[] = [];
  const screen = new Screen({ write: (text) => void written.push(text), isTTY: true });
  screen.show(["a", "b"]);
  screen.show(["a", "b"]);
  assert.equal(written.length, 1);
  written = [];
  screen.show(["c"]);
  assert.match(written.join(""), /\u001b\[2A\r/);
  screen.close();
  assert.match(written.join(""), /\u001b\[\?25h$/);
});
