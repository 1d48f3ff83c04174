import assert from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { test } from "node:test";
import { SopsError } from "../../errors.ts";
import { Secret } from "../../secret.ts";
import type { KeyService } from "../key-service.ts";
import type { MasterKey } from "../master-key.ts";
import { createAwsKmsKeyService } from "./aws-kms.ts";
import { signRequest } from "./aws-signature.ts";
import { azureClientSecretToken, createAzureKeyVaultKeyService, currentAzureKeyVersion } from "./azure-key-vault.ts";
import { createGcpKmsKeyService, gcpServiceAccountToken } from "./gcp-kms.ts";
import type { Fetch, HttpRequest } from "./http.ts";
import { createVaultTransitKeyService, parseVaultUri } from "./vault-transit.ts";

const now = (): Date => new Date("2026-01-02T03:04:05Z");
const dated = { createdAt: "2026-01-02T03:04:05Z", enc: "" };
const plain = Uint8Array.from({ length: 32 }, (_, index) => index);

/** A cloud that "encrypts" by reversing text: enough to see that what comes back is what was sent. */
function reversingCloud(
  answer: (url: string, input: Record<string, string>, reverse: (text?: string) => string) => object,
): {
  fetch: Fetch;
  requests: Array<{ url: string; request: HttpRequest }>;
} {
  const requests: Array<{ url: string; request: HttpRequest }> = [];
  const reverse = (text = ""): string => Array.from(text).toReversed().join("");
  const fetch: Fetch = (url, request) => {
    requests.push({ url, request });
    const isForm = request.headers["content-type"]?.includes("form") ?? false;
    const input = isForm
      ? Object.fromEntries(new URLSearchParams(request.body))
      : (JSON.parse(request.body ?? "{}") as Record<string, string>);
    return Promise.resolve({ status: 200, text: () => Promise.resolve(JSON.stringify(answer(url, input, reverse))) });
  };
  return { fetch, requests };
}

async function roundTrip(service: KeyService, key: MasterKey): Promise<void> {
  const enc = await service.encrypt(key, plain);
  assert.deepEqual(Buffer.from(await service.decrypt({ ...key, enc })), Buffer.from(plain));
}

test("signatures are those of the published example", () => {
  const headers = signRequest(
    { method: "GET", url: "https://example.amazonaws.com/", headers: {}, body: "" },
    { accessKeyId: "AKIDEXAMPLE", secretAccessKey: new Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY") },
    { region: "us-east-1", service: "service", now: new Date("2015-08-30T12:36:00Z") },
  );
  assert.match(headers["authorization"] ?? "", /=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31$/);
});

test("AWS KMS is called in the key's region with its context and role", async () => {
  const { fetch, requests } = reversingCloud((url, input, reverse) =>
    url.startsWith("https://sts.")
      ? {
          AssumeRoleResponse: {
            AssumeRoleResult: { Credentials: { AccessKeyId: "ROLE", SecretAccessKey: "s", SessionToken: "t" } },
          },
        }
      : { Plaintext: reverse(input["CiphertextBlob"]), CiphertextBlob: reverse(input["Plaintext"]) },
  );
  const credentials = { accessKeyId: "OWN", secretAccessKey: new Secret("secret") };
  const service = createAwsKmsKeyService({ fetch, now, credentials: () => Promise.resolve(credentials) });
  const key: MasterKey = {
    type: "kms",
    arn: "arn:aws:kms:eu-west-1:123456789012:key/abc",
    role: "arn:aws:iam::123456789012:role/sops",
    context: { app: "shop" },
    awsProfile: "",
    ...dated,
  };
  await roundTrip(service, key);
  assert.deepEqual(requests.map(({ url }) => url).slice(0, 2), [
    "https://sts.eu-west-1.amazonaws.com/",
    "https://kms.eu-west-1.amazonaws.com/",
  ]);
  const { headers, body } = requests[1]!.request;
  assert.match(headers["authorization"] ?? "", /Credential=ROLE\/20260102\/eu-west-1\/kms\/aws4_request/);
  assert.deepEqual(JSON.parse(body ?? ""), {
    Plaintext: Buffer.from(plain).toString("base64"),
    KeyId: key.arn,
    EncryptionContext: { app: "shop" },
  });
  for (const arn of ["arn:evil:kms:x:1:key/a", "arn:aws:kms:eu.evil.example/:1:key/a", "x"]) {
    await assert.rejects(service.encrypt({ ...key, arn }, plain), { code: "InvalidKey" });
  }
});

test("Google Cloud KMS is called with a token that the account's key signed", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { fetch, requests } = reversingCloud((url, input, reverse) =>
    url.includes("oauth2")
      ? { access_token: "token" }
      : { plaintext: reverse(input["ciphertext"]), ciphertext: reverse(input["plaintext"]) },
  );
  const file = {
    client_email: "sops@example.iam",
    private_key: privateKey.export({ format: "pem", type: "pkcs8" }),
    token_uri: "https://evil.example",
  };
  const accessToken = gcpServiceAccountToken(new Secret(JSON.stringify(file)), { fetch, now });
  const resourceId = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
  await roundTrip(createGcpKmsKeyService({ fetch, accessToken }), { type: "gcp_kms", resourceId, ...dated });
  assert.deepEqual(
    requests.map(({ url }) => url),
    [
      "https://oauth2.googleapis.com/token",
      `https://cloudkms.googleapis.com/v1/${resourceId}:encrypt`,
      `https://cloudkms.googleapis.com/v1/${resourceId}:decrypt`,
    ],
  );
  const assertion = new URLSearchParams(requests[0]!.request.body).get("assertion") ?? "";
  const [header, claims, signature = ""] = assertion.split(".");
  assert.ok(verify("sha256", Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, "base64url")));
  assert.throws(() => gcpServiceAccountToken(new Secret("{}"), { fetch, now }), { code: "InvalidKey" });
});

test("Azure Key Vault gets its token, other hosts get none", async () => {
  const { fetch, requests } = reversingCloud((url, input, reverse) => {
    if (url.includes("/oauth2/")) return { access_token: "token", expires_in: 3600 };
    if (input["value"] === undefined) return { key: { kid: "https://v.vault.azure.net/keys/k/v2" } };
    return { value: reverse(input["value"]) };
  });
  const client = { tenantId: "tenant", clientId: "client", clientSecret: new Secret("secret") };
  const options = { fetch, accessToken: azureClientSecretToken(client, { fetch, now }) };
  const service = createAzureKeyVaultKeyService(options);
  const key = { type: "azure_kv", vaultUrl: "https://v.vault.azure.net", name: "k", version: "v1", ...dated } as const;
  await roundTrip(service, key);
  assert.equal(await currentAzureKeyVersion({ ...key, version: "" }, options), "v2");
  assert.deepEqual(
    requests.map(({ url }) => url),
    [
      "https://login.microsoftonline.com/tenant/oauth2/v2.0/token",
      "https://v.vault.azure.net/keys/k/v1/encrypt?api-version=7.4",
      "https://v.vault.azure.net/keys/k/v1/decrypt?api-version=7.4",
      "https://v.vault.azure.net/keys/k?api-version=7.4",
    ],
  );
  for (const vaultUrl of ["https://evil.example", "http://v.vault.azure.net", "https://vault.azure.net.evil.example"]) {
    await assert.rejects(service.encrypt({ ...key, vaultUrl }, plain), { code: "InvalidKey" });
  }
});

test("Vault's transit engine is called at the document's server, if it is allowed", async () => {
  const { fetch, requests } = reversingCloud((_, input, reverse) => ({
    data: { plaintext: reverse(input["ciphertext"]), ciphertext: reverse(input["plaintext"]) },
  }));
  const uri = "https://vault.example.com:8200/v1/team/transit/keys/sops";
  const key: MasterKey = { type: "hc_vault", ...parseVaultUri(uri), ...dated };
  const token = (): Promise<Secret<string>> => Promise.resolve(new Secret("token"));
  await roundTrip(createVaultTransitKeyService({ fetch, token }), key);
  assert.equal(requests[0]!.url, "https://vault.example.com:8200/v1/team/transit/encrypt/sops");
  assert.equal(requests[0]!.request.headers["x-vault-token"], "token");
  const elsewhere = createVaultTransitKeyService({ fetch, token, addresses: ["https://other.example.com"] });
  await assert.rejects(elsewhere.decrypt(key), { code: "InvalidKey" });
  for (const address of ["http://vault.example.com", "https://user:pass@vault.example.com", "ftp://x"]) {
    await assert.rejects(createVaultTransitKeyService({ fetch, token }).decrypt({ ...key, vaultAddress: address }));
  }
  assert.throws(() => parseVaultUri("https://vault.example.com/transit"), SopsError);
});

test("a refusal shows the service's reason and nothing of the answer", async () => {
  const answer = { errors: ["permission denied"], data: { plaintext: "c2VjcmV0" } };
  const fetch: Fetch = () => Promise.resolve({ status: 403, text: () => Promise.resolve(JSON.stringify(answer)) });
  const service = createVaultTransitKeyService({ fetch, token: () => Promise.resolve(new Secret("hvs.token")) });
  const key: MasterKey = { type: "hc_vault", ...parseVaultUri("https://v.example/v1/transit/keys/k"), ...dated };
  await assert.rejects(service.decrypt(key), {
    code: "KeyServiceFailed",
    message: "v.example answered 403: permission denied",
  });
});
