import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a test context offers for cleaning up. */
interface Cleaner {
  after(callback: () => void): void;
}

/** A directory of the test's own, removed after it. */
export function temporaryDirectory(test: Cleaner): string {
  const directory = mkdtempSync(join(tmpdir(), "sluice-test-"));
  test.after(() => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  });
  return directory;
}
