import type { GitRepositorySpec } from "@sluice/api";
import { SpecError } from "../../../runtime/index.ts";

/**
 * Refuses what this controller cannot do yet. Saying nothing would serve content that was never verified, or try
 * without credentials.
 */
export function checkSpec(spec: GitRepositorySpec): void {
  const refuse = (field: string, problem: string): never => {
    throw new SpecError("UnsupportedField", field, problem);
  };
  if (spec.verify !== undefined) refuse("spec.verify", "verification of signatures is not available yet");
  const { provider = "generic" } = spec;
  if (provider !== "generic") refuse("spec.provider", `authentication by '${provider}' is not available yet`);
}
