import type { ServiceAccountTokens } from "../authn/service-account-tokens.ts";
import { statusError, unknownPath } from "../errors/status-errors.ts";
import type { Authorizer } from "../rbac/authorizer.ts";
import { answerReview } from "./access-reviews.ts";
import { answerPatch } from "./patch.ts";
import { answerBinding, answerEviction, answerLog } from "./pods.ts";
import { answerGet } from "./read.ts";
import type { ResourceExchange } from "./resource-exchange.ts";
import { answerScale } from "./scale.ts";
import { answerTokenRequest, answerTokenReview } from "./tokens.ts";
import { answerUpdate } from "./write.ts";

export interface SubresourceOptions {
  readonly authorizer: Authorizer;
  readonly tokens: ServiceAccountTokens;
}

/** Answers a request for a part of an object. */
export async function answerSubresource(exchange: ResourceExchange, { tokens }: SubresourceOptions): Promise<void> {
  switch (exchange.info.subresource) {
    case "status":
    case "finalize":
    case "approval":
    case "ephemeralcontainers":
    case "resize":
      await answerPart(exchange);
      return;
    case "scale":
      await answerScale(exchange);
      return;
    case "token":
      await answerTokenRequest(exchange, tokens);
      return;
    case "log":
      answerLog(exchange);
      return;
    case "eviction":
      await answerEviction(exchange);
      return;
    case "binding":
      await answerBinding(exchange);
      return;
    case "exec":
    case "attach":
    case "portforward":
    case "proxy":
      // The pods are simulated: there is no process to talk to.
      throw statusError(501, "", `pods of this server are simulated: ${exchange.info.subresource} is not available`);
    default:
      throw unknownPath();
  }
}

/** The parts that have the shape of the whole object. */
async function answerPart(exchange: ResourceExchange): Promise<void> {
  switch (exchange.info.verb) {
    case "get":
      answerGet(exchange);
      return;
    case "update":
      await answerUpdate(exchange);
      return;
    case "patch":
      await answerPatch(exchange);
      return;
    case "list":
    case "watch":
    case "create":
    case "delete":
    case "deletecollection":
      throw unknownPath();
  }
}

/** Answers a request for a kind that is only answered and never kept. */
export async function answerUnstored(
  exchange: ResourceExchange,
  { authorizer, tokens }: SubresourceOptions,
): Promise<void> {
  switch (exchange.store.definition.resource) {
    case "tokenreviews":
      await answerTokenReview(exchange, tokens);
      return;
    case "bindings":
      await answerBinding(exchange);
      return;
    default:
      await answerReview(exchange, authorizer);
  }
}
