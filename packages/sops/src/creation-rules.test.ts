import assert from "node:assert/strict";
import { test } from "node:test";
import { findCreationRule, findStoreIndent } from "./creation-rules.ts";
import { readDecryptionSecret } from "./decryption-secret.ts";
import { nameOf } from "./keys/master-key.ts";
import { compilePattern } from "./pattern/matcher.ts";

const now = new Date("2026-01-02T03:04:05Z");
const config = `creation_rules:
  - path_regex: \\.dev\\.yaml$
    age: age1a, age1b,
    encrypted_regex: ^(data|stringData)$
  - path_regex: (?i)^Prod/
    shamir_threshold: 2
    mac_only_encrypted: true
    key_groups:
      - age: [age1a, age1a]
        pgp: [85D77543B3D624B63CEA9E6DBC17301B491B3F21]
      - kms: [{arn: "arn:aws:kms:eu-west-1:1:key/a", role: r, context: {a: b}, aws_profile: p}]
        merge: [{hc_vault: ["https://v.example/v1/transit/keys/k"]}]
      - azure_keyvault: [{vaultUrl: "https://v.vault.azure.net", key: k, version: "1"}]
        gcp_kms: [{resource_id: projects/p}]
  - path_regex: ^twice
    encrypted_regex: a
    encrypted_suffix: b
  - path_regex: ^other/
    kms: arn:aws:kms:eu-west-1:1:key/a+arn:aws:iam::1:role/r
    azure_keyvault: https://v.vault.azure.net/keys/k/1
stores:
  yaml: {indent: 2}
`;

test("the first rule whose expression matches counts", () => {
  const dev = findCreationRule(config, "a/x.dev.yaml", now);
  assert.deepEqual(
    dev?.keyGroups.map((group) => group.map(nameOf)),
    [["age1a", "age1b"]],
  );
  assert.deepEqual(dev.selection, { field: "encrypted_regex", pattern: "^(data|stringData)$" });
  const prod = findCreationRule(config, "prod/x.yaml", now);
  assert.deepEqual(
    prod?.keyGroups.map((group) => group.map(nameOf)),
    [
      ["age1a", "85D77543B3D624B63CEA9E6DBC17301B491B3F21"],
      ["https://v.example/v1/transit/keys/k", "arn:aws:kms:eu-west-1:1:key/a+r|a:b|p"],
      ["projects/p", "https://v.vault.azure.net/keys/k/1"],
    ],
  );
  assert.deepEqual([prod.shamirThreshold, prod.macOnlyEncrypted], [2, true]);
  const other = findCreationRule(config, "other/x", now);
  assert.deepEqual(other?.keyGroups.flat().map(nameOf), [
    "arn:aws:kms:eu-west-1:1:key/a+arn:aws:iam::1:role/r",
    "https://v.vault.azure.net/keys/k/1",
  ]);
});

test("rules that cannot be followed are refused", () => {
  assert.throws(() => findCreationRule(config, "nothing", now), { code: "NoMatchingRule" });
  assert.throws(() => findCreationRule(config, "twice", now), { code: "InvalidRule" });
  assert.throws(() => findCreationRule("creation_rules: [{path_regex: '('}]", "x", now), { code: "InvalidRule" });
  assert.throws(() => findCreationRule("creation_rules: [{age: 1}]", "x", now), { code: "InvalidRule" });
  assert.throws(() => findCreationRule("a: [", "x", now), { code: "InvalidRule" });
  assert.equal(findCreationRule("", "x", now), undefined);
});

test("stores may have their own indentation", () => {
  assert.equal(findStoreIndent(config, "yaml"), 2);
  assert.equal(findStoreIndent(config, "json"), undefined);
  assert.equal(findStoreIndent("stores: {json_binary: {indent: 1}}", "binary"), 1);
});

test("regular expressions are those of Go", () => {
  const cases: ReadonlyArray<[pattern: string, text: string, want: boolean]> = [
    ["^(data|stringData)$", "data", true],
    ["^(data|stringData)$", "datax", false],
    ["(?i)^DATA$", "data", true],
    ["(?i:D)ata", "dATA", false],
    ["a.c", "a\nc", false],
    ["(?s)a.c", "a\nc", true],
    ["(?m)^b$", "a\nb\nc", true],
    ["^b$", "a\nb\nc", false],
    ["^[[:alpha:]_]+$", "a_b", true],
    ["^[^a-c]$", "b", false],
    ["^[]a]+$", "]a", true],
    ["^\\d{2,3}$", "1234", false],
    ["^\\d{2,3}$", "123", true],
    ["\\bfoo\\b", "a foo b", true],
    ["\\bfoo\\b", "afoo", false],
    ["^\\Qa.b\\E$", "a.b", true],
    ["^\\Qa.b\\E$", "axb", false],
    ["^(?P<name>x)+?$", "xxx", true],
    ["^\\p{Greek}+$", "αβ", true],
    ["^\\x{1F512}$", "\u{1F512}", true],
    ["", "anything", true],
    ["^$", "", true],
    ["a||b", "c", true],
    ["x{", "x{", true],
    ["^[\\w.-]+$", "a.b-c", true],
    ["^(a+)+$", `${"a".repeat(5000)}b`, false],
  ];
  for (const [pattern, text, want] of cases) assert.equal(compilePattern(pattern)(text), want, pattern);
  for (const pattern of [
    "(",
    ")",
    "*",
    "a(?=b)",
    "(a)\\1",
    "[b-a]",
    "[a",
    "a{1001}",
    "\\",
    "(?<",
    "\\p{Nope}",
    "((a{99}){99}){99}",
  ]) {
    assert.throws(() => compilePattern(pattern), SyntaxError, pattern);
  }
});

test("the entries of a decryption Secret are known by their names", () => {
  const entry = (text: string): Uint8Array => Buffer.from(text);
  const keys = readDecryptionSecret({
    "b.agekey": entry("B"),
    "a.agekey": entry("A"),
    "pgp.asc": entry("P"),
    "sops.vault-token": entry("token\n"),
    "sops.aws-kms": entry("aws_access_key_id: id\naws_secret_access_key: key\n"),
    "sops.azure-kv": entry("tenant: t\nappId: a\npassword: p\n"),
    "sops.gcp-kms": entry("{}"),
    other: Uint8Array.of(255),
  });
  assert.deepEqual(
    keys.ageIdentities.map((secret) => secret.reveal()),
    ["A", "B"],
  );
  assert.equal(keys.pgpKeys.length, 1);
  assert.equal(keys.vaultToken?.reveal(), "token");
  assert.deepEqual(
    [keys.aws?.accessKeyId, keys.aws?.secretAccessKey.reveal(), keys.aws?.sessionToken],
    ["id", "key", undefined],
  );
  assert.deepEqual([keys.azure?.tenantId, keys.azure?.clientId, keys.azure?.clientSecret.reveal()], ["t", "a", "p"]);
  assert.ok(keys.gcp);
  assert.throws(() => readDecryptionSecret({ "sops.aws-kms": entry("x") }), { code: "InvalidKey" });
  assert.throws(() => readDecryptionSecret({ "a.agekey": Uint8Array.of(255) }), /a\.agekey: not text/);
});
