import { createHash, createHmac } from "node:crypto";
import type { Secret } from "../../secret.ts";

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret<string>;
  readonly sessionToken?: Secret<string> | undefined;
}

export interface SignedRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
  readonly now: Date;
}

/** Signs a request with AWS Signature Version 4 and returns the headers to send, without `host`. */
export function signRequest(
  request: SignedRequest,
  credentials: AwsCredentials,
  scope: SigningScope,
): Record<string, string> {
  const url = new URL(request.url);
  const timestamp = scope.now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const date = timestamp.slice(0, 8);
  const headers: Record<string, string> = { ...request.headers, "x-amz-date": timestamp };
  if (credentials.sessionToken !== undefined) headers["x-amz-security-token"] = credentials.sessionToken.reveal();

  const signed = Object.entries({ ...headers, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    url.pathname,
    url.searchParams.toString(),
    ...signed.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    sha256(request.body),
  ].join("\n");
  const path = `${date}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", timestamp, path, sha256(canonical)].join("\n");
  const key = [date, scope.region, scope.service, "aws4_request"].reduce<Buffer>(
    (derived, part) => hmac(derived, part),
    Buffer.from(`AWS4${credentials.secretAccessKey.reveal()}`),
  );
  const signature = hmac(key, toSign).toString("hex");
  headers["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${path}, SignedHeaders=${names}, Signature=${signature}`;
  return headers;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
