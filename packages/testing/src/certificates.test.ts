import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { TestAuthority } from "./certificates.ts";

test("TestAuthority issues certificates that verify and carry names", () => {
  const authority = new TestAuthority();
  const root = new X509Certificate(authority.certificate);
  const leaf = new X509Certificate(
    authority.issue({ commonName: "jane", organizations: ["system:masters", "dev"], hosts: ["localhost", "127.0.0.1"] })
      .cert,
  );
  assert.ok(root.ca);
  assert.ok(!leaf.ca);
  assert.ok(leaf.verify(root.publicKey));
  assert.equal(leaf.subject, "O=system:masters\nO=dev\nCN=jane");
  assert.equal(leaf.subjectAltName, "DNS:localhost, IP Address:127.0.0.1");
  assert.ok(!leaf.verify(new X509Certificate(new TestAuthority().certificate).publicKey));
});
