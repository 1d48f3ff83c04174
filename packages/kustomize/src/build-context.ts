import type { ResourceFactory } from "./resource-factory.ts";
import type { OpenApi } from "./schema/open-api.ts";

/** What all kustomizations of one build share. */
export interface BuildContext {
  readonly factory: ResourceFactory;
  readonly openApi: OpenApi;
  readonly warn: (message: string) => void;
  /** How many kustomizations may be nested. */
  readonly maxDepth: number;
}
