import type { ResMap } from "../res-map.ts";
import type { Origin } from "../origin.ts";

/** Changes the resources of a build in place. */
export type Transformer = (resources: ResMap) => void;

/** A transformer with the place where it was configured, when the build tracks that. */
export interface TrackedTransformer {
  readonly transform: Transformer;
  readonly origin: Origin | undefined;
}
