import { createPrivateKey, sign } from "node:crypto";
import { SopsError } from "../../errors.ts";
import { Secret } from "../../secret.ts";
import { type KeyService, keyServiceFor } from "../key-service.ts";
import { type Fetch, type Now, requestJson, textField } from "./http.ts";

export interface GcpKmsOptions {
  readonly fetch: Fetch;
  /** An OAuth access token for the scope of Cloud KMS; called for every use. */
  readonly accessToken: (signal?: AbortSignal) => Promise<Secret<string>>;
}

const resourceShape = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;
const scope = "https://www.googleapis.com/auth/cloudkms";
const tokenUrl = "https://oauth2.googleapis.com/token";
const TOKEN_SECONDS = 3600;
/** A token is renewed this long before it expires. */
const MARGIN_SECONDS = 60;

/** Uses keys of Google Cloud KMS. */
export function createGcpKmsKeyService(options: GcpKmsOptions): KeyService {
  const call = async (
    resourceId: string,
    action: "encrypt" | "decrypt",
    input: object,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> => {
    if (!resourceShape.test(resourceId)) throw new SopsError("InvalidKey", "not the resource of a Cloud KMS key");
    const path = resourceId.split("/").map(encodeURIComponent).join("/");
    const token = await options.accessToken(signal);
    return requestJson(options.fetch, `https://cloudkms.googleapis.com/v1/${path}:${action}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token.reveal()}`, "content-type": "application/json" },
      body: JSON.stringify(input),
      signal,
    });
  };
  return keyServiceFor("gcp_kms", {
    async decrypt({ resourceId, enc }, signal) {
      const answer = await call(resourceId, "decrypt", { ciphertext: enc }, signal);
      return Buffer.from(textField(answer, "plaintext"), "base64");
    },
    async encrypt({ resourceId }, plain, signal) {
      const input = { plaintext: Buffer.from(plain).toString("base64") };
      return textField(await call(resourceId, "encrypt", input, signal), "ciphertext");
    },
  });
}

/**
 * Access tokens for a service account's key file, kept until shortly before they expire. The file's own `token_uri` is
 * not followed: who writes the file could send signed assertions anywhere.
 * @throws SopsError `InvalidKey` for a file that is none.
 */
export function gcpServiceAccountToken(
  credentials: Secret<string>,
  options: { readonly fetch: Fetch; readonly now: Now },
): GcpKmsOptions["accessToken"] {
  const { email, key } = readKeyFile(credentials);
  let current: { readonly token: Secret<string>; readonly expires: number } | undefined;
  return async (signal) => {
    const now = Math.floor(options.now().getTime() / 1000);
    if (current !== undefined && now < current.expires - MARGIN_SECONDS) return current.token;
    const claims = { iss: email, scope, aud: tokenUrl, iat: now, exp: now + TOKEN_SECONDS };
    const unsigned = [{ alg: "RS256", typ: "JWT" }, claims].map(encodeJson).join(".");
    const assertion = `${unsigned}.${sign("sha256", Buffer.from(unsigned), key).toString("base64url")}`;
    const answer = await requestJson(options.fetch, tokenUrl, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }).toString(),
      signal,
    });
    current = { token: new Secret(textField(answer, "access_token")), expires: now + TOKEN_SECONDS };
    return current.token;
  };
}

function readKeyFile(credentials: Secret<string>): { email: string; key: ReturnType<typeof createPrivateKey> } {
  try {
    const file: unknown = JSON.parse(credentials.reveal());
    if (typeof file === "object" && file !== null && "client_email" in file && "private_key" in file) {
      return { email: String(file.client_email), key: createPrivateKey(String(file.private_key)) };
    }
  } catch {
    // The parser's message would quote the file.
  }
  throw new SopsError("InvalidKey", "not a key file of a Google service account");
}

function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
