import assert from "node:assert/strict";
import { test } from "node:test";
import { assertTxtarGolden, loadTxtarCases } from "@sluice/testing";
import { runCommand } from "./test-world.ts";

const cases = loadTxtarCases(new URL("../testdata/commands", import.meta.url));

for (const each of cases) {
  test(`commands: ${each.name}`, async () => {
    const lines = (each.archive.files.get("args") ?? "").split("\n").filter((line) => line !== "");
    let transcript = "";
    for (const line of lines) {
      const ran = await runCommand(splitWords(line), { env: { HOME: "/nonexistent" } });
      transcript += `$ flux ${line}\n${ran.stdout}${ran.stderr.replaceAll(/^(?=.)/gm, "2> ")}`;
      if (ran.status !== 0) transcript += `status ${ran.status}\n`;
    }
    assertTxtarGolden(each, "want", transcript);
  });
}

test("FLUX_SYSTEM_NAMESPACE sets the default namespace, a wrong one is ignored", async () => {
  const argv = ["create", "source", "git", "fleet", "--url=https://example.com/fleet", "--branch=main", "--export"];
  const good = await runCommand(argv, { env: { FLUX_SYSTEM_NAMESPACE: "gitops" } });
  assert.match(good.stdout, /namespace: gitops/);
  const bad = await runCommand(argv, { env: { FLUX_SYSTEM_NAMESPACE: "Git_Ops" } });
  assert.match(bad.stdout, /namespace: flux-system/);
  assert.match(bad.stderr, /ignoring invalid FLUX_SYSTEM_NAMESPACE/);
});

test("the program answers to the name it was called by", async () => {
  const ran = await runCommand(["get", "--help"], { program: "sluice" });
  assert.match(ran.stdout, /sluice get \[command\]/);
});

/** Splits as a shell does, as far as the cases need: blanks and double quotes. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ""));
}
