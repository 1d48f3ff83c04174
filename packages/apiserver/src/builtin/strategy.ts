import type { ResourceStrategy } from "../registry/strategy.ts";
import { isDns1123Subdomain, nameCheck } from "../validation/names.ts";

/** What a kind does differently from most. */
export type StrategyOverrides = Partial<ResourceStrategy>;

const subdomainName = nameCheck(isDns1123Subdomain);

/** A strategy out of the usual answers and a kind's own. */
export function createStrategy(overrides: StrategyOverrides): ResourceStrategy {
  return {
    validateName: subdomainName,
    hasStatus: false,
    answersWithDeleted: false,
    keepsStatusOnCreate: false,
    statusKeepsMetadata: false,
    statusKeepsLabels: false,
    hasGeneration: false,
    allowCreateOnUpdate: false,
    allowUnconditionalUpdate: true,
    ...overrides,
  };
}
