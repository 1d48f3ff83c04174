import path from "node:path";
import { open } from "node:fs/promises";
import { CliError, usageError } from "../../errors.ts";
import { type Command, defineCommand, defineGroup } from "../../program/command.ts";
import { boolean, text } from "../../program/flag.ts";

const keygen = defineCommand({
  name: "keygen",
  summary: "Make a key pair for encrypting secrets",
  description: "Makes an age identity. The file holds the secret half; the public half is printed.",
  example: `  # A key for a cluster
  $0 age keygen -o age.agekey
  kubectl create secret generic sops-age --namespace=flux-system --from-file=age.agekey`,
  flags: {
    output: text("write the identity to this file, which must not exist", "", { short: "o", completes: "files" }),
    pq: boolean("make a hybrid key that also withstands quantum computers"),
  },
  async run({ flags, io }) {
    const { generateAgeIdentity } = await import("@sluice/sops");
    const { identity, recipient } = await generateAgeIdentity(flags.pq ? "hybrid" : "x25519");
    const created = new Date(io.now()).toISOString().replace(/\.\d+Z$/, "Z");
    const content = `# created: ${created}\n# public key: ${recipient}\n${identity}\n`;
    if (flags.output === "") {
      if (!io.stdout.isTTY) io.stderr.write(`Public key: ${recipient}\n`);
      io.stdout.write(content);
      return;
    }
    await writeNewFile(path.resolve(io.cwd, flags.output), content);
    io.stderr.write(`Public key: ${recipient}\n`);
  },
});

/** Writes a file that nobody else can read, and that did not exist: a lost key cannot be had back. */
async function writeNewFile(file: string, content: string): Promise<void> {
  try {
    const handle = await open(file, "wx", 0o600);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw usageError(`${file} exists; its key would be lost`);
    throw new CliError("Failed", `${file} cannot be written: ${code ?? "unknown reason"}`, { cause: error });
  }
}

/** What `age-keygen` does, without it. */
export const age: Command = defineGroup({
  name: "age",
  summary: "Make age keys",
  commands: [keygen],
});
