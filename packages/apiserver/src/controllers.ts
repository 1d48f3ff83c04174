import type { ServiceAccountTokens } from "./authn/service-account-tokens.ts";
import type { Clock } from "./clock.ts";
import type { Registry } from "./registry/registry.ts";
import type { ApiServerOptions } from "./server-options.ts";

export interface ControllerOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly options: ApiServerOptions;
  readonly caCertificate: string;
  readonly tokens: ServiceAccountTokens;
  readonly logError: (message: string) => void;
}

/** Starts everything that acts on its own: what the controller manager is to a real cluster. */
export async function startControllers(_options: ControllerOptions): Promise<{ stop(): void }> {
  await Promise.resolve();
  return { stop: () => {} };
}
