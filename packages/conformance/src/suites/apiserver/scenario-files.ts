import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generatedScenarioFiles } from "./generate.ts";
import { formatRecording, parseRecording, type Recording } from "./recording.ts";
import { parseScenarioFile, type ScenarioFile } from "./scenario.ts";

const folder = new URL("../../../scenarios/apiserver/", import.meta.url);
const recordedEnding = ".real.txtar";

/** How many sequences are made up for each kind. */
const generatedSeeds = 25;

/** All scenarios: the handwritten ones, then the generated ones. */
export function readScenarioFiles(): ScenarioFile[] {
  return [...readWritten(), ...generatedScenarioFiles(generatedSeeds)];
}

function readWritten(): ScenarioFile[] {
  return globSync("**/*.txtar", { cwd: fileURLToPath(folder) })
    .filter((path) => !path.endsWith(recordedEnding))
    .toSorted()
    .map((path) => parseScenarioFile(path.replace(/\.txtar$/, ""), readFileSync(new URL(path, folder), "utf8")));
}

function recordingOf(file: string): URL {
  return new URL(`${file}${recordedEnding}`, folder);
}

/** What the real server answered when it was last asked. */
export function readRecording(file: string): Recording {
  const path = recordingOf(file);
  return existsSync(path) ? parseRecording(readFileSync(path, "utf8")) : new Map();
}

/** Keeps what the real server answered. */
export function writeRecording(file: string, recording: Recording): void {
  writeFileSync(recordingOf(file), formatRecording(recording));
}
