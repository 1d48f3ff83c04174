import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import {
  decryptDocument,
  encryptDocument,
  openDocument,
  readDocumentMetadata,
  rotateDocument,
  updateKeys,
} from "./document.ts";
import { SopsError, type SopsErrorCode } from "./errors.ts";
import { generateAgeIdentity } from "./keys/age/age.ts";
import type { KeyGroup } from "./keys/master-key.ts";
import { decryptObject, isEncryptedObject } from "./object.ts";
import { Secret } from "./secret.ts";
import type { Format } from "./stores/store.ts";
import { testKey, testRecipient, testService } from "./test-fixtures/recorded.ts";

const services = [testService("age.test-key")];
const now = new Date("2026-01-02T03:04:05.678Z");
const keyGroups: KeyGroup[] = [[{ type: "age", recipient: testRecipient, enc: "" }]];
const canary = "canary-7f3a";

async function encrypted(plain: string, options: object = {}, format: Format = "yaml"): Promise<string> {
  return Buffer.from(await encryptDocument(plain, format, { services, keyGroups, now, ...options })).toString();
}

async function decrypted(text: string, options: object = {}, format: Format = "yaml"): Promise<string> {
  return Buffer.from(await decryptDocument(text, format, { services, ...options })).toString();
}

function refuses(code: SopsErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SopsError, String(error));
    assert.equal(error.code, code, error.message);
    assert.ok(!inspect(error, { depth: 9 }).includes(canary), "the error shows plain text");
    return true;
  };
}

const selective = { selection: { field: "encrypted_regex", pattern: "^(data|stringData)$" } };
const twoValues = `kind: Secret\nstringData:\n  a: ${canary}\n  b: other\n`;
/** One change each that somebody without the key could make. */
const attacks: ReadonlyArray<{ name: string; change: (text: string) => string; code: SopsErrorCode }> = [
  {
    name: "a plain value is changed",
    change: (t) => t.replace("kind: Secret", "kind: ConfigMap"),
    code: "MacMismatch",
  },
  { name: "a plain value is added", change: (t) => t.replace("stringData:", "x: y\nstringData:"), code: "MacMismatch" },
  { name: "an encrypted value is taken away", change: (t) => t.replace(/ {4}b: .*\n/, ""), code: "MacMismatch" },
  { name: "an encrypted value is emptied", change: (t) => t.replace(/( {4}b:) .*\n/, '$1 ""\n'), code: "MacMismatch" },
  {
    name: "an encrypted value takes another's place",
    change: (t) => t.replace(/ {4}b: .*\n/, `    b: ${/a: (.*)\n/.exec(t)?.[1] ?? ""}\n`),
    code: "DecryptionFailed",
  },
  {
    name: "a plain value replaces an encrypted one",
    change: (t) => t.replace(/( {4}b:) .*/, "$1 x"),
    code: "ValueNotEncrypted",
  },
  {
    name: "a number replaces an encrypted value",
    change: (t) => t.replace(/( {4}b:) .*/, "$1 1"),
    code: "ValueNotEncrypted",
  },
  {
    name: "something follows an encrypted value",
    change: (t) => t.replace(/( {4}b: .*)/, "$1x"),
    code: "ValueNotEncrypted",
  },
  {
    name: "a value's tag is cut short",
    change: (t) => t.replace(/( {4}b: .*tag:)[^,]*/, "$1AAAAAA=="),
    code: "ValueNotEncrypted",
  },
  { name: "the time of change is moved", change: (t) => t.replace("03:04:05Z", "03:04:06Z"), code: "MacMismatch" },
  { name: "the MAC is removed", change: (t) => t.replace(/mac: .*/, 'mac: ""'), code: "MacMismatch" },
  {
    name: "the selection is narrowed",
    change: (t) => t.replace(/encrypted_regex: .*/, "encrypted_regex: ^nothing$"),
    code: "MacMismatch",
  },
  {
    name: "the MAC is said to cover less",
    change: (t) => t.replace("kind: Secret", "kind: X").replace("    mac:", "    mac_only_encrypted: true\n    mac:"),
    code: "MacMismatch",
  },
  { name: "the metadata is removed", change: (t) => t.replace(/sops:[\s\S]*/, ""), code: "NotEncrypted" },
  {
    name: "the keys are removed",
    change: (t) => t.replace(/ {4}age:[\s\S]*(?= {4}lastm)/, ""),
    code: "InvalidMetadata",
  },
  { name: "a key occurs twice", change: (t) => `kind: Secret\n${t}`, code: "Malformed" },
];

for (const { name, change, code } of attacks) {
  test(`a document is refused when ${name}`, async () => {
    const text = await encrypted(twoValues, selective);
    const changed = change(text);
    assert.notEqual(changed, text);
    await assert.rejects(decrypted(changed), refuses(code));
  });
}

test("without the MAC each value is still tied to its place", async () => {
  const text = await encrypted(twoValues, selective);
  const mac = "ignore";
  assert.match(await decrypted(text.replace("kind: Secret", "kind: Other"), { mac }), /kind: Other/);
  await assert.rejects(decrypted(text.replace(/( {4}b:) .*/, "$1 x"), { mac }), refuses("ValueNotEncrypted"));
});

test("plain values may change when the MAC covers encrypted ones only", async () => {
  const text = await encrypted(twoValues, { ...selective, macOnlyEncrypted: true });
  assert.match(await decrypted(text.replace("kind: Secret", "kind: Other")), /kind: Other/);
  await assert.rejects(decrypted(text.replace(/ {4}b: .*\n/, "")), refuses("MacMismatch"));
});

test("every refusal of a plain document says why and shows nothing", async () => {
  const cases: ReadonlyArray<[plain: string, format: Format, code: SopsErrorCode]> = [
    [`- ${canary}\n`, "yaml", "Unsupported"],
    [`${canary}\n`, "yaml", "Unsupported"],
    [`1: ${canary}\n`, "yaml", "Unsupported"],
    ["a: 18446744073709551615\n", "yaml", "Unsupported"],
    [`a: "${canary}\nb: [\n`, "yaml", "Malformed"],
    ["sops: {}\n", "yaml", "AlreadyEncrypted"],
    [`["${canary}"]`, "json", "Unsupported"],
    [`{"a": "${canary}`, "json", "Malformed"],
    [`{"a": 1, "a": "${canary}"}`, "json", "Malformed"],
    [`{"a": ${canary}}`, "json", "Malformed"],
    [canary, "dotenv", "Malformed"],
    ["sops_x=1\n", "dotenv", "AlreadyEncrypted"],
    [`[s\na=${canary}\n`, "ini", "Malformed"],
    [`${canary}\n`, "ini", "Malformed"],
  ];
  for (const [plain, format, code] of cases) await assert.rejects(encrypted(plain, {}, format), refuses(code), plain);
});

test("billions of values behind a few aliases are refused", async () => {
  const lines = Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${Array(10)
        .fill(i === 0 ? "x" : `*a${i - 1}`)
        .join(", ")}]`,
  );
  await assert.rejects(encrypted(`${lines.join("\n")}\n`), refuses("Unsupported"));
});

test("a missing key says which were tried, not what they are", async () => {
  const text = await encrypted(`a: ${canary}\n`);
  const other = [testService("age-hybrid.test-key")];
  await assert.rejects(decrypted(text, { services: other }), (error: unknown) => {
    assert.ok(error instanceof SopsError);
    assert.equal(error.code, "DataKeyUnavailable");
    assert.match(error.message, new RegExp(testRecipient));
    assert.ok(!error.message.includes("AGE-SECRET-KEY"));
    return true;
  });
  await assert.rejects(decrypted(text, { services: [] }), refuses("DataKeyUnavailable"));
});

test("identities that need a person or another program are refused", async () => {
  const text = await encrypted("a: 1\n");
  const identities = [
    testKey("ssh-protected.test-key"),
    "AGE-PLUGIN-YUBIKEY-1QQPQ",
    "age-encryption.org/v1\n-> scrypt x 18\n",
  ];
  for (const identity of identities) {
    const { createAgeKeyService } = await import("./keys/age/age.ts");
    const protectedOnes = [createAgeKeyService([new Secret(identity)])];
    await assert.rejects(decrypted(text, { services: protectedOnes }), refuses("DataKeyUnavailable"));
  }
});

test("a PKCS #1 key works like an OpenSSH one", async () => {
  const recipient = testKey("ssh-rsa-pkcs1.test-key.pub").split(" ", 2).join(" ");
  const text = await encrypted("a: 1\n", { keyGroups: [[{ type: "age", recipient, enc: "" }]] });
  assert.equal(await decrypted(text, { services: [testService("ssh-rsa-pkcs1.test-key")] }), "a: 1\n");
});

test("rotating changes the data key, updating the keys does not", async () => {
  const { identity, recipient } = await generateAgeIdentity();
  const groups: KeyGroup[] = [[{ type: "age", recipient, enc: "" }]];
  const { createAgeKeyService } = await import("./keys/age/age.ts");
  const newServices = [createAgeKeyService([new Secret(identity)])];
  const text = await encrypted("a: 1\n");
  const value = /a: (.*)/.exec(text)?.[1] ?? "";

  const updated = Buffer.from(await updateKeys(text, "yaml", { services, keyGroups: groups })).toString();
  assert.ok(updated.includes(value));
  await assert.rejects(decrypted(updated), refuses("DataKeyUnavailable"));
  assert.equal(await decrypted(updated, { services: newServices }), "a: 1\n");

  const open = await openDocument(text, "yaml", { services });
  const rotated = Buffer.from(await rotateDocument(open, { services, now, keyGroups: groups })).toString();
  assert.ok(!rotated.includes(value));
  assert.equal(await decrypted(rotated, { services: newServices }), "a: 1\n");
});

test("two of three groups are enough, one is not", async () => {
  const ids = await Promise.all(Array.from({ length: 3 }, () => generateAgeIdentity("x25519")));
  const { createAgeKeyService } = await import("./keys/age/age.ts");
  const serviceOf = (...indexes: number[]): object => ({
    services: [createAgeKeyService(indexes.map((index) => new Secret(ids[index]?.identity ?? "")))],
  });
  const groups = ids.map(({ recipient }) => [{ type: "age", recipient, enc: "" }]);
  const text = await encrypted("a: 1\n", { keyGroups: groups, shamirThreshold: 2 });
  assert.equal(readDocumentMetadata(text, "yaml").shamirThreshold, 2);
  for (const pair of [
    [0, 1],
    [0, 2],
    [1, 2],
  ])
    assert.equal(await decrypted(text, serviceOf(...pair)), "a: 1\n");
  await assert.rejects(decrypted(text, serviceOf(1)), refuses("DataKeyUnavailable"));
});

test("an object that was already parsed is decrypted", async () => {
  const text = await encrypted(
    JSON.stringify({ kind: "Secret", data: { n: 1, f: 1.5, s: "x", l: [true, null] } }),
    {},
    "json",
  );
  const object = JSON.parse(text) as Record<string, never>;
  assert.ok(isEncryptedObject(object));
  const plain = await decryptObject({ ...object, added: "plain" }, { services, mac: "ignore" }).catch(
    (e: unknown) => e,
  );
  assert.ok(plain instanceof SopsError, "a plain value where an encrypted one must be");
  assert.deepEqual(await decryptObject(object, { services, mac: "verify" }), {
    kind: "Secret",
    data: { n: 1, f: 1.5, s: "x", l: [true, null] },
  });
  assert.ok(!isEncryptedObject({ sops: { mac: "" } }) && !isEncryptedObject(null) && !isEncryptedObject([]));
});

test("secrets do not print", () => {
  const secret = new Secret(canary);
  for (const text of [inspect(secret, { depth: 9, showHidden: true }), JSON.stringify({ secret })]) {
    assert.ok(!text.includes(canary), text);
  }
});
