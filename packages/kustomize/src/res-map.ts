import { resIdKey, formatResId, type ResId, dumpResId, equalResId } from "./res-id.ts";
import { KustomizeError } from "./errors.ts";
import type { Origin } from "./origin.ts";
import type { Resource } from "./resource.ts";

/** The objects of a build, in order. No two have the same current id when they are appended. */
export class ResMap {
  #resources: Resource[];
  /** The ids of all resources, while they are known to stay. */
  #taken: Set<string> | undefined;

  constructor(resources: readonly Resource[] = []) {
    this.#resources = [...resources];
  }

  get resources(): readonly Resource[] {
    return this.#resources;
  }

  /** Adds a resource at the end; throws `DuplicateID` when its id is taken. */
  append(resource: Resource): void {
    this.appendAll([resource]);
  }

  /** Adds resources at the end, in order; throws `DuplicateID` at the first whose id is taken. */
  appendAll(resources: readonly Resource[]): void {
    if (resources.length === 0) return;
    const taken = this.#taken ?? this.#takenIds();
    for (const resource of resources) {
      const id = resource.currentId;
      const key = resIdKey(id);
      if (taken.has(key)) {
        throw new KustomizeError(
          "DuplicateID",
          `may not add resource with an already registered id: ${formatResId(id)}`,
        );
      }
      taken.add(key);
      this.#resources.push(resource);
    }
  }

  /**
   * Runs something that appends again and again and changes no id of what is here already: what an append costs then
   * does not grow with the number of resources.
   */
  whileIdsStay(act: () => void): void {
    this.#taken = this.#takenIds();
    try {
      act();
    } finally {
      this.#taken = undefined;
    }
  }

  #takenIds(): Set<string> {
    return new Set(this.#resources.map((each) => resIdKey(each.currentId)));
  }

  /** Adds generated resources, each as its behavior says. */
  absorbAll(resources: readonly Resource[]): void {
    for (const resource of resources) this.#absorb(resource);
  }

  #absorb(resource: Resource): void {
    const id = resource.currentId;
    const matches = this.matchingAnyId((other) => equalResId(id, other));
    const [old, ...others] = matches;
    if (others.length > 0) {
      const ids = matches.map((each) => formatResId(each.currentId)).join(" ");
      throw new KustomizeError(
        "DuplicateID",
        `found multiple objects [${ids}] that could accept merge of ${formatResId(id)}`,
      );
    }
    if (old === undefined) {
      if (resource.behavior === "merge" || resource.behavior === "replace") {
        throw new KustomizeError("InvalidGenerator", `id ${dumpResId(id)} does not exist; cannot merge or replace`);
      }
      this.append(resource);
      return;
    }
    switch (resource.behavior) {
      case "replace":
        resource.copyMergeMetadataFrom(old);
        break;
      case "merge": {
        const origin = old.origin;
        resource.copyMergeMetadataFrom(old);
        resource.mergeDataFrom(old);
        if (origin !== undefined) resource.setOrigin(origin);
        break;
      }
      case "create":
      case "unspecified":
        throw new KustomizeError(
          "DuplicateID",
          `id ${dumpResId(id)} exists; can not use behavior: '${resource.behavior}', behavior must be merge or replace`,
        );
    }
    this.#replace(old, resource);
  }

  #replace(old: Resource, resource: Resource): void {
    const id = resource.currentId;
    const index = this.#resources.findIndex((each) => equalResId(id, each.currentId));
    if (index < 0) {
      throw new KustomizeError("InvalidGenerator", `cannot find resource with id ${formatResId(id)} to replace`);
    }
    if (this.#resources[index] !== old) {
      throw new KustomizeError("InvalidGenerator", "unexpected target index in replacement");
    }
    this.#resources[index] = resource;
  }

  /** Drops what patches have emptied. */
  dropEmpties(): void {
    if (this.#resources.some((each) => each.isEmpty)) this.#resources = this.#resources.filter((each) => !each.isEmpty);
  }

  /** Puts other resources, or another order, in place. */
  reset(resources: readonly Resource[]): void {
    this.#resources = [...resources];
  }

  /** The resources whose present or previous id matches. */
  matchingAnyId(matches: (id: ResId) => boolean): Resource[] {
    return this.#resources.filter(
      (each) => !each.isEmpty && (each.previousIds.some(matches) || matches(each.currentId)),
    );
  }

  /** The one resource that has or had the id; throws `PatchTargetNotFound` for none and for several. */
  getById(id: ResId): Resource {
    const found = this.matchingAnyId((other) => equalResId(id, other));
    const [only, ...others] = found;
    if (only !== undefined && others.length === 0) return only;
    const problem = only === undefined ? "no" : "multiple";
    const text = formatResId(id);
    throw new KustomizeError(
      "PatchTargetNotFound",
      `${problem} matches for Id ${text}; failed to find unique target for patch ${text}`,
    );
  }

  /** Notes an origin on the resources that have none. */
  addOrigin(origin: Origin): void {
    for (const resource of this.#resources) if (resource.origin === undefined) resource.setOrigin(origin);
  }

  /** Notes that something changed, or made, every resource. */
  addTransformation(origin: Origin): void {
    for (const resource of this.#resources) {
      if (resource.origin === undefined) resource.setOrigin(origin);
      else resource.addTransformation(origin);
    }
  }
}
