import { unknownPath } from "../errors/status-errors.ts";
import type { Authorizer } from "../rbac/authorizer.ts";
import { answerPatch } from "./patch.ts";
import { answerGet } from "./read.ts";
import type { ResourceExchange } from "./resource-exchange.ts";
import { answerUpdate } from "./write.ts";

/** Answers a request for a part of an object, or for a kind that is only answered and not kept. */
export async function answerSubresource(exchange: ResourceExchange, _authorizer: Authorizer): Promise<void> {
  const { info } = exchange;
  if (info.subresource === "status" || info.subresource === "finalize") {
    if (info.verb === "get") answerGet(exchange);
    else if (info.verb === "update") await answerUpdate(exchange);
    else if (info.verb === "patch") await answerPatch(exchange);
    else throw unknownPath();
    return;
  }
  throw unknownPath();
}
