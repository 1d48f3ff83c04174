import { SopsError } from "../../errors.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a service needs of `fetch`. It must not follow redirects: requests carry credentials that are meant for one
 * host. Whether that host may be reached at all is for the caller to decide, who knows the network.
 */
export type Fetch = (url: string, request: HttpRequest) => Promise<{ status: number; text(): Promise<string> }>;

/** A replaceable source of the time, for signatures and tokens that expire. */
export type Now = () => Date;

/**
 * Sends a request whose answer is a JSON object.
 * @throws SopsError `KeyServiceFailed` with the status and the service's own code or message. Answers may hold plain data
 * keys, so nothing else of them is shown.
 */
export async function requestJson(fetch: Fetch, url: string, request: HttpRequest): Promise<Record<string, unknown>> {
  const text = await requestText(fetch, url, request);
  const value = parseObject(text);
  if (value === undefined) throw new SopsError("KeyServiceFailed", `${hostOf(url)}: the answer is not a JSON object`);
  return value;
}

/** The same for other answers. */
export async function requestText(fetch: Fetch, url: string, request: HttpRequest): Promise<string> {
  const response = await fetch(url, request);
  const text = await response.text();
  if (response.status >= 200 && response.status < 300) return text;
  const reason = reasonOf(parseObject(text)).slice(0, 300);
  throw new SopsError(
    "KeyServiceFailed",
    `${hostOf(url)} answered ${response.status}${reason === "" ? "" : `: ${reason}`}`,
  );
}

/** A text field of an answer. @throws SopsError `KeyServiceFailed` */
export function textField(answer: Record<string, unknown>, field: string): string {
  const value = answer[field];
  if (typeof value === "string" && value !== "") return value;
  throw new SopsError("KeyServiceFailed", `the key service's answer has no ${field}`);
}

export function objectField(answer: Record<string, unknown>, field: string): Record<string, unknown> {
  const value = answer[field];
  if (isObject(value)) return value;
  throw new SopsError("KeyServiceFailed", `the key service's answer has no ${field}`);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where the clouds put what went wrong: AWS `__type` and `message`, the others `error` or `errors`. */
function reasonOf(answer: Record<string, unknown> | undefined): string {
  if (answer === undefined) return "";
  const { error, errors } = answer;
  const from = isObject(error) ? error : answer;
  const parts = [from["__type"], from["code"], from["message"], from["error_description"], error, errors].flat();
  return parts.filter((part) => typeof part === "string" && part !== "").join(": ");
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "the key service";
}
