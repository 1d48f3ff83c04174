import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatTxtar, parseTxtar, type Txtar } from "./txtar.ts";

/** Whether goldens are rewritten instead of compared: `UPDATE_GOLDEN=1`. A person reads the diff. */
export function isUpdatingGoldens(): boolean {
  return process.env["UPDATE_GOLDEN"] === "1";
}

/** Compares text with a file, or writes the file when goldens are being updated. */
export function assertGolden(file: string | URL, actual: string): void {
  const path = typeof file === "string" ? file : fileURLToPath(file);
  if (isUpdatingGoldens()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  assert.equal(actual, readFileSync(path, "utf8"), `${path} differs (UPDATE_GOLDEN=1 rewrites it)`);
}

/** One `.txtar` file of a `testdata` folder. */
export interface TxtarCase {
  /** The file's name without `.txtar`. */
  readonly name: string;
  readonly path: string;
  readonly archive: Txtar;
}

/** The cases of a folder, by name. Throws when there are none: a moved folder must not pass as a green test. */
export function loadTxtarCases(folder: string | URL): TxtarCase[] {
  const directory = typeof folder === "string" ? folder : fileURLToPath(folder);
  const names = readdirSync(directory).filter((name) => name.endsWith(".txtar"));
  if (names.length === 0) throw new Error(`${directory}: no .txtar files`);
  return names.sort().map((name) => {
    const path = join(directory, name);
    return { name: name.slice(0, -".txtar".length), path, archive: parseTxtar(readFileSync(path, "utf8")) };
  });
}

/**
 * Compares text with one file of a case, as `want.yaml`; when goldens are being updated that file is replaced, or
 * added at the end. A line feed is added to text that lacks one, since the archive cannot say so.
 */
export function assertTxtarGolden(txtarCase: TxtarCase, name: string, actual: string): void {
  const text = actual === "" || actual.endsWith("\n") ? actual : `${actual}\n`;
  if (isUpdatingGoldens()) {
    // Read again: an earlier assertion of the same case may have rewritten another file of it.
    const current = parseTxtar(readFileSync(txtarCase.path, "utf8"));
    writeFileSync(txtarCase.path, formatTxtar({ ...current, files: new Map([...current.files, [name, text]]) }));
    return;
  }
  const want = txtarCase.archive.files.get(name);
  if (want === undefined)
    assert.fail(`${txtarCase.path}: has no file ${JSON.stringify(name)} (UPDATE_GOLDEN=1 adds it)`);
  assert.equal(text, want, `${txtarCase.path}: ${name} differs (UPDATE_GOLDEN=1 rewrites it)`);
}
