import { CodedError, type CodedErrorOptions } from "@sluice/errors";
import { formatApiVersion, type GroupVersionKind } from "@sluice/api";

/** The server does not serve a kind, even after asking it again. */
export class NoMatchError extends CodedError<"NoMatch"> {
  readonly gvk: GroupVersionKind;

  constructor(gvk: GroupVersionKind, options: CodedErrorOptions = {}) {
    super(
      "NoMatch",
      `no matches for kind ${JSON.stringify(gvk.kind)} in version ${JSON.stringify(formatApiVersion(gvk))}`,
      options,
    );
    this.gvk = gvk;
  }
}

export function isNoMatch(thrown: unknown): thrown is NoMatchError {
  return thrown instanceof NoMatchError;
}

/**
 * - `ConnectionFailed`: no answer arrived: refused, reset, DNS, TLS.
 * - `RequestTimeout`: the server took longer than the client waits for the head of an answer.
 * - `MalformedResponse`: an answer arrived that is not what the protocol says.
 */
export type ConnectionErrorCode = "ConnectionFailed" | "RequestTimeout" | "MalformedResponse";

/** No usable answer came from the server. (An answer that says no is a `StatusError`.) */
export class ConnectionError extends CodedError<ConnectionErrorCode> {}

export function isConnectionError(thrown: unknown): thrown is ConnectionError {
  return thrown instanceof ConnectionError;
}

/**
 * - `KubeConfigNotFound`: no kubeconfig where one was named, or none anywhere.
 * - `KubeConfigInvalid`: unreadable, or a field that is wrong.
 * - `EntryNotFound`: a context, cluster or user that is named but not there.
 * - `ExecForbidden`, `FilePathForbidden`, `InsecureTlsForbidden`, `AuthProviderForbidden`: what an untrusted
 *   kubeconfig may not contain.
 * - `CredentialsFailed`: an exec plugin, token file or identity provider gave no usable credentials.
 */
export type KubeConfigErrorCode =
  | "KubeConfigNotFound"
  | "KubeConfigInvalid"
  | "EntryNotFound"
  | "ExecForbidden"
  | "FilePathForbidden"
  | "InsecureTlsForbidden"
  | "AuthProviderForbidden"
  | "CredentialsFailed";

/** A kubeconfig, or the credentials it describes, cannot be used. */
export class KubeConfigError extends CodedError<KubeConfigErrorCode> {}

export function isKubeConfigError(thrown: unknown): thrown is KubeConfigError {
  return thrown instanceof KubeConfigError;
}
