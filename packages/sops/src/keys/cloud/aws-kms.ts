import { SopsError } from "../../errors.ts";
import { Secret } from "../../secret.ts";
import { type KeyService, keyServiceFor } from "../key-service.ts";
import type { AwsKmsKey } from "../master-key.ts";
import { type AwsCredentials, signRequest } from "./aws-signature.ts";
import { type Fetch, type Now, objectField, requestJson, textField } from "./http.ts";

export interface AwsKmsOptions {
  readonly fetch: Fetch;
  readonly now: Now;
  /** Called for every use; whoever fetches credentials somewhere keeps them. `profile` is empty unless a key names one. */
  readonly credentials: (profile: string, signal?: AbortSignal) => Promise<AwsCredentials>;
  /** The session's name when a key asks for a role; default `sops`. */
  readonly roleSessionName?: string;
}

const arnShape = /^arn:(aws[\w-]*):kms:([a-z0-9-]+):[0-9]+:(?:key|alias)\/.+$/;
const domains: Readonly<Record<string, string>> = {
  aws: "amazonaws.com",
  "aws-us-gov": "amazonaws.com",
  "aws-cn": "amazonaws.com.cn",
};

/** Uses keys of AWS KMS, with the role and encryption context that the document names. */
export function createAwsKmsKeyService(options: AwsKmsOptions): KeyService {
  return keyServiceFor("kms", {
    async decrypt(key, signal) {
      const input = { CiphertextBlob: key.enc, KeyId: key.arn, ...contextOf(key) };
      const answer = await callKms(key, "Decrypt", input, options, signal);
      return Buffer.from(textField(answer, "Plaintext"), "base64");
    },
    async encrypt(key, plain, signal) {
      const input = { Plaintext: Buffer.from(plain).toString("base64"), KeyId: key.arn, ...contextOf(key) };
      return textField(await callKms(key, "Encrypt", input, options, signal), "CiphertextBlob");
    },
  });
}

async function callKms(
  key: AwsKmsKey,
  action: "Decrypt" | "Encrypt",
  input: object,
  options: AwsKmsOptions,
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown>> {
  const { region, domain } = placeOf(key.arn);
  const own = await options.credentials(key.awsProfile, signal);
  const credentials = key.role === "" ? own : await assumeRole(key.role, own, { region, domain }, options, signal);
  const url = `https://kms.${region}.${domain}/`;
  const body = JSON.stringify(input);
  const headers = signRequest(
    {
      method: "POST",
      url,
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${action}` },
      body,
    },
    credentials,
    { region, service: "kms", now: options.now() },
  );
  return requestJson(options.fetch, url, { method: "POST", headers, body, signal });
}

async function assumeRole(
  role: string,
  credentials: AwsCredentials,
  place: { readonly region: string; readonly domain: string },
  options: AwsKmsOptions,
  signal: AbortSignal | undefined,
): Promise<AwsCredentials> {
  const url = `https://sts.${place.region}.${place.domain}/`;
  const body = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: role,
    RoleSessionName: options.roleSessionName ?? "sops",
  }).toString();
  const headers = signRequest(
    {
      method: "POST",
      url,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body,
    },
    credentials,
    { region: place.region, service: "sts", now: options.now() },
  );
  const answer = await requestJson(options.fetch, url, { method: "POST", headers, body, signal });
  const result = objectField(objectField(answer, "AssumeRoleResponse"), "AssumeRoleResult");
  const assumed = objectField(result, "Credentials");
  return {
    accessKeyId: textField(assumed, "AccessKeyId"),
    secretAccessKey: new Secret(textField(assumed, "SecretAccessKey")),
    sessionToken: new Secret(textField(assumed, "SessionToken")),
  };
}

function placeOf(arn: string): { region: string; domain: string } {
  const [, partition = "", region = ""] = arnShape.exec(arn) ?? [];
  const domain = domains[partition];
  if (domain === undefined) throw new SopsError("InvalidKey", "not the ARN of a KMS key in a known partition");
  return { region, domain };
}

function contextOf({ context }: AwsKmsKey): { EncryptionContext?: Readonly<Record<string, string>> } {
  return Object.keys(context).length === 0 ? {} : { EncryptionContext: context };
}
