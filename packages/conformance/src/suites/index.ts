import { apiserverSuite } from "./apiserver.ts";
import type { Suite } from "../suite.ts";
import { kustomizeSuite } from "./kustomize.ts";
import { kustomizeBinarySuite } from "./kustomize-binary.ts";

/** Every suite, in the order in which they run. */
export const suites: readonly Suite[] = [kustomizeSuite, kustomizeBinarySuite, apiserverSuite];
