import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { temporaryDirectory } from "@sluice/testing";
import { type Ran, runCommand } from "../../test-world.ts";

const secret = "kind: Secret\nstringData:\n    password: hunter2\n";

interface Workplace {
  readonly cwd: string;
  readonly recipient: string;
  readonly run: (...args: string[]) => Promise<Ran>;
  readonly read: (name: string) => string;
}

/** A folder with an age key and a Secret in it. */
async function workplace(context: TestContext): Promise<Workplace> {
  const cwd = temporaryDirectory(context);
  const env = { HOME: cwd, PATH: process.env["PATH"], SOPS_AGE_KEY_FILE: "age.agekey" };
  const run = (...args: string[]): Promise<Ran> => runCommand(args, { cwd, env, program: "sluice" });
  const read = (name: string): string => readFileSync(path.join(cwd, name), "utf8");
  const keygen = await run("age", "keygen", "-o", "age.agekey");
  assert.equal(keygen.status, 0, keygen.stderr);
  writeFileSync(path.join(cwd, "secret.yaml"), secret);
  return { cwd, run, read, recipient: /Public key: (age1\S+)/.exec(keygen.stderr)?.[1] ?? "" };
}

test("age keygen makes a file that it does not overwrite", async (context) => {
  const { run, read, recipient } = await workplace(context);
  assert.match(read("age.agekey"), new RegExp(`^# created: \\S+\n# public key: ${recipient}\nAGE-SECRET-KEY-1\\S+\n$`));
  const again = await run("age", "keygen", "-o", "age.agekey");
  assert.equal(again.status, 1);
  assert.match(again.stderr, /exists; its key would be lost/);
  assert.match((await run("age", "keygen", "--pq")).stdout, /\nAGE-SECRET-KEY-PQ-1\S+\n$/);
});

test("sops encrypts and decrypts with flags, and with verbs", async (context) => {
  const { run, recipient, read } = await workplace(context);
  const printed = await run(
    "sops",
    "--encrypt",
    "--age",
    recipient,
    "--encrypted-regex",
    "^stringData$",
    "secret.yaml",
  );
  assert.match(printed.stdout, /^kind: Secret\nstringData:\n {4}password: ENC\[AES256_GCM,.*\]\nsops:\n/);
  assert.equal(read("secret.yaml"), secret);
  await run("sops", "encrypt", "-i", "-a", recipient, "secret.yaml");
  assert.ok(!read("secret.yaml").includes("hunter2"));
  assert.equal((await run("sops", "-d", "secret.yaml")).stdout, secret);
  assert.equal(
    (await run("sops", "decrypt", "--extract", '["stringData"]["password"]', "secret.yaml")).stdout,
    "hunter2",
  );
  assert.equal((await run("sops", "-d", "--output-type", "json", "secret.yaml")).stdout.includes('"hunter2"'), true);
  assert.equal((await run("sops", "filestatus", "secret.yaml")).stdout, '{"encrypted":true}\n');
  await run("sops", "-d", "-i", "secret.yaml");
  assert.equal(read("secret.yaml"), secret);
});

test("sops set, unset and edit change one value and keep the others", async (context) => {
  const { cwd, run, recipient, read } = await workplace(context);
  await run("sops", "encrypt", "-i", "--age", recipient, "secret.yaml");
  const kind = /^kind: .*$/m.exec(read("secret.yaml"))?.[0] ?? "";
  const set = await run("sops", "set", "secret.yaml", '["stringData"]["user"]', '"admin"');
  assert.deepEqual(set, { status: 0, stdout: "", stderr: "" });
  assert.ok(read("secret.yaml").includes(kind));
  assert.equal((await run("sops", "-d", "secret.yaml")).stdout, `${secret}    user: admin\n`);
  await run("sops", "unset", "secret.yaml", '["stringData"]["user"]');

  const editor = path.join(cwd, "editor.sh");
  writeFileSync(
    editor,
    `#!/bin/sh\nsed -i s/hunter2/changed/ "$1"\necho "$1" > ${JSON.stringify(path.join(cwd, "seen"))}\n`,
  );
  chmodSync(editor, 0o700);
  const env = { HOME: cwd, PATH: process.env["PATH"], SOPS_AGE_KEY_FILE: "age.agekey", EDITOR: editor };
  const runWithEditor = (...args: string[]): Promise<Ran> => runCommand(args, { cwd, env });
  const edited = await runWithEditor("sops", "edit", "secret.yaml");
  assert.equal(edited.status, 0, edited.stderr);
  assert.equal((await run("sops", "-d", "secret.yaml")).stdout, secret.replace("hunter2", "changed"));
  assert.ok(read("secret.yaml").includes(kind));
  assert.ok(!existsSync(read("seen").trim()), "plain text was left behind");
  const unchanged = await runWithEditor("sops", "secret.yaml");
  assert.equal(unchanged.status, 1);
  assert.match(unchanged.stderr, /the file was not changed/);
});

test("sops follows .sops.yaml, rotates, and brings keys in line", async (context) => {
  const { cwd, run, read, recipient } = await workplace(context);
  const config = `creation_rules:\n  - path_regex: secret\\.yaml$\n    age: ${recipient}\n    encrypted_regex: ^stringData$\nstores: {yaml: {indent: 2}}\n`;
  writeFileSync(path.join(cwd, ".sops.yaml"), config);
  await run("sops", "-e", "-i", "secret.yaml");
  const first = read("secret.yaml");
  assert.match(first, /^kind: Secret\nstringData:\n {2}password: ENC/);
  assert.match((await run("sops", "updatekeys", "secret.yaml")).stderr, /as \.sops\.yaml says/);

  const other = /age1\S+/.exec((await run("age", "keygen")).stdout)?.[0] ?? "";
  writeFileSync(path.join(cwd, ".sops.yaml"), config.replace(recipient, `${recipient},${other}`));
  assert.equal((await run("sops", "updatekeys", "secret.yaml")).status, 1, "nobody said yes");
  assert.equal(read("secret.yaml"), first);
  const updated = await run("sops", "updatekeys", "-y", "secret.yaml");
  assert.equal(updated.stderr, `+ ${other}\n`);
  assert.ok(read("secret.yaml").includes(other));
  await run("sops", "rotate", "-i", "--rm-age", other, "secret.yaml");
  assert.ok(!read("secret.yaml").includes(other));
  assert.equal((await run("sops", "-d", "secret.yaml")).stdout, secret.replaceAll("    ", "  "));
  assert.match((await run("sops", "-e", "age.agekey")).stderr, /no creation rule matches age\.agekey/);
});

test("sops says what is wrong without showing what is secret", async (context) => {
  const { cwd, run, recipient, read } = await workplace(context);
  const cases: ReadonlyArray<[args: string[], stderr: RegExp]> = [
    [["-e", "secret.yaml"], /no keys: name some with --age/],
    [["-e", "--age", "age1nonsense", "secret.yaml"], /age1nonsense: not a valid age recipient/],
    [["-d", "secret.yaml"], /not encrypted/],
    [["-d", "nowhere.yaml"], /nowhere\.yaml cannot be read: ENOENT/],
    [["-e", "-d", "secret.yaml"], /exclude each other/],
    [["-e", "--input-type", "toml", "secret.yaml"], /unknown format "toml"/],
    [["set", "secret.yaml"], /usage: sops set FILE PATH JSON/],
  ];
  for (const [args, stderr] of cases) {
    const ran = await run("sops", ...args);
    assert.equal(ran.status, 1, args.join(" "));
    assert.match(ran.stderr, stderr);
    assert.ok(!ran.stderr.includes("hunter2"));
  }
  await run("sops", "-e", "-i", "--age", recipient, "secret.yaml");
  writeFileSync(path.join(cwd, "secret.yaml"), read("secret.yaml").replace(/^kind: .*\n/, ""));
  assert.match((await run("sops", "-d", "secret.yaml")).stderr, /MAC mismatch/);
  assert.equal((await run("sops", "-d", "--ignore-mac", "secret.yaml")).stdout, secret.replace("kind: Secret\n", ""));
  assert.ok(readdirSync(cwd).includes("secret.yaml"));
});
