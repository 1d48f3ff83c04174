/**
 * `sluice kustomize build` as a command, started anew each time, in turn with the real program when `KUSTOMIZE` names
 * it. (In process: `packages/kustomize/bench/build.ts`.) Medians of eleven runs after one warm-up.
 */
import { spawnSync } from "node:child_process";

const directory = "examples/fleet-infra/apps/overlays/production";
const runs = 11;
const real = process.env["KUSTOMIZE"];

function timeOf(command: string, args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return performance.now() - started;
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
const ours: number[] = [];
const theirs: number[] = [];
for (let run = 0; run <= runs; run++) {
  const time = timeOf(process.execPath, ["packages/cli/bin/sluice.js", "kustomize", "build", directory]);
  const realTime = real === undefined ? undefined : timeOf(real, ["build", directory]);
  if (run === 0) continue;
  ours.push(time);
  if (realTime !== undefined) theirs.push(realTime);
}
const beside = real === undefined ? "" : `, the real kustomize ${Math.round(median(theirs))} ms`;
console.log(`kustomize: build of ${directory} as a command ${Math.round(median(ours))} ms${beside}`);
