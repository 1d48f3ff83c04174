/**
 * Lets the real `sops` decrypt what we encrypt, for every recorded document and every kind of age key:
 *
 *     node packages/sops/scripts/cross-check.ts path/to/sops
 *
 * The other direction is what the tests do with `testdata/real`. Exits with 1 when the two disagree.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encryptPlain, openDocument, parsePlain, rotateDocument, sealDocument, updateKeys } from "../src/index.ts";
import { loadRecordedDocuments, type RecordedDocument, testService } from "../src/test-fixtures/recorded.ts";

const [sops] = process.argv.slice(2);
if (sops === undefined) throw new Error("usage: cross-check.ts path/to/sops");
const keys = join(import.meta.dirname, "../testdata/keys");
const services = [testService()];
const folder = mkdtempSync(join(tmpdir(), "sops-cross-check-"));
const extensions = { yaml: "yaml", json: "json", dotenv: "env", ini: "ini", binary: "bin" } as const;

/** What the real program makes of a document; its complaint when it makes nothing. */
function decryptForReal(content: Uint8Array, { format, name }: RecordedDocument): Buffer {
  const file = join(folder, `document.${extensions[format]}`);
  writeFileSync(file, content);
  const env = {
    ...process.env,
    HOME: folder,
    SOPS_AGE_KEY_FILE: join(keys, /hybrid|shamir|several/.test(name) ? "age-hybrid.test-key" : "age.test-key"),
    SOPS_AGE_SSH_PRIVATE_KEY_FILE: join(keys, name.endsWith("rsa") ? "ssh-rsa.test-key" : "ssh-ed25519.test-key"),
  };
  const { stdout, stderr, status } = spawnSync(sops ?? "", ["--disable-version-check", "--decrypt", file], { env });
  return status === 0 ? stdout : stderr;
}

let failures = 0;
function report(label: string, recorded: RecordedDocument, content: Uint8Array): void {
  const output = decryptForReal(content, recorded);
  const isSame = output.equals(recorded.decrypted);
  if (!isSame) failures++;
  console.log(`${isSame ? "ok  " : "FAIL"} ${label}: ${recorded.name}`);
  if (!isSame) console.log(output.toString().slice(0, 500));
}

try {
  for (const recorded of loadRecordedDocuments()) {
    const { format, encrypted, plain } = recorded;
    const open = await openDocument(encrypted, format, { services });
    const now = new Date(open.metadata.lastModified);
    const { keyGroups, shamirThreshold, selection, macOnlyEncrypted } = open.metadata;
    const options = { services, now, keyGroups, shamirThreshold, selection, macOnlyEncrypted };
    report("encrypt", recorded, await encryptPlain(parsePlain(plain, format), format, options));
    // An edit starts from what a document is, not from what it was.
    if (encrypted.includes("type:comment")) continue;
    report("seal", recorded, sealDocument(open, { now }));
    report("rotate", recorded, await rotateDocument(open, { services, now }));
    report("updatekeys", recorded, await updateKeys(encrypted, format, { services, keyGroups, shamirThreshold }));
  }
  console.log(`${readdirSync(keys).length} key files, ${failures} failures`);
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;
