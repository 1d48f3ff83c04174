// oxlint-disable-next-line no-restricted-imports -- only tests load this file, and their fixtures are files
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTxtar } from "@sluice/testing";
import { createAgeKeyService } from "../keys/age/age.ts";
import type { KeyService } from "../keys/key-service.ts";
import { Secret } from "../secret.ts";
import type { Format } from "../stores/store.ts";
import { formatForPath } from "../stores/stores.ts";

const testdata = join(import.meta.dirname, "../../testdata");

/** A document as the real `sops` encrypted and decrypted it. */
export interface RecordedDocument {
  readonly name: string;
  readonly format: Format;
  readonly plain: Uint8Array;
  readonly encrypted: string;
  readonly decrypted: Uint8Array;
}

export function loadRecordedDocuments(): RecordedDocument[] {
  const folder = join(testdata, "real");
  return readdirSync(folder).map((file) => {
    const { files } = parseTxtar(readFileSync(join(folder, file), "utf8"));
    const [[plainName, plain], [, encrypted], [, decrypted]] = [...files] as [
      [string, string],
      [string, string],
      [string, string],
    ];
    const format = formatForPath(plainName);
    const encoding = format === "binary" ? "base64" : "utf8";
    return {
      name: file.replace(/\.txtar$/, ""),
      format,
      plain: Buffer.from(plain, encoding),
      encrypted,
      decrypted: Buffer.from(decrypted, encoding),
    };
  });
}

export function testKey(name: string): string {
  return readFileSync(join(testdata, "keys", name), "utf8");
}

/** A service with the throw-away identities of `testdata/keys`. */
export function testService(...names: string[]): KeyService {
  const all = ["age.test-key", "age-hybrid.test-key", "ssh-ed25519.test-key", "ssh-rsa.test-key"];
  return createAgeKeyService((names.length === 0 ? all : names).map((name) => new Secret(testKey(name))));
}

/** The recipient in the second line of a native test key. */
export const testRecipient: string = /age1[0-9a-z]+/.exec(testKey("age.test-key"))?.[0] ?? "";
