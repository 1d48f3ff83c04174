import type { KeyGroup } from "../keys/master-key.ts";
import type { Selection } from "../selection.ts";

/** What a document says about its own encryption, in the clear. */
export interface Metadata {
  /** One group: any of its keys is enough. Several: each holds a share of the data key. */
  readonly keyGroups: readonly KeyGroup[];
  /** How many groups are needed; 0 means all. */
  readonly shamirThreshold: number;
  /** RFC 3339; binds the MAC to this state of the document. */
  readonly lastModified: string;
  /** Encrypted; empty until the document is. */
  readonly mac: string;
  /** `undefined` for binary documents, which are one value. */
  readonly selection: Selection | undefined;
  /** Whether plain values may change without the MAC noticing. */
  readonly macOnlyEncrypted: boolean;
  /** The version of SOPS whose rules the writer followed. */
  readonly version: string;
}

/** The version of the file format that this package writes. */
export const formatVersion = "3.13.3";
