import { CodedError, type CodedErrorOptions, messageOf } from "@sluice/errors";

/** Why a build was refused. */
export type KustomizeErrorCode =
  | "FileNotFound"
  | "PathOutsideRoot"
  | "NotADirectory"
  | "MissingKustomization"
  | "InvalidKustomization"
  | "MalformedYAML"
  | "InvalidResource"
  | "DuplicateID"
  | "CycleDetected"
  | "InvalidComponent"
  | "InvalidConfiguration"
  | "InvalidGenerator"
  | "InvalidTransformer"
  | "InvalidPatch"
  | "PatchTargetNotFound"
  | "InvalidReplacement"
  | "InvalidVariable"
  | "AmbiguousReference"
  | "InvalidField"
  | "NotSerializable"
  | "PluginRefused"
  | "RemoteRefused"
  | "LimitExceeded"
  | "InvalidOption";

/** Where a failure happened, as far as it is known. */
export interface KustomizeErrorOptions extends CodedErrorOptions {
  /** The file or directory, as an absolute path of the file system that was passed in. */
  readonly file?: string | undefined;
  /** The field of the kustomization or of the resource. */
  readonly field?: string | undefined;
}

/**
 * A build that cannot be done. The message has kustomize's own wording, so that scripts which read it go on working;
 * `file` and `field` say the same to a program.
 */
export class KustomizeError extends CodedError<KustomizeErrorCode> {
  readonly file: string | undefined;
  readonly field: string | undefined;

  constructor(code: KustomizeErrorCode, message: string, options: KustomizeErrorOptions = {}) {
    super(code, message, options);
    this.file = options.file;
    this.field = options.field;
  }
}

/** Returns the error with `prefix: ` before its message; code, file and field stay those of the cause. */
export function withPrefix(thrown: unknown, prefix: string, place: KustomizeErrorOptions = {}): KustomizeError {
  return rephrase(thrown, `${prefix}: ${messageOf(thrown)}`, place);
}

/**
 * Returns the error with another message; code, file and field stay those of the cause. An error of another package
 * gets `foreignCode`; a bug is thrown on as it is.
 */
export function rephrase(
  thrown: unknown,
  message: string,
  place: KustomizeErrorOptions = {},
  foreignCode: KustomizeErrorCode = "MalformedYAML",
): KustomizeError {
  if (!(thrown instanceof CodedError)) throw thrown;
  const known = thrown instanceof KustomizeError ? thrown : undefined;
  return new KustomizeError(known?.code ?? foreignCode, message, {
    cause: thrown,
    file: known?.file ?? place.file,
    field: known?.field ?? place.field,
  });
}

/** Runs the function; what it throws gets `prefix: ` before its message. */
export function prefixErrors<T>(prefix: string, run: () => T, place?: KustomizeErrorOptions): T {
  try {
    return run();
  } catch (thrown) {
    throw withPrefix(thrown, prefix, place);
  }
}
