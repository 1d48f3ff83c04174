import type { JsonObject, MappingNode, Node } from "@sluice/yaml";
import {
  buildAnnotations,
  originAnnotation,
  removedAnnotations,
  transformationsAnnotation,
} from "./build-annotations.ts";
import { addConfigMapData } from "./generators/config-map-data.ts";
import { KustomizeError } from "./errors.ts";
import { apiVersionOf, type Gvk, parseGroupVersion } from "./gvk.ts";
import { clearField, ensureMapping, fieldOf, findPair, setField } from "./node/fields.ts";
import { makeMapping, makeScalar, makeString, copyNode } from "./node/make.ts";
import { isMissingOrNull, isNilOrEmpty, textOf } from "./node/test.ts";
import { toPlainObject } from "./node/to-plain.ts";
import { formatOrigin, type Origin, parseOrigin, parseOrigins } from "./origin.ts";
import type { ResId } from "./res-id.ts";
import type { OpenApi } from "./schema/open-api.ts";

/** What happens when a generated resource meets one with the same id. */
export type GenerationBehavior = "unspecified" | "create" | "replace" | "merge";

export function toBehavior(text: string): GenerationBehavior {
  return text === "create" || text === "replace" || text === "merge" ? text : "unspecified";
}

/** A plain Kubernetes object: JSON values only, integers beyond 2^53 as bigint. */
export type PlainObject = JsonObject;

/**
 * One object of a build. The tree is the truth, and it is shared: transformers change it in place. While a build runs,
 * names that the object had before are kept in annotations of the tree, as kustomize does, because users can see them
 * there (a JSON patch may rely on `/metadata/annotations` being there).
 */
export class Resource {
  /** Names of the vars whose value comes from this object. */
  readonly refVarNames: string[] = [];
  readonly openApi: OpenApi;
  #node: MappingNode;

  constructor(node: MappingNode, openApi: OpenApi) {
    this.#node = node;
    this.openApi = openApi;
  }

  get node(): MappingNode {
    return this.#node;
  }

  /** Puts another tree in place; an empty one removes the object from the build. */
  replaceNode(node: MappingNode): void {
    this.#node = node;
  }

  /** Whether a patch deleted all of it. */
  get isEmpty(): boolean {
    return isNilOrEmpty(this.#node);
  }

  get kind(): string {
    return scalarText(fieldOf(this.#node, "kind"));
  }

  get apiVersion(): string {
    return scalarText(fieldOf(this.#node, "apiVersion"));
  }

  get name(): string {
    return this.#metadataText("name");
  }

  get namespace(): string {
    return this.#metadataText("namespace");
  }

  get gvk(): Gvk {
    return { ...parseGroupVersion(this.apiVersion), kind: this.kind };
  }

  /** The id as the object stands now. */
  get currentId(): ResId {
    const apiVersion = this.apiVersion;
    const { group, version } = parseGroupVersion(apiVersion);
    const kind = this.kind;
    return {
      group,
      version,
      kind,
      name: this.name,
      namespace: this.namespace,
      clusterScoped: this.openApi.isClusterScoped(apiVersion, kind),
    };
  }

  /** The ids that the object had before, oldest first. */
  get previousIds(): readonly ResId[] {
    return previousIdsOf(this.#node);
  }

  /** The id that the object came with. */
  get originalId(): ResId {
    return this.previousIds[0] ?? this.currentId;
  }

  setKind(kind: string): void {
    setField(this.#node, "kind", makeScalar(kind));
  }

  setGvk(gvk: Gvk): void {
    this.setKind(gvk.kind);
    setField(this.#node, "apiVersion", makeScalar(apiVersionOf(gvk)));
  }

  setName(name: string): void {
    setField(ensureMapping(this.#node, "metadata"), "name", makeScalar(name));
  }

  /** Sets the namespace; the empty one removes the field. */
  setNamespace(namespace: string): void {
    if (namespace === "") clearField(fieldOf(this.#node, "metadata"), "namespace");
    else setField(ensureMapping(this.#node, "metadata"), "namespace", makeScalar(namespace));
  }

  get labels(): Map<string, string> {
    return this.#metadataMap("labels");
  }

  get annotations(): Map<string, string> {
    return this.#metadataMap("annotations");
  }

  /** One annotation, without copying them all. */
  annotation(name: string): string | undefined {
    return annotationOf(this.#node, name);
  }

  setLabels(labels: ReadonlyMap<string, string>): void {
    this.#setMetadataMap("labels", labels);
  }

  setAnnotations(annotations: ReadonlyMap<string, string>): void {
    this.#setMetadataMap("annotations", annotations);
  }

  /** Sets one annotation in place. */
  setAnnotation(name: string, value: string): void {
    setAnnotationOf(this.#node, name, value);
  }

  get behavior(): GenerationBehavior {
    return toBehavior(this.annotation(buildAnnotations.generatorBehavior) ?? "");
  }

  get needsHashSuffix(): boolean {
    return this.annotation(buildAnnotations.needsHashSuffix) === "enabled";
  }

  get allowsNameChange(): boolean {
    return this.annotation(buildAnnotations.allowNameChange) === "enabled";
  }

  get allowsKindChange(): boolean {
    return this.annotation(buildAnnotations.allowKindChange) === "enabled";
  }

  /** Switches one of the build's own notes on. */
  enable(note: "needsHashSuffix" | "allowNameChange" | "allowKindChange"): void {
    const annotations = this.annotations;
    annotations.set(buildAnnotations[note], "enabled");
    this.setAnnotations(annotations);
  }

  setBehavior(behavior: GenerationBehavior): void {
    const annotations = this.annotations;
    annotations.set(buildAnnotations.generatorBehavior, behavior);
    this.setAnnotations(annotations);
  }

  /** Remembers the id as it stands, before it changes. */
  storePreviousId(): void {
    const { name, namespace, kind, clusterScoped } = this.currentId;
    const counted = clusterScoped ? "_non_namespaceable_" : namespace === "" ? "default" : namespace;
    this.#append(buildAnnotations.previousNames, name);
    this.#append(buildAnnotations.previousNamespaces, counted);
    this.#append(buildAnnotations.previousKinds, kind);
  }

  addNamePrefix(prefix: string): void {
    this.#append(buildAnnotations.prefixes, prefix);
  }

  addNameSuffix(suffix: string): void {
    this.#append(buildAnnotations.suffixes, suffix);
  }

  get namePrefixes(): readonly string[] {
    return this.annotation(buildAnnotations.prefixes)?.split(",") ?? [];
  }

  get nameSuffixes(): readonly string[] {
    return this.annotation(buildAnnotations.suffixes)?.split(",") ?? [];
  }

  /** Notes that another object refers to this one. */
  addReferrer(id: string): void {
    this.#append(buildAnnotations.refBy, id);
  }

  /** The file or generator that the object came from, when the build was asked to track it. */
  get origin(): Origin | undefined {
    const text = this.annotation(originAnnotation);
    return text === undefined ? undefined : parseOrigin(text);
  }

  setOrigin(origin: Origin | undefined): void {
    const annotations = this.annotations;
    if (origin === undefined) annotations.delete(originAnnotation);
    else annotations.set(originAnnotation, formatOrigin(origin));
    this.setAnnotations(annotations);
  }

  addTransformation(origin: Origin): void {
    const annotations = this.annotations;
    const before = parseOrigins(annotations.get(transformationsAnnotation) ?? "");
    annotations.set(transformationsAnnotation, [...before, origin].map(formatOriginItem).join(""));
    this.setAnnotations(annotations);
  }

  clearTransformations(): void {
    const annotations = this.annotations;
    annotations.delete(transformationsAnnotation);
    this.setAnnotations(annotations);
  }

  removeBuildAnnotations(): void {
    const annotations = this.annotations;
    if (annotations.size === 0) return;
    for (const name of annotations.keys()) if (removedAnnotations.has(name)) annotations.delete(name);
    this.setAnnotations(annotations);
  }

  copy(): Resource {
    const copy = new Resource(copyNode(this.#node), this.openApi);
    copy.refVarNames.push(...this.refVarNames);
    return copy;
  }

  /** Takes over name, namespace, labels, annotations and notes; own labels and annotations win, the other's notes do. */
  copyMergeMetadataFrom(other: Resource): void {
    this.setLabels(new Map([...other.labels, ...this.labels]));
    const own = this.annotations;
    const others = other.annotations;
    const merged = new Map([...others, ...own]);
    for (const name of removedAnnotations) {
      const value = others.get(name);
      if (value === undefined) merged.delete(name);
      else merged.set(name, value);
    }
    if (!own.has(buildAnnotations.needsHashSuffix)) merged.delete(buildAnnotations.needsHashSuffix);
    this.setAnnotations(merged);
    this.setName(other.name);
    this.setNamespace(other.namespace);
    const vars = [...other.refVarNames];
    this.refVarNames.splice(0, this.refVarNames.length, ...vars);
  }

  /** Merges the other's `data` and `binaryData` under this one's. */
  mergeDataFrom(other: Resource): void {
    for (const field of ["data", "binaryData"]) {
      const merged = new Map([...stringMap(other.node, field), ...stringMap(this.#node, field)]);
      clearField(this.#node, field);
      if (merged.size > 0) addConfigMapData(this.#node, merged, field === "binaryData");
    }
  }

  /** The object as JSON; throws `NotSerializable` for what JSON has no form for. */
  toJSON(): PlainObject {
    return toPlainObject(this.#node);
  }

  #metadata(): MappingNode | undefined {
    const metadata = fieldOf(this.#node, "metadata");
    return metadata?.kind === "mapping" && metadata.pairs.length > 0 ? metadata : undefined;
  }

  #metadataText(field: string): string {
    const value = fieldOf(this.#metadata(), field);
    return isNilOrEmpty(value) ? "" : scalarText(value);
  }

  #metadataMap(field: string): Map<string, string> {
    const map = new Map<string, string>();
    const node = fieldOf(this.#metadata(), field);
    if (node?.kind !== "mapping") return map;
    for (const { key, value } of node.pairs) map.set(scalarText(key), scalarText(value));
    return map;
  }

  #setMetadataMap(field: string, values: ReadonlyMap<string, string>): void {
    const metadata = ensureMapping(this.#node, "metadata");
    clearField(metadata, field);
    if (values.size === 0 || metadata === undefined) return;
    const map = makeMapping();
    for (const name of [...values.keys()].toSorted()) {
      map.pairs.push({ key: makeScalar(name), value: makeString(values.get(name) ?? "") });
    }
    setField(metadata, field, map);
  }

  #append(note: string, value: string): void {
    if (value === "") return;
    const before = this.annotation(note);
    this.setAnnotation(note, before === undefined ? value : `${before},${value}`);
  }
}

function formatOriginItem(origin: Origin): string {
  const [first = "", ...rest] = formatOrigin(origin).trimEnd().split("\n");
  return `- ${[first, ...rest.map((line) => `  ${line}`)].join("\n")}\n`;
}

function stringMap(node: Node, field: string): ReadonlyMap<string, string> {
  const map = fieldOf(node, field);
  return new Map(map?.kind === "mapping" ? map.pairs.map(({ key, value }) => [textOf(key), textOf(value)]) : []);
}

function scalarText(node: Node | undefined): string {
  return node?.kind === "scalar" ? node.value : "";
}

/** One annotation of a tree. */
export function annotationOf(node: Node, name: string): string | undefined {
  const annotations = fieldOf(fieldOf(node, "metadata"), "annotations");
  const value = fieldOf(annotations, name);
  return value === undefined ? undefined : scalarText(value);
}

/** Sets one annotation of a tree; empty annotations, and empty metadata, are made anew. */
export function setAnnotationOf(node: MappingNode, name: string, value: string): void {
  const metadata = fieldOf(node, "metadata");
  if (metadata?.kind === "mapping") {
    const annotations = findPair(metadata, "annotations");
    if (annotations !== undefined && isEmptyContent(annotations.value)) clearField(metadata, "annotations");
  }
  if (metadata !== undefined && isEmptyContent(metadata)) clearField(node, "metadata");
  const text = makeString(value);
  text.style = "single";
  setField(ensureMapping(node, "metadata", "annotations"), name, text);
}

function isEmptyContent(node: Node): boolean {
  if (node.kind === "mapping") return node.pairs.length === 0;
  return node.kind === "sequence" ? node.items.length === 0 : true;
}

/** The ids that the tree's notes tell of, oldest first. Their scope is unknown, as in kustomize. */
export function previousIdsOf(node: Node): readonly ResId[] {
  const names = annotationOf(node, buildAnnotations.previousNames)?.split(",");
  if (names === undefined) return [];
  const namespaces = (annotationOf(node, buildAnnotations.previousNamespaces) ?? "").split(",");
  const kinds = (annotationOf(node, buildAnnotations.previousKinds) ?? "").split(",");
  if (names.length !== namespaces.length || names.length !== kinds.length) {
    throw new KustomizeError(
      "InvalidResource",
      "number of previous names, number of previous namespaces, number of previous kinds not equal",
    );
  }
  const { group, version } = parseGroupVersion(scalarText(fieldOf(node, "apiVersion")));
  return names.map((name, index) => ({
    group,
    version,
    kind: kinds[index] ?? "",
    name,
    namespace: namespaces[index] ?? "",
    clusterScoped: false,
  }));
}

/** All ids of a tree, the present one first; the scope of none is known here. */
export function idsOf(node: Node): readonly ResId[] {
  const metadata = fieldOf(node, "metadata");
  const { group, version } = parseGroupVersion(textOf(fieldOf(node, "apiVersion")));
  const current: ResId = {
    group,
    version,
    kind: scalarText(fieldOf(node, "kind")),
    name: textOf(fieldOf(metadata, "name")),
    namespace: textOf(fieldOf(metadata, "namespace")),
    clusterScoped: false,
  };
  return isMissingOrNull(node) ? [] : [current, ...previousIdsOf(node)];
}
