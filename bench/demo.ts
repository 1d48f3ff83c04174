/** Demo convergence: from the start of the program to every Kustomization of three clusters Ready. Median of three. */
import { spawnSync } from "node:child_process";

const runs: number[] = [];
for (let run = 0; run < 3; run++) {
  const args = ["packages/cli/bin/sluice.js", "demo", "--once", "--output", "json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the demo ended with ${status}: ${stderr}`);
  runs.push((JSON.parse(stdout) as { seconds: number }).seconds);
}
runs.sort((a, b) => a - b);
console.log(
  `demo: 3 clusters Ready after ${runs[1]?.toFixed(1)} s (fastest ${runs[0]?.toFixed(1)}, slowest ${runs[2]?.toFixed(1)})`,
);
