/**
 * Records what the real `sops` makes of the documents below, as `testdata/real/*.txtar`:
 *
 *     node packages/sops/scripts/record-fixtures.ts path/to/sops
 *
 * All keys are the throw-away ones in `testdata/keys`. Existing files are kept: encryption is different every time.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatTxtar } from "@sluice/testing";
import { ageRecipientOf } from "../src/index.ts";
import { cases, type FixtureCase } from "./fixture-cases.ts";

const testdata = join(import.meta.dirname, "../testdata");

function keyText(name: string): string {
  return readFileSync(join(testdata, "keys", name), "utf8");
}

async function ageRecipient(name: string): Promise<string> {
  const identity = keyText(name)
    .split("\n")
    .find((line) => line.startsWith("AGE-SECRET-KEY-"));
  return ageRecipientOf(identity ?? "");
}

const recipients: Readonly<Record<string, string>> = {
  x25519: await ageRecipient("age.test-key"),
  hybrid: await ageRecipient("age-hybrid.test-key"),
  ed25519: keyText("ssh-ed25519.test-key.pub").split(" ", 2).join(" "),
  rsa: keyText("ssh-rsa.test-key.pub").split(" ", 2).join(" "),
};

function record({ name, extension, plain, flags = [], keys = ["x25519"], config }: FixtureCase, sops: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sops-fixtures-"));
  try {
    const file = join(folder, `document.${extension}`);
    writeFileSync(file, plain);
    const env = {
      ...process.env,
      SOPS_AGE_KEY_FILE: join(testdata, "keys", keys.includes("hybrid") ? "age-hybrid.test-key" : "age.test-key"),
      SOPS_AGE_SSH_PRIVATE_KEY_FILE: join(
        testdata,
        "keys",
        keys.includes("rsa") ? "ssh-rsa.test-key" : "ssh-ed25519.test-key",
      ),
    };
    const target =
      config === undefined
        ? ["--age", keys.map((key) => recipients[key]).join(",")]
        : ["--config", join(folder, ".sops.yaml")];
    if (config !== undefined) {
      const text = config.replaceAll(/<(\w+)>/g, (_, key: string) => recipients[key] ?? "");
      writeFileSync(join(folder, ".sops.yaml"), text);
    }
    const run = (args: readonly string[]): Buffer =>
      execFileSync(sops, ["--disable-version-check", ...args], {
        env,
        cwd: folder,
        stdio: ["ignore", "pipe", "inherit"],
      });
    const encrypted = run([...target, "--encrypt", ...flags, file]);
    writeFileSync(file, encrypted);
    const decrypted = run(["--decrypt", file]);
    const isText = extension !== "bin";
    return formatTxtar({
      comment: `${name}: encrypted and decrypted by the real sops\n`,
      files: new Map([
        [`plain.${extension}`, isText ? plain.toString() : Buffer.from(plain).toString("base64")],
        [`encrypted.${extension}`, encrypted.toString()],
        [`decrypted.${extension}`, decrypted.toString(isText ? "utf8" : "base64")],
      ]),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [sops] = process.argv.slice(2);
if (sops === undefined) throw new Error("usage: record-fixtures.ts path/to/sops");
for (const fixture of cases) {
  const path = join(testdata, "real", `${fixture.name}.txtar`);
  if (!existsSync(path)) writeFileSync(path, record(fixture, sops));
}
