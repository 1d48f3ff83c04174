import { SopsError } from "../../errors.ts";
import { Secret } from "../../secret.ts";
import { type KeyService, keyServiceFor } from "../key-service.ts";
import type { AzureKeyVaultKey } from "../master-key.ts";
import { type Fetch, type Now, objectField, requestJson, textField } from "./http.ts";

export interface AzureKeyVaultOptions {
  readonly fetch: Fetch;
  /** A token for the given scope, such as `https://vault.azure.net/.default`; called for every use. */
  readonly accessToken: (scope: string, signal?: AbortSignal) => Promise<Secret<string>>;
}

const apiVersion = "7.4";
/** The domains of Key Vault and Managed HSM. Documents name their vault, and a token must not go anywhere else. */
const vaultDomains = [
  "vault.azure.net",
  "vault.azure.cn",
  "vault.usgovcloudapi.net",
  "managedhsm.azure.net",
  "managedhsm.azure.cn",
  "managedhsm.usgovcloudapi.net",
];

/** Uses RSA keys of Azure Key Vault. A key without version is given the current one when it encrypts. */
export function createAzureKeyVaultKeyService(options: AzureKeyVaultOptions): KeyService {
  const call = async (
    key: AzureKeyVaultKey,
    action: "encrypt" | "decrypt",
    value: string,
    signal: AbortSignal | undefined,
  ): Promise<string> => {
    const answer = await request(key, options, { action, body: { alg: "RSA-OAEP-256", value }, signal });
    return textField(answer, "value");
  };
  return keyServiceFor("azure_kv", {
    async decrypt(key, signal) {
      return Buffer.from(await call(key, "decrypt", key.enc, signal), "base64url");
    },
    encrypt(key, plain, signal) {
      return call(key, "encrypt", Buffer.from(plain).toString("base64url"), signal);
    },
  });
}

/** The version of a key that is current now, which a document should name. @throws SopsError */
export async function currentAzureKeyVersion(
  key: AzureKeyVaultKey,
  options: AzureKeyVaultOptions,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await request(key, options, { signal });
  const version = textField(objectField(answer, "key"), "kid").split("/").at(-1);
  if (version === undefined || version === "") throw new SopsError("KeyServiceFailed", "the key has no version");
  return version;
}

async function request(
  key: AzureKeyVaultKey,
  options: AzureKeyVaultOptions,
  what: { readonly action?: string; readonly body?: object; readonly signal?: AbortSignal | undefined },
): Promise<Record<string, unknown>> {
  const { origin, domain } = vaultOf(key.vaultUrl);
  const token = await options.accessToken(`https://${domain}/.default`, what.signal);
  const steps = ["keys", key.name, key.version, what.action ?? ""].filter((step) => step !== "");
  const url = `${origin}/${steps.map(encodeURIComponent).join("/")}?api-version=${apiVersion}`;
  const headers = { authorization: `Bearer ${token.reveal()}`, "content-type": "application/json" };
  if (what.body === undefined) return requestJson(options.fetch, url, { method: "GET", headers, signal: what.signal });
  const body = JSON.stringify(what.body);
  return requestJson(options.fetch, url, { method: "POST", headers, body, signal: what.signal });
}

function vaultOf(vaultUrl: string): { origin: string; domain: string } {
  const url = URL.canParse(vaultUrl) ? new URL(vaultUrl) : undefined;
  const domain = vaultDomains.find((candidate) => url?.hostname.endsWith(`.${candidate}`) === true);
  if (url === undefined || domain === undefined || url.protocol !== "https:" || url.port !== "") {
    throw new SopsError("InvalidKey", "not the address of an Azure Key Vault");
  }
  return { origin: url.origin, domain };
}

export interface AzureClientSecret {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  /** Default `https://login.microsoftonline.com`. */
  readonly authorityHost?: string | undefined;
}

/** Access tokens for an application with a client secret, kept until shortly before they expire. */
export function azureClientSecretToken(
  client: AzureClientSecret,
  options: { readonly fetch: Fetch; readonly now: Now },
): AzureKeyVaultOptions["accessToken"] {
  const tokens = new Map<string, { readonly token: Secret<string>; readonly expires: number }>();
  return async (scope, signal) => {
    const now = options.now().getTime();
    const current = tokens.get(scope);
    if (current !== undefined && now < current.expires) return current.token;
    const host = (client.authorityHost ?? "https://login.microsoftonline.com").replace(/\/$/, "");
    const answer = await requestJson(
      options.fetch,
      `${host}/${encodeURIComponent(client.tenantId)}/oauth2/v2.0/token`,
      {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: client.clientId,
          client_secret: client.clientSecret.reveal(),
          scope,
        }).toString(),
        signal,
      },
    );
    const token = new Secret(textField(answer, "access_token"));
    const seconds = Number(answer["expires_in"]);
    tokens.set(scope, { token, expires: now + (Number.isFinite(seconds) ? Math.max(0, seconds - 60) : 0) * 1000 });
    return token;
  };
}
