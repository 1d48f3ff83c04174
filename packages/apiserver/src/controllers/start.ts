import type { ServiceAccountTokens } from "../authn/service-account-tokens.ts";
import type { Clock } from "../clock.ts";
import { startCustomResourceController } from "../crd/crd-controller.ts";
import { startGarbageCollector } from "../gc/garbage-collector.ts";
import { startNamespaceController } from "../namespace/namespace-controller.ts";
import { startServiceAccountController } from "../namespace/service-account-controller.ts";
import { startAggregationController } from "../rbac/aggregation-controller.ts";
import type { Registry } from "../registry/registry.ts";
import type { ApiServerOptions } from "../server-options.ts";
import type { Controller, ControllerContext } from "./controller.ts";
import { startEventExpiry } from "./event-expiry.ts";
import { startWorkloads } from "./workloads.ts";

export interface StartOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly options: ApiServerOptions;
  readonly caCertificate: string;
  readonly tokens: ServiceAccountTokens;
  readonly logError: (message: string) => void;
}

/** Starts everything that acts on its own: what the controller manager is to a real cluster. */
export async function startControllers(start: StartOptions): Promise<Controller> {
  const { registry, clock, logError, caCertificate, tokens, options } = start;
  const context: ControllerContext = { registry, clock, logError };
  const controllers: Controller[] = [startCustomResourceController(context), startEventExpiry(context)];
  const { workloads = true, controllers: manages = true } = options;
  if (manages) {
    controllers.push(
      startGarbageCollector(context),
      startNamespaceController(context),
      startServiceAccountController(context, { caCertificate, tokens }),
      startAggregationController(context),
    );
  }
  if (manages && workloads !== false)
    controllers.push(await startWorkloads(context, workloads === true ? {} : workloads));
  return {
    stop: () => {
      for (const controller of controllers.toReversed()) controller.stop();
    },
  };
}
