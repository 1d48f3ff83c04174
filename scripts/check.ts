/** `npm run check`: every rule of the house in one go. Prints one line per step and the output of those that fail. */
import { spawn } from "node:child_process";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const steps: readonly Step[] = [
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings"] },
  { name: "layers", command: ["node", "scripts/check-layers.ts"] },
  { name: "invariants", command: ["node", "scripts/check-invariants.ts"] },
  { name: "docs", command: ["node", "scripts/check-docs.ts"] },
  { name: "clean tree", command: ["node", "scripts/check-clean-tree.ts"] },
];

function run(command: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => resolve({ ok: false, output: error.message }));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

let failed = 0;
for (const step of steps) {
  const started = performance.now();
  const { ok, output } = await run(step.command);
  console.log(`${ok ? "✔" : "✗"} ${step.name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) {
    failed++;
    console.log(output.trimEnd());
  }
}
process.exitCode = failed === 0 ? 0 : 1;
