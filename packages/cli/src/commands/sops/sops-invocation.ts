import type { Invocation } from "../../program/command.ts";
import type { SopsFlags } from "./sops-flags.ts";

/** A command line of `sops`. */
export type SopsInvocation = Invocation<SopsFlags>;
