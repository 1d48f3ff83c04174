import type { StrategyOverrides } from "./strategy.ts";

/** The strategies of built-in kinds by `group/Kind`; kinds that are not here have none of their own. */
export const kindStrategies: ReadonlyMap<string, StrategyOverrides> = new Map<string, StrategyOverrides>([]);
