import type { FieldErrors } from "../errors/field-errors.ts";
import type { User } from "../authn/user.ts";
import type { KubeObject } from "../json/object.ts";

/** What a strategy may know about the request that it serves. */
export interface StrategyContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly user: User;
  readonly dryRun: boolean;
  /** `""` for the object itself. */
  readonly subresource: string;
  /** Sends a warning with the answer. */
  warn(message: string): void;
}

/**
 * What makes a resource different from others. The functions that take an object to complete it change that object:
 * it is the request's own copy. `old` objects are frozen.
 */
export interface ResourceStrategy {
  /** Fills in what the client left out. Runs on objects to be stored, before validation. */
  default?(object: KubeObject): void;
  /** Resets what clients may not set, and sets what the server decides. Runs after defaulting. */
  prepareForCreate?(object: KubeObject, context: StrategyContext): void;
  validate?(object: KubeObject, errors: FieldErrors, context: StrategyContext): void;
  prepareForUpdate?(object: KubeObject, old: KubeObject, context: StrategyContext): void;
  validateUpdate?(object: KubeObject, old: KubeObject, errors: FieldErrors, context: StrategyContext): void;
  validateStatusUpdate?(object: KubeObject, old: KubeObject, errors: FieldErrors, context: StrategyContext): void;
  /** What a client should know about a valid object that it creates, or whose spec it changes. */
  warnings?(object: KubeObject, isNew: boolean): readonly string[];
  /** Returns what is wrong with a name; `prefix`: with a `generateName`. */
  validateName(name: string, prefix: boolean): readonly string[];
  /** Whether the kind has a status that only its subresource may change. */
  readonly hasStatus: boolean;
  /** Whether objects may be created with a status. */
  readonly keepsStatusOnCreate: boolean;
  /** Whether status updates keep the labels and annotations that are stored. */
  readonly statusKeepsMetadata: boolean;
  /** Whether status updates keep the labels, but not the annotations, that are stored. */
  readonly statusKeepsLabels: boolean;
  /** Whether `metadata.generation` counts changes of everything but metadata and status. */
  readonly hasGeneration: boolean;
  /** Whether PUT may create. Server-side apply always may. */
  readonly allowCreateOnUpdate: boolean;
  /** Whether PUT may leave out `metadata.resourceVersion`. */
  readonly allowUnconditionalUpdate: boolean;
  /** Seconds that a deletion leaves to the owner of the process behind the object; `undefined`: delete at once. */
  gracePeriodSeconds?(object: KubeObject, requested: number | undefined): number | undefined;
  /** What a deletion does when the request does not say; `undefined`: the dependents go in the background. */
  readonly defaultPropagation?: "Orphan";
  /** Whether a deletion answers with what was deleted; most kinds answer with a bare success. */
  readonly answersWithDeleted: boolean;
  /** Said to clients that do not say what a deletion does. */
  readonly orphaningWarning?: string;
  /** Finalizers that a deletion adds: clean-up that the server itself does. */
  readonly deletionFinalizers?: readonly string[];
  /** Changes an object that is marked for deletion: its phase, a condition. */
  prepareForDeletion?(object: KubeObject, now: number): void;
  /** Throws when the object must not be deleted. */
  beforeDelete?(object: KubeObject): void;
}
