import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";

/** A certificate and its private key, both PEM. */
export interface TestIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface TestCertificateOptions {
  readonly commonName: string;
  /** Become the subject's organizations: groups, for Kubernetes. */
  readonly organizations?: readonly string[];
  /** Names and addresses that a server answers to. */
  readonly hosts?: readonly string[];
  readonly notAfter?: Date;
}

/** A certificate authority that lives as long as the test. Keys are P-256: making one takes a millisecond. */
export class TestAuthority {
  readonly #name: string;
  readonly #privateKey: KeyObject;
  /** PEM. */
  readonly certificate: string;

  constructor(name = "test authority") {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#name = name;
    this.#privateKey = privateKey;
    this.certificate = this.#certify(publicKey, { commonName: name }, true);
  }

  /** Issues a certificate that serves both as a server's and as a client's. */
  issue(options: TestCertificateOptions): TestIdentity {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return {
      cert: this.#certify(publicKey, options, false),
      key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
  }

  #certify(publicKey: KeyObject, options: TestCertificateOptions, isAuthority: boolean): string {
    const algorithm = sequence(oid("2a8648ce3d040302")); // ecdsa-with-SHA256
    const notBefore = new Date(Date.now() - 3_600_000);
    const notAfter = options.notAfter ?? new Date(Date.now() + 24 * 3_600_000);
    const extensions = [extension("551d13", sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : [])), true)];
    if (options.hosts !== undefined) extensions.push(extension("551d11", sequence(...options.hosts.map(generalName))));
    const body = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))), // version 3
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), // serial
      algorithm,
      distinguishedName({ commonName: this.#name }),
      sequence(time(notBefore), time(notAfter)),
      distinguishedName(options),
      publicKey.export({ type: "spki", format: "der" }),
      der(0xa3, sequence(...extensions)),
    );
    const signature = sign("sha256", body, this.#privateKey);
    const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
    const lines = certificate.toString("base64").replaceAll(/.{1,64}/g, "$&\n");
    return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
  }
}

function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...items: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(items));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function time(at: Date): Buffer {
  return der(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\.\d+Z/g, "")}Z`));
}

function distinguishedName({ commonName, organizations = [] }: TestCertificateOptions): Buffer {
  const attribute = (type: string, text: string): Buffer =>
    der(0x31, sequence(oid(type), der(0x0c, Buffer.from(text))));
  return sequence(...organizations.map((each) => attribute("55040a", each)), attribute("550403", commonName));
}

function extension(type: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(type), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

function generalName(host: string): Buffer {
  return isIP(host) === 4 ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host));
}
