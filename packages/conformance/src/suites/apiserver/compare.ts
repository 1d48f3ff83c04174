import { messageOf } from "@sluice/errors";
import type { CaseResult } from "../../suite.ts";
import type { Answer } from "./answer.ts";
import { compareAnswers } from "./difference.ts";
import { ScenarioKinds } from "./kinds.ts";
import { normalizeAnswers } from "./normalize.ts";
import type { Recording } from "./recording.ts";
import { ScenarioRun } from "./run-scenario.ts";
import { memberOf, type Scenario, type ScenarioFile } from "./scenario.ts";
import type { Server } from "./server.ts";

/** Where the real answers come from: the server itself, or what it once said. */
export type Oracle = { readonly server: Server } | { readonly recording: Recording };

/** Runs the scenarios of a file on the embedded server and compares. `onRecorded` gets what a real server answered. */
export async function* compareFile(
  file: ScenarioFile,
  embedded: Server,
  oracle: Oracle,
  { filter, onRecorded }: { filter?: RegExp | undefined; onRecorded?: (recording: Recording) => void } = {},
): AsyncIterable<CaseResult> {
  const chosen = file.scenarios.filter(({ name }) => filter === undefined || filter.test(name));
  if (chosen.length === 0) return;
  const ours = new Runner(embedded, file);
  const real = "server" in oracle ? new Runner(oracle.server, file) : undefined;
  const recorded = new Map<string, { digest: string; answers: readonly Answer[] }>();
  try {
    await Promise.all([ours.setUp(), real?.setUp()]);
  } catch (error) {
    for (const { name } of chosen) yield { name, passed: false, detail: `  the setup fails: ${messageOf(error)}` };
    return;
  }
  for (const scenario of chosen) {
    try {
      const [got, want] = await Promise.all([
        ours.answersTo(scenario),
        real?.answersTo(scenario) ?? recordedAnswers(oracle, scenario),
      ]);
      recorded.set(memberOf(scenario), { digest: scenario.digest, answers: want });
      const detail = compareAnswers(scenario.steps, want, got);
      yield { name: scenario.name, passed: detail === undefined, ...(detail === undefined ? {} : { detail }) };
    } catch (error) {
      yield { name: scenario.name, passed: false, detail: `  ${messageOf(error)}` };
    }
  }
  if (real !== undefined) onRecorded?.(recorded);
}

function recordedAnswers(oracle: Oracle, scenario: Scenario): readonly Answer[] {
  const found = "recording" in oracle ? oracle.recording.get(memberOf(scenario)) : undefined;
  if (found === undefined) throw new Error("nothing was recorded: run with --record");
  if (found.digest !== scenario.digest) throw new Error("the scenario has changed since: run with --record");
  return found.answers;
}

/** Runs the scenarios of a file on one server. */
class Runner {
  readonly #server: Server;
  readonly #file: string;
  readonly #setup: ScenarioFile["setup"];
  readonly #kinds = new ScenarioKinds();

  constructor(server: Server, file: ScenarioFile) {
    this.#server = server;
    this.#file = slugOf(file.name);
    this.#setup = file.setup;
  }

  async setUp(): Promise<void> {
    const variables = { id: this.#file, file: this.#file };
    await new ScenarioRun(this.#server, this.#kinds, this.#file, variables).run(this.#setup);
  }

  async answersTo(scenario: Scenario): Promise<readonly Answer[]> {
    const id = slugOf(scenario.name);
    const variables = { id, file: this.#file };
    const run = new ScenarioRun(this.#server, new ScenarioKinds(this.#kinds), id, variables);
    return normalizeAnswers(await run.run(scenario.steps), Date.now());
  }
}

/** A name as Kubernetes takes it: both servers know the scenario's things by it. */
function slugOf(name: string): string {
  return name
    .slice(name.indexOf("/") + 1)
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/-+$/, "");
}
