/** What may become part of an artifact. */
export interface TreeLimits {
  /** One file. */
  readonly maxFileBytes: number;
  /** All files together. */
  readonly maxTotalBytes: number;
  readonly maxEntries: number;
  /** Submodules within submodules. */
  readonly maxSubmoduleDepth: number;
  readonly maxSubmodules: number;
}

export const defaultTreeLimits: TreeLimits = {
  maxFileBytes: 64 * 1024 * 1024,
  maxTotalBytes: 512 * 1024 * 1024,
  maxEntries: 100_000,
  maxSubmoduleDepth: 10,
  maxSubmodules: 100,
};
