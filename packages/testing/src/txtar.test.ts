import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertTxtarGolden, FakeClock, formatTxtar, loadTxtarCases, parseTxtar } from "./index.ts";

test("txtar keeps comment, order and content", () => {
  const text = "about\n\n-- b.yaml --\nb: 1\n-- dir/a b.txt --\n-- not a file\nx --\n-- empty --\n";
  const archive = parseTxtar(text);
  assert.equal(archive.comment, "about\n\n");
  assert.deepEqual(
    [...archive.files],
    [
      ["b.yaml", "b: 1\n"],
      ["dir/a b.txt", "-- not a file\nx --\n"],
      ["empty", ""],
    ],
  );
  assert.equal(formatTxtar(archive), text);
});

test("txtar adds a missing last line feed and refuses duplicates", () => {
  assert.equal(parseTxtar("-- a --\nx").files.get("a"), "x\n");
  assert.throws(() => parseTxtar("-- a --\n-- a --\n"), SyntaxError);
});

test("golden files of a case are compared and rewritten", () => {
  const folder = mkdtempSync(join(tmpdir(), "golden-"));
  const before = process.env["UPDATE_GOLDEN"];
  try {
    writeFileSync(join(folder, "one.txtar"), "-- in --\n1\n-- want --\nold\n");
    const [one] = loadTxtarCases(folder);
    assert.ok(one);
    delete process.env["UPDATE_GOLDEN"];
    assert.throws(() => assertTxtarGolden(one, "want", "new"), /UPDATE_GOLDEN/);
    process.env["UPDATE_GOLDEN"] = "1";
    assertTxtarGolden(one, "want", "new");
    assert.equal(readFileSync(one.path, "utf8"), "-- in --\n1\n-- want --\nnew\n");
  } finally {
    if (before === undefined) delete process.env["UPDATE_GOLDEN"];
    else process.env["UPDATE_GOLDEN"] = before;
    rmSync(folder, { recursive: true });
  }
});

test("FakeClock fires in order, timers set by timers included", async () => {
  const clock = new FakeClock();
  const fired: string[] = [];
  clock.setTimeout(() => fired.push("b"), 20);
  clock.setTimeout(() => {
    fired.push(`a@${clock.now() - Date.parse("2026-01-01T00:00:00Z")}`);
    clock.setTimeout(() => fired.push("a+5"), 5);
  }, 10);
  clock.setTimeout(() => fired.push("never"), 15).cancel();
  await clock.advance(20);
  assert.deepEqual(fired, ["a@10", "a+5", "b"]);
  assert.equal(clock.pending, 0);
});

test("FakeClock.sleep ends with time or with the signal", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const aborted = clock.sleep(1000, controller.signal);
  const slept = clock.sleep(1000);
  controller.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  await clock.advance(1000);
  await slept;
  assert.equal(clock.pending, 0);
});
