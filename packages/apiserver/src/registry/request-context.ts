import type { User } from "../authn/user.ts";

export type FieldValidation = "Strict" | "Warn" | "Ignore";

/** What every operation on the registry needs to know about who asks for it, and how. */
export interface RequestContext {
  readonly user: User;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Do everything but store. */
  readonly dryRun: boolean;
  /** Who owns the fields that this request sets. */
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  /** Sends a warning with the answer. */
  warn(message: string): void;
  /** Whether the same user could have created the object: asked when an update or apply turns into a creation. */
  mayCreate?(): void;
}
