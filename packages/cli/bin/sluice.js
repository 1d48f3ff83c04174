#!/usr/bin/env node
// Plain JavaScript that any Node from 20 on can read: it hands over to the Node 24 that came with `npm ci` where
// the machine's own is older, because the rest is TypeScript that only newer versions run directly.
import { spawn } from "node:child_process";
import * as module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const NEEDED_MAJOR = 24;

function newerNode() {
  try {
    return module.createRequire(import.meta.url).resolve("node/bin/node");
  } catch {
    return undefined;
  }
}

/** @param {string} binary */
function handOver(binary) {
  const child = spawn(binary, ["--disable-warning=ExperimentalWarning", ...process.argv.slice(1)], {
    stdio: "inherit",
  });
  // For a signal sent to this process alone. A terminal's Ctrl-C reaches the child twice, which counts it once.
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => child.kill(signal);
  process.on("SIGTERM", forward);
  process.on("SIGHUP", forward);
  process.on("SIGINT", forward);
  child.on("error", (error) => {
    process.stderr.write(`✗ cannot start ${binary}: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) {
  // Erasing types and compiling some hundred modules is most of the start; the result is kept from one start to the
  // next, where only this user can write.
  module.enableCompileCache(join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sluice", "compiled"));
  const { runProcess } = await import("../src/process.ts");
  await runProcess();
} else {
  const binary = newerNode();
  if (binary === undefined) {
    process.stderr.write(
      `✗ Node ${NEEDED_MAJOR} or newer is needed, this is ${process.versions.node}: run "npm ci" in the clone, which brings it along\n`,
    );
    process.exit(1);
  }
  handOver(binary);
}
