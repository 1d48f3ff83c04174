import { createHash, createPublicKey, type KeyObject, sign, type X509Certificate } from "node:crypto";
import { bits, der, elements, objectId, octets, sequence, time, unsigned, yes } from "./der.ts";

/** What a certificate says; keys and signature come from its makers. */
export interface CertificateRequest {
  readonly commonName: string;
  /** 4 or 16 bytes each. */
  readonly ips: readonly Uint8Array[];
  readonly dnsNames: readonly string[];
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** 16 random bytes. */
  readonly serial: Uint8Array;
  readonly isAuthority: boolean;
}

/** Who signs: the raw name and key identifier of its certificate, and its key. */
export interface Issuer {
  readonly key: KeyObject;
  /** `undefined` when the certificate signs itself. */
  readonly certificate: X509Certificate | undefined;
}

const names = {
  commonName: "2.5.4.3",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  alternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

function distinguishedName(commonName: string): Buffer {
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName);
  const text = der(isPrintable ? 0x13 : 0x0c, Buffer.from(commonName));
  return commonName === "" ? sequence() : sequence(der(0x31, sequence(objectId(names.commonName), text)));
}

function signatureAlgorithm(key: KeyObject): Buffer {
  switch (key.asymmetricKeyType) {
    case "ec":
      return sequence(objectId("1.2.840.10045.4.3.2"));
    case "ed25519":
      return sequence(objectId("1.3.101.112"));
    default:
      return sequence(objectId("1.2.840.113549.1.1.11"), der(0x05));
  }
}

function ipv4Bytes(address: string): number[] | undefined {
  const parts = address.split(".");
  const isValid =
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256);
  return isValid ? parts.map(Number) : undefined;
}

/** The bytes of an IP address, `undefined` when it is none. An IPv4 address may end an IPv6 one. */
export function ipBytes(address: string): Uint8Array | undefined {
  const plain = ipv4Bytes(address);
  if (plain !== undefined) return Uint8Array.from(plain);
  const last = address.slice(address.lastIndexOf(":") + 1);
  const quad = last.includes(".") ? ipv4Bytes(last) : undefined;
  const hex = (high = 0, low = 0): string => (high * 256 + low).toString(16);
  const text =
    quad === undefined ? address : `${address.slice(0, -last.length)}${hex(quad[0], quad[1])}:${hex(quad[2], quad[3])}`;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left = [], right] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - left.length - (right?.length ?? 0);
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = right === undefined ? left : [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

function extension(id: string, isCritical: boolean, value: Uint8Array): Buffer {
  return isCritical ? sequence(objectId(id), yes, octets(value)) : sequence(objectId(id), octets(value));
}

/** The first 160 bits of the hash of the public key, as RFC 7093 and Go have it. */
function keyId(publicKey: Buffer): Buffer {
  const key = elements(publicKey)[1] ?? Buffer.alloc(0);
  const content = key.subarray(key.indexOf(0, 1) + 1);
  return createHash("sha256").update(content).digest().subarray(0, 20);
}

/** The key identifier that a certificate carries. */
function subjectKeyId(certificate: X509Certificate): Buffer | undefined {
  const id = objectId(names.subjectKeyId);
  const at = certificate.raw.indexOf(id);
  if (at < 0) return undefined;
  const start = at + id.length + 2;
  const size = certificate.raw[start + 1] ?? 0;
  return certificate.raw.subarray(start + 2, start + 2 + size);
}

function subjectOf(certificate: X509Certificate): Buffer {
  const [content] = elements(certificate.raw);
  return elements(content ?? Buffer.alloc(0))[5] ?? sequence();
}

function extensions(request: CertificateRequest, publicKey: Buffer, issuer: Issuer): Buffer {
  const { isAuthority, ips, dnsNames } = request;
  const list = [
    // Digital signature, key encipherment; an authority signs certificates.
    extension(names.keyUsage, true, bits(Uint8Array.from([isAuthority ? 0xa4 : 0xa0]), isAuthority ? 2 : 5)),
    extension(names.extendedKeyUsage, false, sequence(objectId(names.serverAuth), objectId(names.clientAuth))),
    extension(names.basicConstraints, true, isAuthority ? sequence(yes) : sequence()),
  ];
  if (isAuthority) list.push(extension(names.subjectKeyId, false, octets(keyId(publicKey))));
  const authority = issuer.certificate && subjectKeyId(issuer.certificate);
  if (authority !== undefined) list.push(extension(names.authorityKeyId, false, sequence(der(0x80, authority))));
  if (ips.length > 0 || dnsNames.length > 0) {
    const alternatives = [
      ...dnsNames.map((name) => der(0x82, Buffer.from(name))),
      ...ips.map((address) => der(0x87, address)),
    ];
    list.push(extension(names.alternativeName, false, sequence(...alternatives)));
  }
  return der(0xa3, sequence(...list));
}

/** A signed X.509 certificate in DER. */
export function createCertificate(request: CertificateRequest, key: KeyObject, issuer: Issuer): Buffer {
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
  const subject = distinguishedName(request.commonName);
  const algorithm = signatureAlgorithm(issuer.key);
  const content = sequence(
    der(0xa0, unsigned(Uint8Array.from([2]))),
    unsigned(request.serial),
    algorithm,
    issuer.certificate === undefined ? subject : subjectOf(issuer.certificate),
    sequence(time(request.notBefore), time(request.notAfter)),
    subject,
    publicKey,
    extensions(request, publicKey, issuer),
  );
  const hash = issuer.key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return sequence(content, algorithm, bits(sign(hash, content, issuer.key)));
}
