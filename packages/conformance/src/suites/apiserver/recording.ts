import type { Answer } from "./answer.ts";

/** What the real server answered to the scenarios of one file. */
export type Recording = ReadonlyMap<string, { readonly digest: string; readonly answers: readonly Answer[] }>;

/** Reads a recording: a txtar archive with a member `SCENARIO DIGEST` each, an answer per line. */
export function parseRecording(text: string): Recording {
  const recording = new Map<string, { digest: string; answers: Answer[] }>();
  let answers: Answer[] = [];
  for (const line of text.split("\n")) {
    const mark = /^-- (\S+) (\S+) --$/.exec(line);
    if (mark !== null) {
      answers = [];
      recording.set(mark[1] ?? "", { digest: mark[2] ?? "", answers });
    } else if (line !== "") answers.push(JSON.parse(line) as Answer);
  }
  return recording;
}

/** The inverse of {@link parseRecording}. */
export function formatRecording(recording: Recording): string {
  return [...recording]
    .map(([name, { digest, answers }]) =>
      [`-- ${name} ${digest} --`, ...answers.map((answer) => JSON.stringify(answer)), ""].join("\n"),
    )
    .join("");
}
