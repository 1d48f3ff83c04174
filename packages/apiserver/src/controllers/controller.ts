import type { Clock } from "../clock.ts";
import type { Registry } from "../registry/registry.ts";

/** What a controller inside the server works with. */
export interface ControllerContext {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logError: (message: string) => void;
}

/** Something that acts on its own until it is stopped. */
export interface Controller {
  stop(): void;
}
