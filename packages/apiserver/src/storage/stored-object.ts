import type { KubeObject } from "../json/object.ts";

/**
 * One revision of one object, frozen. Its JSON is made once per representation and shared by every get, list and
 * watch that sends it.
 */
export class StoredObject {
  readonly key: string;
  readonly object: KubeObject;
  readonly revision: number;
  readonly #encoded = new Map<string, Buffer>();

  constructor(key: string, object: KubeObject, revision: number) {
    this.key = key;
    this.object = object;
    this.revision = revision;
  }

  /**
   * The JSON of a representation, such as the object in one API version or its metadata alone. `represent` is only
   * called the first time that the representation is asked for.
   */
  encoded(representation: string, represent: (object: KubeObject) => unknown): Buffer {
    let bytes = this.#encoded.get(representation);
    if (bytes === undefined) {
      bytes = Buffer.from(JSON.stringify(represent(this.object)), "utf8");
      this.#encoded.set(representation, bytes);
    }
    return bytes;
  }

  /** The same content under another revision. */
  at(revision: number): StoredObject {
    const metadata = { ...this.object.metadata, resourceVersion: String(revision) };
    return new StoredObject(this.key, { ...this.object, metadata }, revision);
  }
}
