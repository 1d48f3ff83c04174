import type { JsonObject } from "./json.ts";

/** The metadata of a stored object, as the server itself reads and writes it. */
export interface ObjectMetadata extends JsonObject {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  ownerReferences?: OwnerReferenceJson[];
  finalizers?: string[];
  managedFields?: JsonObject[];
}

/** An owner reference inside {@link ObjectMetadata}. */
export interface OwnerReferenceJson extends JsonObject {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** A Kubernetes object in the server: plain JSON whose envelope has been checked. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
}

/** `namespace/name` or `name`: the key of an object within its resource. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}
