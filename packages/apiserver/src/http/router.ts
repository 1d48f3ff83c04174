import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticator } from "../authn/authenticator.ts";
import { readImpersonation } from "../authn/impersonation.ts";
import type { ServiceAccountTokens } from "../authn/service-account-tokens.ts";
import type { User } from "../authn/user.ts";
import type { Clock } from "../clock.ts";
import { statusError } from "../errors/status-errors.ts";
import type { Authorizer } from "../rbac/authorizer.ts";
import type { Attributes } from "../rbac/attributes.ts";
import type { Registry } from "../registry/registry.ts";
import { answerResource, NothingServed } from "../endpoints/resource.ts";
import { sendBytes, sendError, type Exchange } from "./exchange.ts";
import { parseRequest, type RequestInfo } from "./request-info.ts";

/** What the router hands requests to. */
export interface RouterOptions {
  readonly registry: Registry;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly tokens: ServiceAccountTokens;
  readonly clock: Clock;
  readonly shutdown: AbortSignal;
  /** Answers requests for paths that are no resources; returns `false` for those it does not know. */
  readonly answerPath: (exchange: Exchange, path: string, query: URLSearchParams) => boolean | Promise<boolean>;
  readonly logError: (message: string) => void;
}

/** Takes a request through authentication, impersonation and authorization to the endpoint that answers it. */
export class Router {
  readonly #options: RouterOptions;
  requestCount = 0;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** Answers a request. Never throws: whatever goes wrong becomes an answer. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requestCount++;
    const exchange = { response, warnings: new Set<string>() };
    try {
      const { authenticator } = this.#options;
      const user = authenticator.authenticate(request);
      await this.#answer({ ...exchange, request, user: this.#impersonate(request, user) });
    } catch (error) {
      // A body that was not read would be taken for the next request.
      request.resume();
      if (response.headersSent) response.destroy();
      else if (error instanceof NothingServed) sendNotFound(exchange);
      else sendError(exchange, error, this.#options.logError);
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const info = parseRequest(request.method ?? "GET", request.url ?? "/");
    const attributes = attributesOf(info, exchange.user);
    this.#options.authorizer.require(attributes);
    if (info.kind === "resource") {
      await answerResource({ ...exchange, info }, this.#options);
      return;
    }
    if (await this.#options.answerPath(exchange, info.path, info.query)) return;
    sendNotFound(exchange);
  }

  #impersonate(request: IncomingMessage, user: User): User {
    const wanted = readImpersonation(request.headers, request.rawHeaders);
    if (wanted === undefined) return user;
    for (const check of wanted.checks) {
      this.#options.authorizer.require({ kind: "resource", user, verb: "impersonate", ...check });
    }
    // Nobody may pretend to be nobody in particular.
    if (wanted.user.name === "") throw statusError(403, "Forbidden", "cannot impersonate an unnamed user");
    return wanted.user;
  }
}

function sendNotFound(exchange: Pick<Exchange, "response" | "warnings">): void {
  sendBytes(exchange, 404, "404 page not found\n", "text/plain; charset=utf-8");
}

function attributesOf(info: RequestInfo, user: User): Attributes {
  if (info.kind === "path") return { kind: "path", user, verb: info.verb, path: info.path };
  const { verb, group, resource, subresource, namespace, name } = info;
  return { kind: "resource", user, verb, group, resource, subresource, namespace, name };
}
