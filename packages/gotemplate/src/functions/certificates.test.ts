import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { TemplateSet } from "../exec/template-set.ts";
import { certificateFunctions } from "./certificates.ts";

const now = Date.UTC(2030, 0, 2);
const environment = {
  now: () => now,
  randomBytes: (count: number) => new Uint8Array(count).fill(0x9f),
  // Small and quick: nothing here depends on the kind.
  generateKey: () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
};

function render(text: string): string {
  const set = new TemplateSet({ functions: certificateFunctions(environment) });
  set.parse("t", text);
  return set.execute("t", { ips: ["10.0.0.1", "::1"], names: ["a.example", "b.example"] });
}

test("an authority signs a certificate", () => {
  const [ca = "", cert = "", key = ""] = render(
    '{{ $ca := genCA "ca & co" 365 }}{{ $c := genSignedCert "app" .ips .names 30 $ca }}{{ $ca.Cert }}|{{ $c.Cert }}|{{ $c.Key }}',
  ).split("|");
  const authority = new X509Certificate(ca);
  const certificate = new X509Certificate(cert);
  assert.equal(authority.ca, true);
  assert.equal(certificate.ca, false);
  assert.ok(authority.verify(authority.publicKey));
  assert.ok(certificate.verify(authority.publicKey));
  assert.ok(certificate.checkIssued(authority));
  assert.equal(certificate.subject, "CN=app");
  assert.equal(certificate.issuer, "CN=ca & co");
  assert.equal(
    certificate.subjectAltName,
    "DNS:a.example, DNS:b.example, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1",
  );
  assert.equal(certificate.serialNumber, "9F".repeat(16));
  assert.equal(Date.parse(certificate.validTo), now + 30 * 86_400_000);
  assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
});

test("keys of all kinds sign themselves", () => {
  for (const [kind, label] of [
    ["ecdsa", "EC PRIVATE KEY"],
    ["ed25519", "EC PRIVATE KEY"],
  ]) {
    const output = render(
      `{{ $k := genPrivateKey "${kind}" }}{{ (genSelfSignedCertWithKey "x" nil nil 1 $k).Cert }}|{{ $k }}`,
    );
    const [cert = "", key = ""] = output.split("|");
    const certificate = new X509Certificate(cert);
    assert.ok(certificate.verify(certificate.publicKey), kind);
    assert.ok(key.includes(label ?? ""));
  }
});

test("what is no certificate is refused", () => {
  assert.throws(() => render('{{ buildCustomCert "!" "!" }}'), /unable to decode base64 certificate/);
  assert.throws(() => render('{{ genCAWithKey "x" 1 "key" }}'), /parsing private key: no PEM data in input/);
  assert.throws(() => render('{{ genSelfSignedCert "x" .names nil 1 }}'), /error parsing ip: a\.example/);
  assert.equal(render('{{ genPrivateKey "rot13" }}'), "Unknown type rot13");
});
