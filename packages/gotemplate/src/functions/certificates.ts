import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { messageOf } from "@sluice/errors";
import { createCertificate, ipBytes } from "../crypto/certificate.ts";
import { decodePem, encodePem, type KeyKind, parsePrivateKey, privateKeyPem } from "../crypto/pem.ts";
import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { valueText } from "../printf/print-value.ts";
import { fromBytes } from "../value/bytes.ts";
import { GoObject, type Kind, type Value } from "../value/value.ts";
import { decodeBase64 } from "./encoding.ts";
import type { Environment } from "./environment.ts";

const DAY_MS = 86_400_000;

/** What the certificate functions return: PEM texts. */
class GoCertificate extends GoObject {
  readonly typeName = "sprig.certificate";
  readonly kind: Kind = "struct";
  readonly cert: string;
  readonly key: string;

  constructor(cert: string, key: string) {
    super();
    this.cert = cert;
    this.key = key;
  }

  override field(name: string): Value | undefined {
    return this.fields().get(name);
  }

  override fields(): ReadonlyMap<string, Value> {
    return new Map([
      ["Cert", this.cert],
      ["Key", this.key],
    ]);
  }
}

/** Makes a key with Node's own randomness; for callers that do not bring their keys. */
function generateKey(kind: KeyKind): KeyObject {
  switch (kind) {
    case "rsa-2048":
      return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    case "rsa-4096":
      return generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey;
    case "ecdsa":
      return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    case "ed25519":
      return generateKeyPairSync("ed25519").privateKey;
  }
}

function addresses(ips: readonly Value[]): Uint8Array[] {
  return ips.map((ip) => {
    if (typeof ip !== "string") throw new FunctionError(`error parsing ip: ${valueText(ip)} is not a string`);
    const bytes = ipBytes(ip);
    if (bytes === undefined) throw new FunctionError(`error parsing ip: ${ip}`);
    return bytes;
  });
}

function hostNames(names: readonly Value[]): string[] {
  return names.map((name) => {
    if (typeof name !== "string")
      throw new FunctionError(`error processing alternate dns name: ${valueText(name)} is not a string`);
    return name;
  });
}

function parseCertificate(text: string): X509Certificate {
  const block = decodePem(text);
  if (block === undefined) throw new FunctionError("unable to decode certificate");
  try {
    return new X509Certificate(block.bytes);
  } catch (error) {
    throw new FunctionError(`error parsing certificate: decodedCert.Bytes: ${messageOf(error)}`, { cause: error });
  }
}

/** Adds what the caller of a function knows to its failure. */
function prefixed<T>(prefix: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError(`${prefix}: ${error.message}`);
    throw error;
  }
}

function decoded(text: string, what: string): string {
  try {
    return fromBytes(decodeBase64(text));
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError(`unable to decode base64 ${what}`);
    throw error;
  }
}

/** Keys and certificates. Keys come from the environment if it makes them. */
export function certificateFunctions(environment: Environment): FuncMap {
  const newKey = environment.generateKey ?? generateKey;
  interface Subject {
    readonly name: string;
    readonly ips: readonly Value[];
    readonly dnsNames: readonly Value[];
    readonly days: number;
    readonly isAuthority: boolean;
  }
  const issue = (subject: Subject, key: KeyObject, signer: GoCertificate | undefined): GoCertificate => {
    const certificate = signer && parseCertificate(signer.cert);
    const issuerKey = signer ? prefixed("error parsing private key", () => parsePrivateKey(signer.key)) : key;
    const notBefore = environment.now();
    const serial = environment.randomBytes(16);
    const { name: commonName, days, isAuthority } = subject;
    const [ips, dnsNames] = [addresses(subject.ips), hostNames(subject.dnsNames)];
    const request = { commonName, ips, dnsNames, notBefore, notAfter: notBefore + days * DAY_MS, serial, isAuthority };
    const bytes = createCertificate(request, key, { key: issuerKey, certificate });
    return new GoCertificate(encodePem("CERTIFICATE", bytes), privateKeyPem(key));
  };
  const given = (pem: string): KeyObject => prefixed("parsing private key", () => parsePrivateKey(pem));
  const signerOf = (value: GoObject): GoCertificate => {
    if (value instanceof GoCertificate) return value;
    throw new FunctionError("unable to decode certificate");
  };
  const authority = (name: string, days: number): Subject => ({ name, ips: [], dnsNames: [], days, isAuthority: true });
  const leaf = (name: string, ips: Value[], dnsNames: Value[], days: number): Subject => ({
    name,
    ips,
    dnsNames,
    days,
    isAuthority: false,
  });
  return {
    genPrivateKey: fn(["string"], (type) => {
      if (type === "dsa") throw new FunctionError("DSA keys are not supported");
      const kinds: Readonly<Record<string, KeyKind>> = {
        "": "rsa-4096",
        rsa: "rsa-4096",
        ecdsa: "ecdsa",
        ed25519: "ed25519",
      };
      const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
      return kind === undefined ? `Unknown type ${type}` : privateKeyPem(newKey(kind));
    }),
    buildCustomCert: fn(["string", "string"], (certificate, key) => {
      const [cert, pem] = [decoded(certificate, "certificate"), decoded(key, "private key")];
      parseCertificate(cert);
      prefixed("error parsing private key", () => parsePrivateKey(pem));
      return new GoCertificate(cert, pem);
    }),
    genCA: fn(["string", "int"], (name, days) => issue(authority(name, days), newKey("rsa-2048"), undefined)),
    genCAWithKey: fn(["string", "int", "string"], (name, days, key) =>
      issue(authority(name, days), given(key), undefined),
    ),
    genSelfSignedCert: fn(["string", "list", "list", "int"], (name, ips, dnsNames, days) =>
      issue(leaf(name, ips, dnsNames, days), newKey("rsa-2048"), undefined),
    ),
    genSelfSignedCertWithKey: fn(["string", "list", "list", "int", "string"], (name, ips, dnsNames, days, key) =>
      issue(leaf(name, ips, dnsNames, days), given(key), undefined),
    ),
    genSignedCert: fn(["string", "list", "list", "int", "certificate"], (name, ips, dnsNames, days, signer) =>
      issue(leaf(name, ips, dnsNames, days), newKey("rsa-2048"), signerOf(signer)),
    ),
    genSignedCertWithKey: fn(
      ["string", "list", "list", "int", "certificate", "string"],
      (name, ips, dnsNames, days, signer, key) => issue(leaf(name, ips, dnsNames, days), given(key), signerOf(signer)),
    ),
  };
}
