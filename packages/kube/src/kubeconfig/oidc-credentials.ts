import { messageOf } from "@sluice/errors";
import { Agent, request } from "undici";
import { isLoopback } from "../client/loopback.ts";
import type { Clock } from "../clock.ts";
import { KubeConfigError } from "../errors.ts";
import { bearer } from "./credentials.ts";
import type { Credential, Credentials } from "./rest-config.ts";

/** The fields of `auth-provider: {name: oidc}`. */
export interface OidcConfig {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly idToken?: string;
  readonly refreshToken?: string;
  /** PEM. */
  readonly certificateAuthority?: string;
}

/** Renewed this long before it ends, so that it does not expire on the way. */
const leewayMs = 10_000;
const timeoutMs = 30_000;

/**
 * An id token, renewed by its refresh token when it ends. What is renewed stays in memory: it is not written back to
 * the kubeconfig.
 */
export function oidcCredentials(config: OidcConfig, clock: Clock): Credentials {
  let idToken = config.idToken ?? "";
  let refreshToken = config.refreshToken ?? "";
  let running: Promise<Credential> | undefined;

  const renew = async (): Promise<Credential> => {
    if (refreshToken === "") throw failed(config, "the id token has expired, and there is no refresh token");
    const tokens = await exchange(config, refreshToken);
    idToken = tokens.idToken;
    refreshToken = tokens.refreshToken ?? refreshToken;
    return { authorization: bearer(idToken) };
  };

  return {
    current: () => {
      if (idToken !== "" && clock.now() + leewayMs < expiryOf(idToken)) {
        return Promise.resolve({ authorization: bearer(idToken) });
      }
      running ??= renew().finally(() => (running = undefined));
      return running;
    },
    refused: () => {
      if (refreshToken === "") return false;
      idToken = "";
      return true;
    },
  };
}

// The token is only read here, not trusted: it is the API server that verifies it.
function expiryOf(token: string): number {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as {
      exp?: unknown;
    };
    return typeof claims.exp === "number" ? claims.exp * 1000 : 0;
  } catch {
    return 0; // not a token that can be read: as good as expired
  }
}

async function exchange(config: OidcConfig, refreshToken: string): Promise<{ idToken: string; refreshToken?: string }> {
  const agent = new Agent({
    allowH2: false,
    connect: config.certificateAuthority === undefined ? {} : { ca: config.certificateAuthority },
  });
  try {
    const issuer = checkedUrl(config, config.issuerUrl);
    const discovery = await getJson(config, agent, `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
    const endpoint = checkedUrl(config, String(discovery["token_endpoint"]));
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      client_id: config.clientId,
    });
    if (config.clientSecret !== undefined) form.set("client_secret", config.clientSecret);
    const tokens = await getJson(config, agent, endpoint, form.toString());
    const idToken = tokens["id_token"];
    if (typeof idToken !== "string") throw failed(config, "the identity provider answered without an id token");
    const next = tokens["refresh_token"];
    return typeof next === "string" ? { idToken, refreshToken: next } : { idToken };
  } finally {
    await agent.destroy();
  }
}

async function getJson(
  config: OidcConfig,
  agent: Agent,
  url: string,
  form?: string,
): Promise<{ [key: string]: unknown }> {
  try {
    const answer = await request(url, {
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
      ...(form === undefined
        ? {}
        : { method: "POST", body: form, headers: { "content-type": "application/x-www-form-urlencoded" } }),
    });
    const body = await answer.body.text();
    if (answer.statusCode !== 200) throw failed(config, `${url} answered ${answer.statusCode}`);
    return JSON.parse(body) as { [key: string]: unknown };
  } catch (cause) {
    throw cause instanceof KubeConfigError ? cause : failed(config, messageOf(cause), cause);
  }
}

function checkedUrl(config: OidcConfig, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname))) return text;
  throw failed(config, `not an https URL: ${JSON.stringify(text)}`);
}

function failed(config: OidcConfig, why: string, cause?: unknown): KubeConfigError {
  return new KubeConfigError("CredentialsFailed", `OIDC issuer ${config.issuerUrl}: ${why}`, { cause });
}
