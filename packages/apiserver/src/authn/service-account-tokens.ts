import { createHash, createPrivateKey, createPublicKey, randomUUID, sign, verify, type KeyObject } from "node:crypto";
import { generateKeyPair, privateKeyPem } from "../certificates/certificate.ts";
import { isObject, objectAt, stringAt, stringsAt, valueAt, type JsonObject } from "../json/json.ts";
import { serviceAccountUser, type User } from "./user.ts";

/** What a token is bound to: it dies with the account, and with the object where there is one. */
export interface TokenRequest {
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  readonly boundObject?: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly audiences: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** Seconds since the epoch; absent for the tokens of Secrets, which do not expire. */
  readonly expiresAt?: number;
}

/** Tells whether what a token is bound to still lives. */
export type ObjectLookup = (kind: string, namespace: string, name: string) => { readonly uid: string } | undefined;

export const issuer = "https://kubernetes.default.svc.cluster.local";
export const defaultAudience: string = issuer;

const userNameClaim = "kubernetes.io";

/** Signs and checks ServiceAccount tokens: JWTs with ES256. */
export class ServiceAccountTokens {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;
  readonly #lookup: ObjectLookup;

  constructor(lookup: ObjectLookup, savedKeyPem?: string) {
    this.#privateKey = savedKeyPem === undefined ? generateKeyPair().privateKey : createPrivateKey(savedKeyPem);
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#keyId = createHash("sha256")
      .update(this.#publicKey.export({ type: "spki", format: "der" }))
      .digest("base64url");
    this.#lookup = lookup;
  }

  exportKey(): string {
    return privateKeyPem(this.#privateKey);
  }

  /** The key set that `/openid/v1/jwks` serves. */
  keySet(): JsonObject {
    const { kty, crv, x, y } = this.#publicKey.export({ format: "jwk" });
    return {
      keys: [
        { use: "sig", kty: kty ?? "EC", kid: this.#keyId, alg: "ES256", crv: crv ?? "P-256", x: x ?? "", y: y ?? "" },
      ],
    };
  }

  issue(request: TokenRequest): string {
    const { namespace, serviceAccount, boundObject } = request;
    const bound: JsonObject = {};
    if (boundObject !== undefined) {
      bound[boundObject.kind.toLowerCase()] = { name: boundObject.name, uid: boundObject.uid };
    }
    const claims: JsonObject = {
      aud: [...request.audiences],
      ...(request.expiresAt === undefined ? {} : { exp: request.expiresAt }),
      iat: request.issuedAt,
      iss: issuer,
      jti: randomUUID(),
      [userNameClaim]: {
        namespace,
        ...bound,
        serviceaccount: { name: serviceAccount.name, uid: serviceAccount.uid },
      },
      nbf: request.issuedAt,
      sub: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
    };
    const head = encode({ alg: "ES256", kid: this.#keyId });
    const content = `${head}.${encode(claims)}`;
    const signature = sign("sha256", Buffer.from(content), { key: this.#privateKey, dsaEncoding: "ieee-p1363" });
    return `${content}.${signature.toString("base64url")}`;
  }

  /**
   * Returns whose token it is and which of the wanted audiences it holds for; `undefined` when it is not one of ours,
   * expired, for another audience, or bound to something that is gone.
   */
  authenticate(
    token: string,
    nowMs: number,
    wanted: readonly string[] = [defaultAudience],
  ): { user: User; audiences: string[] } | undefined {
    const claims = this.#verified(token);
    if (claims === undefined || stringAt(claims, "iss") !== issuer) return undefined;
    const expiry = valueAt(claims, "exp");
    const seconds = nowMs / 1000;
    if (typeof expiry === "number" && expiry < seconds) return undefined;
    const notBefore = valueAt(claims, "nbf");
    // A minute of leeway, as clocks differ.
    if (typeof notBefore === "number" && notBefore > seconds + 60) return undefined;
    const audiences = wanted.filter((audience) => stringsAt(claims, "aud").includes(audience));
    if (audiences.length === 0) return undefined;
    const user = this.#living(claims);
    return user === undefined ? undefined : { user, audiences };
  }

  #verified(token: string): JsonObject | undefined {
    const [head, claims, signature, ...rest] = token.split(".");
    if (head === undefined || claims === undefined || signature === undefined || rest.length > 0) return undefined;
    const header = decode(head);
    if (header === undefined || header["alg"] !== "ES256" || header["kid"] !== this.#keyId) return undefined;
    const key = { key: this.#publicKey, dsaEncoding: "ieee-p1363" } as const;
    if (!verify("sha256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"))) return undefined;
    return decode(claims);
  }

  #living(claims: JsonObject): User | undefined {
    const bound = objectAt(claims, userNameClaim);
    const namespace = stringAt(bound, "namespace") ?? "";
    const name = stringAt(bound, "serviceaccount", "name") ?? "";
    const uid = stringAt(bound, "serviceaccount", "uid") ?? "";
    if (this.#lookup("ServiceAccount", namespace, name)?.uid !== uid) return undefined;
    for (const kind of ["Pod", "Secret"]) {
      const object = objectAt(bound, kind.toLowerCase());
      if (object === undefined) continue;
      if (this.#lookup(kind, namespace, stringAt(object, "name") ?? "")?.uid !== stringAt(object, "uid"))
        return undefined;
    }
    const user = serviceAccountUser(namespace, name, uid);
    const tokenId = stringAt(claims, "jti");
    const podName = stringAt(bound, "pod", "name");
    const podUid = stringAt(bound, "pod", "uid");
    const extra = {
      ...(tokenId === undefined ? {} : { "authentication.kubernetes.io/credential-id": [`JTI=${tokenId}`] }),
      ...(podName === undefined ? {} : { "authentication.kubernetes.io/pod-name": [podName] }),
      ...(podUid === undefined ? {} : { "authentication.kubernetes.io/pod-uid": [podUid] }),
    };
    return { ...user, extra };
  }
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
}

function decode(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    // A token that is not even JSON is simply not one of ours.
    return undefined;
  }
}
