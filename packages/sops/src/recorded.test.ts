import assert from "node:assert/strict";
import { test } from "node:test";
import { decryptDocument, encryptPlain, openDocument, parsePlain, sealDocument } from "./document.ts";
import { loadRecordedDocuments, testRecipient, testService } from "./test-fixtures/recorded.ts";

const services = [testService()];

for (const { name, format, plain, encrypted, decrypted } of loadRecordedDocuments()) {
  test(`what the real sops encrypted is decrypted to the same bytes: ${name}`, async () => {
    const output = await decryptDocument(encrypted, format, { services });
    assert.equal(Buffer.from(output).toString(), Buffer.from(decrypted).toString());
    assert.deepEqual(Buffer.from(output), Buffer.from(decrypted));
  });

  test(`encrypting gives the layout of the real sops: ${name}`, async () => {
    const { metadata } = await openDocument(encrypted, format, { services });
    const output = await encryptPlain(parsePlain(plain, format), format, {
      services,
      keyGroups: metadata.keyGroups,
      shamirThreshold: metadata.shamirThreshold,
      selection: metadata.selection,
      macOnlyEncrypted: metadata.macOnlyEncrypted,
      now: new Date(metadata.lastModified),
    });
    assert.equal(masked(output), masked(Buffer.from(encrypted)));
  });

  test(`sealing an unchanged document keeps every ciphertext but the MAC: ${name}`, async () => {
    const open = await openDocument(encrypted, format, { services });
    const now = new Date(open.metadata.lastModified);
    const first = sealDocument(open, { now });
    const again = sealDocument(await openDocument(first, format, { services }), { now });
    const withoutMac = (bytes: Uint8Array): string =>
      Buffer.from(bytes)
        .toString()
        .replaceAll(/mac\W.*$/gm, "");
    assert.equal(withoutMac(again), withoutMac(first));
  });
}

test("the recipient of the fixtures is the test key's", () => {
  assert.match(testRecipient, /^age1/);
});

/** What two encryptions of the same document have in common. */
function masked(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString()
    .replaceAll(/ENC\[AES256_GCM,[^\]]*?,type:(\w+)\]/g, "ENC[$1]")
    .replaceAll(/-----BEGIN AGE[\s\S]*?-----END AGE/g, "AGE");
}
