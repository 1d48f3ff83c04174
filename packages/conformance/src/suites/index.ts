import { apiserverSuite } from "./apiserver.ts";
import type { Suite } from "../suite.ts";
import { kustomizeSuite } from "./kustomize.ts";

/** Every suite, in the order in which they run. */
export const suites: readonly Suite[] = [kustomizeSuite, apiserverSuite];
