import { StatusError, type Status, type StatusReason } from "@sluice/api";
import { decodeJson } from "./json.ts";

/** What is known about a failed request. */
export interface FailedResponse {
  readonly method: string;
  readonly path: string;
  readonly statusCode: number;
  readonly body: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** Turns an answer above 399 into an error: the server's own `Status`, or one made from the code when there is none. */
export function toStatusError(response: FailedResponse): StatusError {
  const status = parseStatus(response.body);
  if (status !== undefined) return new StatusError({ ...status, code: status.code ?? response.statusCode });
  return genericStatusError(response);
}

/** Reads a `Status` that stands for a failure; anything else is `undefined`. */
export function asFailure(value: unknown): Status | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const status = value as Partial<Status>;
  return status.kind === "Status" && status.status !== "Success" ? (status as Status) : undefined;
}

function parseStatus(body: string): Status | undefined {
  if (!body.startsWith("{")) return undefined;
  try {
    return asFailure(decodeJson(body));
  } catch {
    return undefined; // not JSON after all: the generic error carries the text
  }
}

const generic: ReadonlyMap<number, readonly [StatusReason, string]> = new Map([
  [400, ["BadRequest", "the server rejected our request for an unknown reason"]],
  [401, ["Unauthorized", "the server has asked for the client to provide credentials"]],
  [403, ["Forbidden", "the server does not allow this request"]],
  [404, ["NotFound", "the server could not find the requested resource"]],
  [405, ["MethodNotAllowed", "the server does not allow this method on the requested resource"]],
  [406, ["NotAcceptable", "the server was unable to respond with a content type that the client supports"]],
  [409, ["Conflict", "the server reported a conflict"]],
  [410, ["Gone", "the requested version is no longer available"]],
  [413, ["RequestEntityTooLarge", "the request is larger than the server accepts"]],
  [415, ["UnsupportedMediaType", "the body of the request was in an unknown format"]],
  [422, ["Invalid", "the server rejected our request due to an error in our request"]],
  [429, ["TooManyRequests", "the server has received too many requests and has asked us to try again later"]],
  [500, ["InternalError", "an error on the server has prevented the request from succeeding"]],
  [503, ["ServiceUnavailable", "the server is currently unable to handle the request"]],
  [
    504,
    [
      "Timeout",
      "the server was unable to return a response in the time allotted, but may still be processing the request",
    ],
  ],
]);

function genericStatusError(response: FailedResponse): StatusError {
  const { statusCode: code, method, path } = response;
  const fallback: readonly [StatusReason, string] =
    code >= 500
      ? ["InternalError", "an error on the server has prevented the request from succeeding"]
      : ["Unknown", `the server responded with the status code ${code} but did not return more information`];
  let [reason, message] = generic.get(code) ?? fallback;
  if (code === 409 && method === "POST") [reason, message] = ["AlreadyExists", "the resource already exists"];
  const excerpt = response.body.slice(0, 2048).trim();
  const status: Status = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: `${message} (${method} ${path.replace(/\?.*/s, "")})`,
    reason,
    code,
    details: {
      causes: excerpt === "" ? [] : [{ reason: "UnexpectedServerResponse", message: excerpt }],
      ...(response.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: response.retryAfterSeconds }),
    },
  };
  return new StatusError(status, excerpt === "" ? undefined : { cause: new Error(excerpt) });
}
