import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import {
  type AwsCredentials,
  azureClientSecretToken,
  createAgeKeyService,
  createAwsKmsKeyService,
  createAzureKeyVaultKeyService,
  createGcpKmsKeyService,
  createPgpKeyService,
  createVaultTransitKeyService,
  type Fetch,
  gcpServiceAccountToken,
  type KeyService,
  Secret,
} from "@sluice/sops";
import { CliError } from "../../errors.ts";
import type { Io } from "../../io/io.ts";
import { gpgEngine } from "./gpg.ts";
import { findAgeIdentities } from "./identities.ts";

/** Everything that can use keys in the user's name: identities, `gpg`, and clouds by the usual environment variables. */
export function userKeyServices(io: Io): KeyService[] {
  const now = (): Date => new Date(io.now());
  const cloud = { fetch: fetchOnce, now };
  const allowlist = io.env["SOPS_HC_VAULT_ALLOWLIST"];
  return [
    createAgeKeyService(findAgeIdentities(io)),
    createPgpKeyService(gpgEngine(io)),
    createAwsKmsKeyService({ ...cloud, credentials: () => Promise.resolve(awsCredentials(io)) }),
    createGcpKmsKeyService({ ...cloud, accessToken: gcpToken(io, cloud) }),
    createAzureKeyVaultKeyService({ ...cloud, accessToken: azureToken(io, cloud) }),
    createVaultTransitKeyService({
      ...cloud,
      token: () => Promise.resolve(vaultToken(io)),
      addresses: allowlist === undefined || allowlist === "" || allowlist === "all" ? undefined : allowlist.split(","),
    }),
  ];
}

/** Requests carry credentials for one host: a redirect is an answer like any other. */
const fetchOnce: Fetch = async (url, { method, headers, body, signal }) =>
  fetch(url, {
    method,
    headers,
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });

function awsCredentials({ env }: Io): AwsCredentials {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secret = env["AWS_SECRET_ACCESS_KEY"];
  if (accessKeyId === undefined || secret === undefined) {
    throw new CliError("NotFound", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
  }
  const token = env["AWS_SESSION_TOKEN"];
  return {
    accessKeyId,
    secretAccessKey: new Secret(secret),
    sessionToken: token === undefined ? undefined : new Secret(token),
  };
}

type Cloud = { readonly fetch: Fetch; readonly now: () => Date };
type Token = (signal?: AbortSignal) => Promise<Secret<string>>;

function gcpToken(io: Io, cloud: Cloud): Token {
  return (signal) => {
    const token = io.env["GOOGLE_OAUTH_ACCESS_TOKEN"];
    if (token !== undefined && token !== "") return Promise.resolve(new Secret(token));
    const credentials = io.env["GOOGLE_CREDENTIALS"] ?? io.env["GOOGLE_APPLICATION_CREDENTIALS"] ?? "";
    if (credentials === "") throw new CliError("NotFound", "neither GOOGLE_CREDENTIALS nor an access token is set");
    const content = credentials.trimStart().startsWith("{")
      ? credentials
      : readFileSync(path.resolve(io.cwd, credentials), "utf8");
    return gcpServiceAccountToken(new Secret(content), cloud)(signal);
  };
}

function azureToken(io: Io, cloud: Cloud): (scope: string, signal?: AbortSignal) => Promise<Secret<string>> {
  return (scope, signal) => {
    const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret } = io.env;
    if (tenantId === undefined || clientId === undefined || clientSecret === undefined) {
      throw new CliError("NotFound", "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not all set");
    }
    const client = { tenantId, clientId, clientSecret: new Secret(clientSecret) };
    return azureClientSecretToken({ ...client, authorityHost: io.env["AZURE_AUTHORITY_HOST"] }, cloud)(scope, signal);
  };
}

function vaultToken({ env }: Io): Secret<string> {
  const token = env["VAULT_TOKEN"];
  if (token !== undefined && token !== "") return new Secret(token);
  try {
    return new Secret(readFileSync(path.join(env["HOME"] ?? homedir(), ".vault-token"), "utf8").trim());
  } catch {
    throw new CliError("NotFound", "neither VAULT_TOKEN nor ~/.vault-token is there");
  }
}
