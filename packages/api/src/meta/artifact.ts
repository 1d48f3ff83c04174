/**
 * A tarball that a source has produced and that appliers download. **Invariant:** the same `digest` is the same
 * bytes; the same `revision` is the same content of the source.
 */
export interface Artifact {
  /** Below the storage root: `gitrepository/<namespace>/<name>/<commit>.tar.gz`. */
  readonly path: string;
  readonly url: string;
  /** `main@sha1:<commit>`, `sha1:<commit>`, `latest@sha256:<digest>`, … */
  readonly revision: string;
  /** Of the compressed bytes: `sha256:<hex>`. */
  readonly digest: string;
  /** RFC 3339. */
  readonly lastUpdateTime: string;
  /** In bytes. */
  readonly size?: number;
  readonly metadata?: { readonly [key: string]: string };
}
