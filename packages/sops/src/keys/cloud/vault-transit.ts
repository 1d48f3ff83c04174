import { SopsError } from "../../errors.ts";
import type { Secret } from "../../secret.ts";
import { type KeyService, keyServiceFor } from "../key-service.ts";
import type { VaultTransitKey } from "../master-key.ts";
import { type Fetch, objectField, requestJson, textField } from "./http.ts";

export interface VaultTransitOptions {
  readonly fetch: Fetch;
  /** The token for a server; called for every use. */
  readonly token: (address: string, signal?: AbortSignal) => Promise<Secret<string>>;
  /**
   * The servers that may be given a token: documents name theirs, and whoever writes documents could collect tokens.
   * Absent, every `https:` address and loopback is.
   */
  readonly addresses?: readonly string[] | undefined;
}

/** Uses keys of the transit engine of HashiCorp Vault or OpenBao. */
export function createVaultTransitKeyService(options: VaultTransitOptions): KeyService {
  const call = async (
    key: VaultTransitKey,
    action: "encrypt" | "decrypt",
    input: object,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> => {
    const address = checkAddress(key.vaultAddress, options.addresses);
    const token = await options.token(address, signal);
    const steps = [...key.enginePath.split("/"), action, key.keyName].filter((step) => step !== "");
    if (steps.includes("..") || steps.includes(".")) throw new SopsError("InvalidKey", "not the path of a transit key");
    const url = `${address}/v1/${steps.map(encodeURIComponent).join("/")}`;
    const headers = { "x-vault-token": token.reveal(), "x-vault-request": "true", "content-type": "application/json" };
    const answer = await requestJson(options.fetch, url, {
      method: "PUT",
      headers,
      body: JSON.stringify(input),
      signal,
    });
    return objectField(answer, "data");
  };
  return keyServiceFor("hc_vault", {
    async decrypt(key, signal) {
      const answer = await call(key, "decrypt", { ciphertext: key.enc }, signal);
      return Buffer.from(textField(answer, "plaintext"), "base64");
    },
    async encrypt(key, plain, signal) {
      const input = { plaintext: Buffer.from(plain).toString("base64") };
      return textField(await call(key, "encrypt", input, signal), "ciphertext");
    },
  });
}

function checkAddress(address: string, allowed: readonly string[] | undefined): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "") {
    throw new SopsError("InvalidKey", "not the address of a Vault server");
  }
  const isAllowed =
    allowed === undefined
      ? url.protocol === "https:" || /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
      : allowed.some((candidate) => URL.canParse(candidate) && new URL(candidate).origin === url.origin);
  if (!isAllowed) throw new SopsError("InvalidKey", `the Vault server ${url.origin} is not among the allowed ones`);
  return url.origin + url.pathname.replace(/\/$/, "");
}

const uriShape = /^(https?:\/\/[^/]+)\/v1\/(.+)\/keys\/([^/]+)$/;

/** Reads `https://vault.example.com:8200/v1/transit/keys/name`. @throws SopsError `InvalidKey` */
export function parseVaultUri(uri: string): { vaultAddress: string; enginePath: string; keyName: string } {
  const [, vaultAddress, enginePath, keyName] = uriShape.exec(uri.trim()) ?? [];
  if (vaultAddress === undefined || enginePath === undefined || keyName === undefined) {
    throw new SopsError("InvalidKey", "not the URI of a Vault transit key, https://host:8200/v1/transit/keys/name");
  }
  return { vaultAddress, enginePath, keyName };
}
