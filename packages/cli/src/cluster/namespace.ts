import type { Messages } from "../io/messages.ts";

/** Where Flux and everything that reads its documentation expect the controllers. */
export const FLUX_NAMESPACE = "flux-system";

/** The namespace that is meant where `--namespace` is not given: `FLUX_SYSTEM_NAMESPACE`, or `flux-system`. */
export function defaultNamespace(env: { readonly [name: string]: string | undefined }, say: Messages): string {
  const configured = env["FLUX_SYSTEM_NAMESPACE"];
  if (configured === undefined || configured === "") return FLUX_NAMESPACE;
  if (isLabel(configured)) return configured;
  say.warning(`ignoring invalid FLUX_SYSTEM_NAMESPACE: ${JSON.stringify(configured)}`);
  return FLUX_NAMESPACE;
}

/** Whether a text can be a namespace's name: lower-case letters, digits and inner dashes, 63 at most. */
export function isLabel(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}
