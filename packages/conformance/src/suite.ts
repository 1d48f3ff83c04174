import type { OracleName } from "./oracle.ts";

/** What one comparison found. */
export interface CaseResult {
  /** Stable and unique within the suite: it is what `known-differences.txt` names. */
  readonly name: string;
  readonly passed: boolean;
  /** What differs, for a case that failed. */
  readonly detail?: string;
}

/** What a suite is given. */
export interface SuiteContext {
  /** The path of a real program, built or found before the suite starts; `""` where a preferred one cannot be had. */
  binary(name: OracleName): string;
  /** What to compare with: the real tool, the same keeping its answers, or answers kept earlier. */
  readonly mode: "live" | "record" | "recorded";
  /** Only cases whose name matches. */
  readonly filter: RegExp | undefined;
  readonly signal: AbortSignal;
}

/** A set of comparisons with one real tool. */
export interface Suite {
  readonly name: string;
  /** Real programs that it cannot do without. */
  readonly needs: readonly OracleName[];
  /** Real programs that it uses where they can be had; without them it compares with what they answered earlier. */
  readonly prefers?: readonly OracleName[];
  /** Why the suite cannot run here beyond missing oracles (a corpus that is not there), or `undefined`. */
  unavailable?(): string | undefined;
  run(context: SuiteContext): AsyncIterable<CaseResult>;
}
