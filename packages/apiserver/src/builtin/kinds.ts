import { customResourceDefinitionStrategy } from "../crd/crd-strategy.ts";
import { namespaceStrategy } from "../namespace/namespace-strategy.ts";
import type { StrategyOverrides } from "./strategy.ts";

/** The strategies of built-in kinds by `group/Kind`; kinds that are not here have none of their own. */
export const kindStrategies: ReadonlyMap<string, StrategyOverrides> = new Map<string, StrategyOverrides>([
  ["/Namespace", namespaceStrategy],
  ["apiextensions.k8s.io/CustomResourceDefinition", customResourceDefinitionStrategy],
]);
