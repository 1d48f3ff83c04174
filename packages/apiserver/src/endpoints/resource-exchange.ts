import type { Exchange } from "../http/exchange.ts";
import type { ResourceRequest } from "../http/request-info.ts";
import type { Registry } from "../registry/registry.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import type { Clock } from "../clock.ts";

/** A request for a resource that exists and that the user may touch. */
export interface ResourceExchange extends Exchange {
  readonly info: ResourceRequest;
  readonly store: ResourceStore;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Milliseconds since the epoch, the same throughout the request. */
  readonly now: number;
  /** Throws a 403 unless the user may also do this to the object of the request. */
  authorize(verb: string): void;
  /** Answers with JSON bytes turned into YAML. */
  sendYaml(code: number, json: Buffer): void;
  /** Makes what the registry needs to know; `dryRun` overrides the query's. */
  context(options?: { readonly dryRun?: boolean; readonly defaultManager?: string }): RequestContext;
  /** Ends when the server stops: streams end with it. */
  readonly shutdown: AbortSignal;
}
