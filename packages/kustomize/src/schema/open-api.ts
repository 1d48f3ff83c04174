import { KustomizeError } from "../errors.ts";
import type { Json } from "../json.ts";
import builtin from "./kubernetes.json" with { type: "json" };
import { messageOf } from "@sluice/errors";
import { yamlToJson } from "../yaml-json.ts";
import { readShape, type Shape, type ShapeReference } from "./shape.ts";

/** The one Kubernetes version whose schema is built in. */
export const builtinVersion = "v1.21.2";

/** A resolved place in a schema: which fields and elements it has, and how its lists merge. */
export class ResourceSchema {
  readonly #shape: Shape;
  readonly #definitions: ReadonlyMap<string, Shape>;

  constructor(shape: Shape, definitions: ReadonlyMap<string, Shape>) {
    this.#shape = shape;
    this.#definitions = definitions;
  }

  /** The schema of a field, or of any value where the schema allows additional ones. */
  field(name: string): ResourceSchema | undefined {
    const shape = this.#shape;
    if (shape.p !== undefined && Object.hasOwn(shape.p, name)) return this.#resolve(shape.p[name]);
    if (shape.l !== undefined && leavesOf(shape).has(name)) return new ResourceSchema(leaf, this.#definitions);
    return this.#resolve(shape.a);
  }

  /** The schema of a list's elements. */
  elements(): ResourceSchema | undefined {
    return this.#resolve(this.#shape.i);
  }

  /** Whether a patch merges the list's elements by key or value rather than replacing the list. */
  get mergesElements(): boolean {
    return this.#shape.s?.split(",").includes("merge") ?? false;
  }

  /** The patch strategy, empty when the schema names none. */
  get patchStrategy(): string {
    return this.#shape.s ?? "";
  }

  /** The fields that identify a list's element; empty for lists of scalars. */
  get mergeKeys(): readonly string[] {
    if (this.#shape.s === undefined) return [];
    if (this.#shape.m !== undefined) return this.#shape.m;
    return this.#shape.k === undefined ? [] : [this.#shape.k];
  }

  #resolve(reference: ShapeReference | undefined): ResourceSchema | undefined {
    let current = reference;
    for (let hops = 0; typeof current === "string" || typeof current === "number"; hops++) {
      if (hops > maximumHops) return undefined;
      current = this.#definitions.get(typeof current === "number" ? (builtin.definitions[current] ?? "") : current);
    }
    return current === undefined ? undefined : new ResourceSchema(current, this.#definitions);
  }
}

const leaf: Shape = {};
const maximumHops = 32;
const leafSets = new WeakMap<Shape, ReadonlySet<string>>();

function leavesOf(shape: Shape): ReadonlySet<string> {
  let leaves = leafSets.get(shape);
  if (leaves === undefined) {
    leaves = new Set(shape.l?.split(" "));
    leafSets.set(shape, leaves);
  }
  return leaves;
}

/** What the `openapi` field of a kustomization asks for. */
export interface OpenApiRequest {
  readonly version: string | undefined;
  /** The content of the file that `path` names, JSON or YAML. */
  readonly document: string | undefined;
}

/**
 * The schemas of one build. The root kustomization decides: its `openapi` replaces the built-in schema, while a
 * base's one counts only when nothing above it has chosen.
 */
export class OpenApi {
  #custom: string | undefined;
  #chosen = false;
  #ready = false;
  #builtinWanted = false;
  readonly #definitions = new Map<string, Shape>();
  readonly #kinds = new Map<string, Shape>();
  readonly #namespaced = new Map<string, boolean>();

  /** Takes over a kustomization's choice. A document is read when it is needed first, and only then refused. */
  choose({ version, document }: OpenApiRequest, options: { readonly isRoot: boolean }): void {
    if (this.#chosen && !options.isRoot) return;
    if (document !== undefined) {
      if (version !== undefined) {
        throw new KustomizeError(
          "InvalidKustomization",
          "builtin version and custom schema provided, cannot use both",
          { field: "openapi" },
        );
      }
      this.#custom = document;
      this.#chosen = true;
      this.#ready = false;
      return;
    }
    if (version === undefined || version === "") return;
    if (version !== builtinVersion) {
      throw new KustomizeError("InvalidKustomization", "the specified OpenAPI version is not built in", {
        field: "openapi",
      });
    }
    this.#chosen = true;
    this.#custom = undefined;
    this.#ready = false;
  }

  /** The schema of a kind. */
  schemaOf(apiVersion: string, kind: string): ResourceSchema | undefined {
    this.#prepare();
    const shape = this.#kinds.get(`${apiVersion} ${kind}`);
    return shape === undefined ? undefined : new ResourceSchema(shape, this.#definitions);
  }

  /** Whether the kind is known to live outside namespaces; what is not known counts as namespaced. */
  isClusterScoped(apiVersion: string, kind: string): boolean {
    const key = `${apiVersion} ${kind}`;
    const known = builtinScopes.get(key);
    if (known !== undefined) return !known;
    if (!this.#ready) {
      if (this.#custom === undefined) {
        this.#builtinWanted = true;
        return false;
      }
      this.#prepare();
    }
    return this.#namespaced.get(key) === false;
  }

  #prepare(): void {
    if (this.#ready) return;
    this.#ready = true;
    if (this.#custom === undefined || this.#builtinWanted) this.#addBuiltin();
    if (this.#custom !== undefined) this.#addDocument(readDocument(this.#custom));
  }

  #addBuiltin(): void {
    const shapes: readonly Shape[] = builtin.shapes;
    for (const [index, name] of builtin.definitions.entries()) this.#definitions.set(name, shapes[index] ?? leaf);
    for (const [key, index] of Object.entries(builtin.kinds)) this.#kinds.set(key, shapes[index] ?? leaf);
  }

  #addDocument(document: Json): void {
    const schema = readShape(document);
    for (const [name, shape] of schema.definitions) this.#definitions.set(name, shape);
    for (const [key, shape] of schema.kinds) this.#kinds.set(key, shape);
    for (const [key, namespaced] of schema.namespaced) this.#namespaced.set(key, namespaced);
  }
}

function readDocument(text: string): Json {
  try {
    return text.startsWith("{") ? (JSON.parse(text) as Json) : yamlToJson(text);
  } catch (thrown) {
    const message = `invalid schema file: ${messageOf(thrown)}`;
    throw new KustomizeError("InvalidConfiguration", message, { cause: thrown, field: "openapi" });
  }
}

const builtinScopes: ReadonlyMap<string, boolean> = new Map(Object.entries(builtin.namespaced));
