import type { IncomingMessage, ServerResponse } from "node:http";
import { StatusError, type Status } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import { internalError } from "../errors/status-errors.ts";
import type { User } from "../authn/user.ts";

/** One request and the answer to it, with what has been found out on the way. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly user: User;
  /** Texts for `Warning` headers, in order, without repetition. */
  readonly warnings: Set<string>;
}

/** Writes a whole answer. */
export function sendBytes(
  { response, warnings }: Pick<Exchange, "response" | "warnings">,
  code: number,
  body: Buffer | string,
  contentType = "application/json",
): void {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = code;
  response.setHeader("Content-Type", contentType);
  response.setHeader("Cache-Control", "no-cache, private");
  response.setHeader("Content-Length", Buffer.byteLength(body));
  if (warnings.size > 0) response.setHeader("Warning", [...warnings].map(formatWarning));
  response.end(body);
}

export function sendJson(exchange: Pick<Exchange, "response" | "warnings">, code: number, value: unknown): void {
  sendBytes(exchange, code, `${JSON.stringify(value)}\n`);
}

/** Answers with the `Status` of a failure. What is not a {@link StatusError} is a bug: a 500, and a line in the log. */
export function sendError(
  exchange: Pick<Exchange, "response" | "warnings">,
  thrown: unknown,
  logError: (message: string) => void,
): void {
  let error: StatusError;
  if (thrown instanceof StatusError) error = thrown;
  else {
    logError(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    error = internalError(messageOf(thrown));
  }
  const { retryAfterSeconds } = error.status.details ?? {};
  if (retryAfterSeconds !== undefined && !exchange.response.headersSent) {
    exchange.response.setHeader("Retry-After", String(retryAfterSeconds));
  }
  sendJson(exchange, error.code, error.status);
}

/** The body of a request that succeeded without an object to show. */
export function successStatus(details: Status["details"]): Omit<Status, "code"> {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    ...(details === undefined ? {} : { details }),
  };
}

/** A warning as RFC 7234 writes it: agent unknown, text quoted, without control characters. */
function formatWarning(text: string): string {
  const clean = text.replaceAll(/[\0-\x1f\x7f]/g, " ").replaceAll(/[\\"]/g, String.raw`\$&`);
  return `299 - "${Buffer.from(clean, "utf8").toString("latin1")}"`;
}
