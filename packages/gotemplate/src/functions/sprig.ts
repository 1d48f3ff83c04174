import { type FuncMap, fn } from "../exec/function.ts";
import { certificateFunctions } from "./certificates.ts";
import { cryptoFunctions } from "./crypto.ts";
import { dateFunctions } from "./dates.ts";
import { defaultFunctions } from "./defaults.ts";
import { dictFunctions } from "./dicts.ts";
import { encodingFunctions } from "./encoding.ts";
import type { Environment } from "./environment.ts";
import { listFunctions } from "./lists.ts";
import { mathFunctions } from "./math.ts";
import { pathFunctions } from "./paths.ts";
import { regexFunctions } from "./regex.ts";
import { semverFunctions } from "./semver.ts";
import { stringFunctions } from "./strings.ts";
import { urlFunctions } from "./url.ts";

/**
 * Sprig's functions for texts, without those that read the process's environment or ask the network:
 * `getHostByName` gives an empty text, as in Helm, unless the caller replaces it.
 */
export function sprigFunctions(environment: Environment): FuncMap {
  return {
    ...stringFunctions,
    ...mathFunctions,
    ...listFunctions,
    ...dictFunctions,
    ...defaultFunctions,
    ...encodingFunctions,
    ...pathFunctions,
    ...regexFunctions,
    ...semverFunctions,
    ...urlFunctions,
    ...dateFunctions(environment),
    ...cryptoFunctions(environment),
    ...certificateFunctions(environment),
    getHostByName: fn(["string"], () => ""),
  };
}
