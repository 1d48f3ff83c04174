import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { generateKeyPair, issueCertificate, privateKeyPem, type Subject } from "./certificate.ts";

/** A private key and its certificate, both in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const authoritySubject: Subject = { commonName: "sluice-ca" };

/**
 * The cluster's certificate authority. Everything that it issues is valid for ten years: the cluster lives on one
 * machine and its key never leaves it.
 */
export class CertificateAuthority {
  readonly certificate: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  private constructor(certificate: string, privateKey: KeyObject) {
    this.certificate = certificate;
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
  }

  static create(now: Date): CertificateAuthority {
    const { privateKey, publicKey } = generateKeyPair();
    const certificate = issueCertificate(
      { subject: authoritySubject, publicKey, usage: "authority", ...validity(now) },
      { subject: authoritySubject, privateKey, publicKey },
    );
    return new CertificateAuthority(certificate, privateKey);
  }

  /** Restores an authority from what {@link CertificateAuthority.export} returned. */
  static restore({ cert, key }: Identity): CertificateAuthority {
    return new CertificateAuthority(cert, createPrivateKey(key));
  }

  export(): Identity {
    return { cert: this.certificate, key: privateKeyPem(this.#privateKey) };
  }

  issueServer(commonName: string, hosts: readonly string[], now: Date): Identity {
    return this.#issue({ commonName }, { usage: "server", hosts }, now);
  }

  issueClient(subject: Subject, now: Date): Identity {
    return this.#issue(subject, { usage: "client" }, now);
  }

  #issue(subject: Subject, use: { usage: "server" | "client"; hosts?: readonly string[] }, now: Date): Identity {
    const { privateKey, publicKey } = generateKeyPair();
    const cert = issueCertificate(
      { subject, publicKey, ...use, ...validity(now) },
      { subject: authoritySubject, privateKey: this.#privateKey, publicKey: this.#publicKey },
    );
    return { cert, key: privateKeyPem(privateKey) };
  }
}

function validity(now: Date): { notBefore: Date; notAfter: Date } {
  // An hour of grace for clocks that run behind.
  return { notBefore: new Date(now.getTime() - 60 * 60 * 1000), notAfter: new Date(now.getTime() + 3650 * dayMs) };
}
