import type { CaseResult, Suite, SuiteContext } from "../suite.ts";
import { compareFile, type Oracle } from "./apiserver/compare.ts";
import type { Recording } from "./apiserver/recording.ts";
import { memberOf, type ScenarioFile } from "./apiserver/scenario.ts";
import { readRecording, readScenarioFiles, writeRecording } from "./apiserver/scenario-files.ts";
import { startEmbedded, startReal, type Server } from "./apiserver/server.ts";

/** How many files are under way at once: the real server waits for its disk, and for itself. */
const parallelism = 4;

/** The embedded API server beside a real kube-apiserver, or beside what one has answered. */
export const apiserverSuite: Suite = {
  name: "apiserver",
  needs: [],
  prefers: ["etcd", "kube-apiserver"],
  run: runSuite,
};

async function* runSuite(context: SuiteContext): AsyncIterable<CaseResult> {
  const etcd = context.binary("etcd");
  const apiserver = context.binary("kube-apiserver");
  const isLive = context.mode !== "recorded" && etcd !== "" && apiserver !== "";
  const embedded = await startEmbedded();
  let real: Server | undefined;
  try {
    if (isLive) real = await startReal({ etcd, apiserver });
    yield* runFiles(readScenarioFiles(), embedded, real, context);
  } finally {
    await Promise.all([embedded.close(), real?.close()]);
  }
}

async function* runFiles(
  files: readonly ScenarioFile[],
  embedded: Server,
  real: Server | undefined,
  { filter, mode }: SuiteContext,
): AsyncIterable<CaseResult> {
  const runFile = (file: ScenarioFile): Promise<CaseResult[]> => {
    const oracle: Oracle = real === undefined ? { recording: readRecording(file.name) } : { server: real };
    const onRecorded = mode === "record" ? (recording: Recording) => keepRecording(file, recording) : undefined;
    return Array.fromAsync(compareFile(file, embedded, oracle, { filter, ...(onRecorded && { onRecorded }) }));
  };
  const running: Promise<CaseResult[]>[] = [];
  for (const file of files) {
    running.push(runFile(file));
    if (running.length >= parallelism) yield* (await running.shift()) ?? [];
  }
  for (const rest of running) yield* await rest;
}

/** Replaces what was recorded of the scenarios that ran, and drops those that are gone. */
function keepRecording(file: ScenarioFile, recording: Recording): void {
  const known = readRecording(file.name);
  const kept = file.scenarios.flatMap((scenario) => {
    const member = memberOf(scenario);
    const entry = recording.get(member) ?? known.get(member);
    return entry === undefined ? [] : [[member, entry] as const];
  });
  writeRecording(file.name, new Map(kept));
}
