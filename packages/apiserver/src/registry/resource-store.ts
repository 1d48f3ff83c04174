import { randomBytes, randomUUID } from "node:crypto";
import type { StatusError } from "@sluice/api";
import { formatTime } from "../clock.ts";
import { FieldErrors, invalidObject } from "../errors/field-errors.ts";
import {
  alreadyExists,
  badRequest,
  conflict,
  modifiedConflict,
  notFound,
  statusError,
} from "../errors/status-errors.ts";
import { equalJson, type JsonObject } from "../json/json.ts";
import { objectKey, type KubeObject } from "../json/object.ts";
import type { Collection } from "../storage/collection.ts";
import type { StoredObject } from "../storage/stored-object.ts";
import { validateMetadata, validateMetadataUpdate } from "../validation/metadata.ts";
import { decideDeletion, type DeleteOptions } from "./deletion.ts";
import { trackWrite, withoutNewTimes, type Writer } from "./managed-fields.ts";
import type { RequestContext } from "./request-context.ts";
import { toStorage, toVersion, type ResourceDefinition, type ResourceVersion } from "./resource-definition.ts";
import type { StrategyContext } from "./strategy.ts";
import {
  dedupeOwnerReferences,
  hasSpecChanged,
  isReleased,
  keepAllButStatus,
  keepLabels,
  keepStatus,
  restoreSystemFields,
  tidyMetadata,
  wipeSystemFields,
} from "./write-rules.ts";

/** Where an object is, within its resource. */
export interface ObjectName {
  /** `""` for cluster-scoped resources. */
  readonly namespace: string;
  readonly name: string;
}

/** Sees every write before it is stored. Throws to refuse it; may change the objects of creations. */
export interface Admission {
  admitCreate(definition: ResourceDefinition, object: KubeObject, context: RequestContext): void;
  admitUpdate(definition: ResourceDefinition, object: KubeObject, old: KubeObject, context: RequestContext): void;
  admitDelete(definition: ResourceDefinition, object: KubeObject, context: RequestContext): void;
  /** Gives a complete and valid object what only the server can: addresses. Throws when that fails. */
  allocate(definition: ResourceDefinition, object: KubeObject): void;
}

/** What a write has done. */
export interface WriteResult {
  readonly object: KubeObject;
  /** The revision that is stored now; absent after a dry run and a removal. */
  readonly stored?: StoredObject;
  readonly created: boolean;
}

/** How an update comes by the new object. */
export interface Update {
  /**
   * Makes the new object from the present one, in the version of the request. It must return an object of its own,
   * decoded and not defaulted.
   */
  transform(current: KubeObject): KubeObject;
  /** `""`, `status`, `scale`, …: decides which part may change. */
  readonly subresource: string;
  /** Makes the object when there is none; absent: 404. */
  create?(): KubeObject;
  /** Whether `transform` has written `metadata.managedFields` itself: server-side apply. */
  readonly managesFields?: boolean;
  /** Whether the new object was sent whole, by a PUT: its uid is then a precondition. */
  readonly isReplacement?: boolean;
  /** Whether the new object must carry the resourceVersion that it was made from: PUT of some kinds. */
  readonly requiresResourceVersion?: boolean;
}

/** The operations on one resource in one version. All are synchronous, so each one is atomic. */
export class ResourceStore {
  readonly definition: ResourceDefinition;
  readonly version: ResourceVersion;
  readonly collection: Collection;
  readonly #admission: Admission;

  /** The revision that a list of now shows. */
  get collectionRevision(): number {
    return this.collection.currentRevision;
  }

  constructor(definition: ResourceDefinition, version: ResourceVersion, collection: Collection, admission: Admission) {
    this.definition = definition;
    this.version = version;
    this.collection = collection;
    this.#admission = admission;
  }

  find({ namespace, name }: ObjectName): StoredObject | undefined {
    // Requests for a namespace name it twice: as the object, and as where it is.
    return this.collection.find(this.definition.namespaced ? objectKey(namespace, name) : name);
  }

  /** Throws a 404 when there is no such object. */
  get(at: ObjectName): StoredObject {
    const stored = this.find(at);
    if (stored === undefined) throw notFound(this.definition, at.name);
    return stored;
  }

  /** The object in this version. */
  inVersion(object: KubeObject): KubeObject {
    return toVersion(this.definition, this.version, object);
  }

  /** The JSON of a stored object in this version. */
  encode(stored: StoredObject): Buffer {
    return stored.encoded(this.version.apiVersion, (object) => envelopeFirst(this.inVersion(object)));
  }

  /** Who a request's managed fields are written for. */
  writer({ fieldManager, now }: RequestContext, subresource: string): Writer {
    return { definition: this.definition, version: this.version, manager: fieldManager, now, subresource };
  }

  /** Stores a new object. `object` is decoded, in this version, and becomes the store's own. */
  create(namespace: string, object: KubeObject, context: RequestContext): WriteResult {
    const { metadata } = object;
    const { definition } = this;
    wipeSystemFields(object);
    if (definition.namespaced) {
      if ((metadata.namespace ?? "") === "") metadata.namespace = namespace;
      else if (metadata.namespace !== namespace) throw namespaceMismatch();
    } else if ((metadata.namespace ?? "") === "") delete metadata.namespace;
    if (metadata.generateName === "") delete metadata.generateName;
    if ((metadata.name ?? "") === "" && metadata.generateName !== undefined)
      return this.#createGenerated(object, context);
    metadata.name ??= "";
    return this.#createNamed(object, context);
  }

  /** Changes an object, or makes it where the update allows that. */
  update(at: ObjectName, update: Update, context: RequestContext): WriteResult {
    const present = this.find(at);
    if (present === undefined) {
      if (update.create === undefined) throw notFound(this.definition, at.name);
      const made = update.create();
      if ((made.metadata.uid ?? "") !== "") {
        throw conflict(
          this.definition,
          at.name,
          `uid mismatch: the provided object specified uid ${made.metadata.uid ?? ""}, and no existing object was found`,
        );
      }
      context.mayCreate?.();
      // What an apply says about the revision is about an object that there is not.
      if (update.managesFields === true) delete made.metadata.resourceVersion;
      wipeSystemFields(made);
      made.metadata.name = at.name;
      if (this.definition.namespaced) made.metadata.namespace = at.namespace;
      return this.#createNamed(made, context, update.managesFields === true);
    }
    return this.#updatePresent(at, present, update, context);
  }

  /** Deletes an object, or marks it for deletion where something has to happen first. */
  delete(at: ObjectName, options: DeleteOptions, context: RequestContext): WriteResult & { readonly removed: boolean } {
    const present = this.get(at);
    this.#checkPreconditions(present.object, options);
    this.#admission.admitDelete(this.definition, present.object, context);
    const { strategy } = this.version;
    strategy.beforeDelete?.(present.object);
    const decision = decideDeletion(present.object, options, strategy, context.now);
    if (decision.kind === "pending") return { object: present.object, stored: present, created: false, removed: false };
    if (context.dryRun) return { object: decision.object, created: false, removed: decision.kind === "remove" };
    if (decision.kind === "mark") {
      if (equalJson(decision.object, present.object)) {
        return { object: present.object, stored: present, created: false, removed: false };
      }
      const stored = this.collection.put(present.key, decision.object);
      return { object: stored.object, stored, created: false, removed: false };
    }
    const removed = this.collection.remove(present.key, decision.object) ?? present;
    return { object: removed.object, stored: removed, created: false, removed: true };
  }

  #createGenerated(object: KubeObject, context: RequestContext): WriteResult {
    const prefix = object.metadata.generateName ?? "";
    for (let attempt = 1; ; attempt++) {
      object.metadata.name = generateName(prefix);
      const taken = this.find({ namespace: object.metadata.namespace ?? "", name: object.metadata.name }) !== undefined;
      // Upstream tries eight times before it gives up.
      if (!taken || attempt === 8) return this.#createNamed(object, context);
    }
  }

  #createNamed(object: KubeObject, context: RequestContext, managesFields = false): WriteResult {
    const { definition, version } = this;
    const { strategy } = version;
    const { metadata } = object;
    if ((metadata.resourceVersion ?? "") !== "") {
      throw statusError(500, "", "resourceVersion should not be set on objects to be created");
    }
    delete metadata.resourceVersion;
    metadata.uid = randomUUID();
    metadata.creationTimestamp = formatTime(context.now);
    dedupeOwnerReferences(object, context);
    const strategyContext = this.#strategyContext(context, "");
    strategy.default?.(object);
    // What the server adds from here on is not the client's.
    if (!managesFields) trackWrite(object, undefined, this.writer(context, ""));
    this.#admission.admitCreate(definition, object, context);
    if (strategy.hasStatus && !strategy.keepsStatusOnCreate) delete object["status"];
    if (strategy.hasGeneration) metadata.generation = 1;
    strategy.prepareForCreate?.(object, strategyContext);
    // A real server defaults custom resources again whenever it reads them: so comes back what a status begins with.
    if (definition.custom) strategy.default?.(object);
    this.#validate(object, strategyContext);
    for (const warning of strategy.warnings?.(object, true) ?? []) context.warn(warning);
    const key = objectKey(metadata.namespace, metadata.name);
    if (this.collection.find(key) !== undefined) throw alreadyExists(definition, metadata.name);
    this.#admission.allocate(definition, object);
    const made = this.#encode(object);
    if (context.dryRun) return { object: made, created: true };
    const stored = this.collection.put(key, toStorage(definition, version, made));
    return { object: this.inVersion(stored.object), stored, created: true };
  }

  #validate(object: KubeObject, context: StrategyContext): void {
    const { definition, version } = this;
    const errors = new FieldErrors();
    const { strategy } = version;
    errors.add(
      validateMetadata(object.metadata, {
        namespaced: definition.namespaced,
        custom: definition.custom,
        validateName: (name, prefix) => strategy.validateName(name, prefix),
      }),
    );
    strategy.validate?.(object, errors, context);
    if (!errors.isEmpty) throw this.#invalid(object.metadata.name, errors);
  }

  #updatePresent(at: ObjectName, present: StoredObject, update: Update, context: RequestContext): WriteResult {
    const { definition, version } = this;
    const { strategy } = version;
    const old = this.inVersion(present.object);
    const object = update.transform(old);
    this.#checkIdentity(at, object, old, update);
    restoreSystemFields(object, old);
    dedupeOwnerReferences(object, context);
    const strategyContext = this.#strategyContext(context, update.subresource);
    strategy.default?.(object);
    if (update.subresource === "status" && strategy.statusKeepsLabels) keepLabels(object, old);
    if (update.managesFields !== true) trackWrite(object, old, this.writer(context, update.subresource));
    if (update.subresource === "status") keepAllButStatus(object, old, strategy.statusKeepsMetadata);
    else if (strategy.hasStatus) keepStatus(object, old);
    this.#admission.admitUpdate(definition, object, old, context);
    strategy.prepareForUpdate?.(object, old, strategyContext);
    if (definition.custom) strategy.default?.(object);
    if (strategy.hasGeneration && update.subresource !== "status" && hasSpecChanged(object, old)) {
      object.metadata.generation = (old.metadata.generation ?? 0) + 1;
    }
    const errors = new FieldErrors();
    // A real server checks this twice: for all kinds, and for each.
    errors.add([...validateMetadataUpdate(object, old), ...validateMetadataUpdate(object, old)]);
    if (update.subresource === "status") strategy.validateStatusUpdate?.(object, old, errors, strategyContext);
    else {
      const { namespaced, custom } = definition;
      errors.add(validateMetadata(object.metadata, { namespaced, custom, validateName: () => [] }));
      strategy.validateUpdate?.(object, old, errors, strategyContext);
    }
    if (!errors.isEmpty) throw this.#invalid(at.name, errors);
    if (update.subresource === "" && object.metadata.generation !== old.metadata.generation)
      for (const warning of strategy.warnings?.(object, false) ?? []) context.warn(warning);
    if (update.subresource === "") this.#admission.allocate(definition, object);
    const made = this.#encode(object);
    const candidate = toStorage(definition, version, withoutNewTimes(made, old));
    if (equalJson(candidate, present.object)) return { object: old, stored: present, created: false };
    if (isReleased(candidate)) return this.#removeReleased(present, candidate, context);
    if (context.dryRun) return { object: made, created: false };
    const stored = this.collection.put(present.key, candidate);
    return { object: this.inVersion(stored.object), stored, created: false };
  }

  /** An update that takes the last finalizer away from a deleted object removes it. */
  #removeReleased(present: StoredObject, object: KubeObject, context: RequestContext): WriteResult {
    // The event shows the object as it was stored last, with its last finalizer.
    if (!context.dryRun) this.collection.remove(present.key);
    return { object: this.inVersion(object), created: false };
  }

  #checkIdentity(at: ObjectName, object: KubeObject, old: KubeObject, update: Update): void {
    const { metadata } = object;
    const { definition } = this;
    if (definition.namespaced) {
      if ((metadata.namespace ?? "") === "") metadata.namespace = at.namespace;
      else if (metadata.namespace !== at.namespace) throw namespaceMismatch();
    }
    if ((metadata.name ?? "") === "") metadata.name = at.name;
    if (metadata.name !== at.name) {
      throw badRequest(
        `the name of the object (${metadata.name} based on URL) does not match the name on the URL (${at.name})`.replace(
          " based on URL",
          "",
        ),
      );
    }
    const uid = metadata.uid ?? "";
    if (uid !== "" && uid !== old.metadata.uid && update.isReplacement === true) {
      throw conflict(
        definition,
        at.name,
        `StorageError: invalid object, Code: 4, Key: ${storagePath(definition, at)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ""}`,
      );
    }
    const resourceVersion = metadata.resourceVersion ?? "";
    if (resourceVersion === "" || resourceVersion === "0") {
      if (update.requiresResourceVersion !== true) return;
      const errors = new FieldErrors();
      errors.invalid("metadata.resourceVersion", 0, "must be specified for an update");
      throw invalidObject({ group: definition.group, kind: definition.resource }, at.name, errors.list);
    }
    if (!/^\d+$/.test(resourceVersion)) {
      throw statusError(500, "", `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
    }
    if (resourceVersion !== old.metadata.resourceVersion) throw modifiedConflict(definition, at.name);
  }

  #checkPreconditions({ metadata }: KubeObject, { preconditions }: DeleteOptions): void {
    const { uid, resourceVersion } = preconditions ?? {};
    const subject = { group: this.definition.group, resource: this.definition.resource };
    if (uid !== undefined && uid !== metadata.uid) {
      const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ""}). The object might have been deleted and then recreated`;
      throw conflict({ ...subject, resource: this.definition.kind }, metadata.name, why);
    }
    if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
      const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ""}). The object might have been modified`;
      throw conflict({ ...subject, resource: this.definition.kind }, metadata.name, why);
    }
  }

  /** The object as it is stored and shown. */
  #encode(object: KubeObject): KubeObject {
    const { schema } = this.version;
    if (schema.encode !== undefined) return schema.encode(object);
    tidyMetadata(object);
    return object;
  }

  #strategyContext(context: RequestContext, subresource: string): StrategyContext {
    return {
      now: context.now,
      user: context.user,
      dryRun: context.dryRun,
      subresource,
      warn: (message) => context.warn(message),
    };
  }

  #invalid(name: string, errors: FieldErrors): StatusError {
    return invalidObject(this.definition, name, errors.list);
  }
}

/** Kind and version lead the JSON, so that lists can leave them out of their items by skipping the first bytes. */
function envelopeFirst({ kind, apiVersion, ...rest }: KubeObject): JsonObject {
  return { kind, apiVersion, ...rest };
}

/** Where a real server keeps an object in etcd: its messages say so. */
function storagePath({ group, resource }: ResourceDefinition, { namespace, name }: ObjectName): string {
  const place = namespace === "" ? name : `${namespace}/${name}`;
  return `/registry/${group === "" || !group.includes(".") ? "" : `${group}/`}${resource}/${place}`;
}

const nameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** The prefix and five letters that cannot form words, within the length of a label. */
function generateName(prefix: string): string {
  const suffix = [...randomBytes(5)].map((byte) => nameAlphabet[byte % nameAlphabet.length]).join("");
  return prefix.slice(0, 58) + suffix;
}

function namespaceMismatch(): StatusError {
  return badRequest("the namespace of the provided object does not match the namespace sent on the request");
}
