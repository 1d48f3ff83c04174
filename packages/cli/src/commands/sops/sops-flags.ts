import { boolean, type Flag, integer, list, text } from "../../program/flag.ts";

const file = { completes: "files" } as const;
const formats = { choices: ["yaml", "json", "dotenv", "ini", "binary"] } as const;

/** The flags of `sops`, by what they hold. */
export type SopsFlags = {
  readonly [
    Name in "encrypt" | "decrypt" | "rotate" | "in-place" | "mac-only-encrypted" | "ignore-mac" | "yes"
  ]: Flag<boolean>;
} & {
  readonly [
    Name in
      | "age"
      | "pgp"
      | "kms"
      | "encryption-context"
      | "gcp-kms"
      | "azure-kv"
      | "hc-vault-transit"
      | "add-age"
      | "rm-age"
      | "add-pgp"
      | "rm-pgp"
  ]: Flag<readonly string[]>;
} & { readonly [Name in "shamir-secret-sharing-threshold" | "indent"]: Flag<number> } & {
  readonly [
    Name in
      | "output"
      | "input-type"
      | "output-type"
      | "filename-override"
      | "config"
      | "aws-profile"
      | "unencrypted-suffix"
      | "encrypted-suffix"
      | "unencrypted-regex"
      | "encrypted-regex"
      | "unencrypted-comment-regex"
      | "encrypted-comment-regex"
      | "extract"
      | "set"
  ]: Flag<string>;
};

export const sopsFlags: SopsFlags = {
  encrypt: boolean("encrypt a file and print the result", false, { short: "e" }),
  decrypt: boolean("decrypt a file and print the result", false, { short: "d" }),
  rotate: boolean("give a file a new data key and print the result", false, { short: "r" }),
  "in-place": boolean("write the result back to the same file", false, { short: "i" }),
  output: text("write the result to this file", "", file),
  "input-type": text("format of the input; by default what the file's name says", "", formats),
  "output-type": text("format of the output; by default that of the input", "", formats),
  "filename-override": text("the name that decides about format and creation rule", "", file),
  config: text("path to .sops.yaml; by default looked for from the file's folder upwards", "", file),
  age: list("age or SSH recipients", [], { short: "a" }),
  pgp: list("PGP fingerprints", [], { short: "p" }),
  kms: list("ARNs of AWS KMS keys", [], { short: "k" }),
  "aws-profile": text("AWS profile to name in the file"),
  "encryption-context": list("AWS KMS encryption context: key:value"),
  "gcp-kms": list("resource IDs of Google Cloud KMS keys"),
  "azure-kv": list("URLs of Azure Key Vault keys"),
  "hc-vault-transit": list("URIs of Vault transit keys"),
  "add-age": list("recipients to add when rotating"),
  "rm-age": list("recipients to remove when rotating"),
  "add-pgp": list("fingerprints to add when rotating"),
  "rm-pgp": list("fingerprints to remove when rotating"),
  "unencrypted-suffix": text("keys that end like this, and all below, stay plain"),
  "encrypted-suffix": text("only keys that end like this, and all below, are encrypted"),
  "unencrypted-regex": text("keys that match, and all below, stay plain"),
  "encrypted-regex": text("only keys that match, and all below, are encrypted"),
  "unencrypted-comment-regex": text("values below a comment that matches stay plain"),
  "encrypted-comment-regex": text("only values below a comment that matches are encrypted"),
  "mac-only-encrypted": boolean("let the MAC cover encrypted values only"),
  "ignore-mac": boolean("do not check whether the file was changed after encryption"),
  "shamir-secret-sharing-threshold": integer("how many key groups are needed to decrypt"),
  extract: text('print one value only: ["key"]["other"][0]'),
  set: text('set one value: ["key"] followed by a space and JSON'),
  indent: integer("columns per level of the output"),
  yes: boolean("do not ask before changing keys", false, { short: "y" }),
};
