/** Names an object of a fixed kind in the same namespace. */
export interface LocalObjectReference {
  readonly name: string;
}

/** Names an object of a fixed kind; without a namespace, in that of the referrer. */
export interface NamespacedObjectReference {
  readonly name: string;
  readonly namespace?: string;
}

/** Names one entry of a Secret; the kind that uses it says which key is the default. */
export interface SecretKeyReference {
  readonly name: string;
  readonly key?: string;
}
