import { YamlError } from "../errors.ts";
import type { AliasNode, MappingNode, Node, SequenceNode } from "../node.ts";
import { AliasBudget } from "./alias-budget.ts";
import { goQuote, goSyntax } from "./go-syntax.ts";
import { keyText } from "./key-text.ts";
import { scalarValue } from "./scalar-value.ts";
import { type JsonObject, type JsonValue, setOwn } from "./value.ts";

export interface DecoderOptions {
  readonly dialect: "v2" | "v3";
  /** `last` keeps the last value of a repeated key, `error` refuses it. */
  readonly duplicateKeys: "last" | "error";
  /** What happens to keys that are not strings. */
  readonly nonStringKeys: "text" | "refuse";
}

/** Go lists every repeated key; a text made of nothing else would list too many. */
const MAX_PROBLEMS = 100;

/** Turns nodes into plain values as Go's decoders do on the way to JSON. One use per document. */
export class JsonDecoder {
  readonly #options: DecoderOptions;
  readonly #budget = new AliasBudget();
  readonly #open = new Set<AliasNode>();
  readonly #problems: string[] = [];
  #problemCode: "DuplicateKey" | "InvalidValue" = "DuplicateKey";
  #firstProblem: Node | undefined;
  /** A key that is fine in YAML and not in JSON, which Go finds out last. */
  #refusedKey: Node | undefined;

  constructor(options: DecoderOptions) {
    this.#options = options;
  }

  decode(root: Node): JsonValue {
    const value = this.#value(root, true);
    if (this.#problems.length > 0) {
      const message = `yaml: unmarshal errors:\n  ${this.#problems.join("\n  ")}`;
      throw new YamlError(this.#problemCode, message, this.#firstProblem?.line, this.#firstProblem?.column);
    }
    if (this.#refusedKey !== undefined) {
      const { line, column } = this.#refusedKey;
      throw new YamlError("InvalidValue", "json: unsupported type: map[interface {}]interface {}", line, column);
    }
    return value;
  }

  #value(node: Node, isRoot = false): JsonValue {
    this.#budget.count();
    switch (node.kind) {
      case "scalar":
        return this.#jsonScalar(node);
      case "alias":
        return this.#alias(node, () => this.#value(node.target));
      case "sequence":
        return this.#sequence(node);
      case "mapping":
        return this.#mapping(node, isRoot);
    }
  }

  #jsonScalar(node: Node & { kind: "scalar" }): JsonValue {
    const { value } = scalarValue(node, this.#options.dialect);
    if (typeof value === "number" && !Number.isFinite(value)) {
      const name = Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
      throw new YamlError("InvalidValue", `json: unsupported value: ${name}`, node.line, node.column);
    }
    return value;
  }

  #alias<T>(node: AliasNode, expand: () => T): T {
    if (this.#open.has(node)) {
      const name = node.target.anchor ?? "";
      throw new YamlError("CyclicAlias", `yaml: anchor '${name}' value contains itself`, node.line, node.column);
    }
    this.#open.add(node);
    this.#budget.enterAlias();
    const value = expand();
    this.#budget.leaveAlias();
    this.#open.delete(node);
    return value;
  }

  #sequence(node: SequenceNode): JsonValue[] {
    this.#budget.enterCollection();
    const items = node.items.map((item) => this.#value(item));
    this.#budget.leaveCollection();
    return items;
  }

  #mapping(node: MappingNode, isRoot: boolean): JsonObject {
    this.#budget.enterCollection();
    const object: JsonObject = {};
    if (this.#options.dialect === "v2") this.#fillInOrder(node, object);
    else {
      const refuses = this.#options.nonStringKeys === "refuse";
      if (refuses && !isRoot) this.#refusedKey ??= typedKey(node);
      // Go does not look into a mapping whose keys repeat.
      if (!this.#hasRepeatedKeys(node)) this.#fillFirstWins(node, object, new Set(), refuses && isRoot);
    }
    this.#budget.leaveCollection();
    return object;
  }

  // go-yaml v2: merges take effect where they stand

  #fillInOrder(node: MappingNode, object: JsonObject): void {
    for (const { key, value } of node.pairs) {
      if (isMergeV2(key)) {
        this.#eachMerged(value, (merged) => this.#fillInOrder(merged, object), true);
        continue;
      }
      const name = this.#key(key, value);
      const converted = this.#value(value);
      if (this.#options.duplicateKeys === "error" && Object.hasOwn(object, name)) {
        this.#note(`line ${value.line}: key ${goSyntax(this.#rawKey(key), "v2")} already set in map`, value);
      } else setOwn(object, name, converted);
    }
  }

  #rawKey(key: Node): JsonValue {
    const target = key.kind === "alias" ? key.target : key;
    return target.kind === "scalar" ? scalarValue(target, "v2").value : null;
  }

  // go-yaml v3: merges fill what the mapping left open

  #fillFirstWins(node: MappingNode, object: JsonObject, taken: Set<string>, isTyped: boolean): void {
    let merge: Node | undefined;
    // Within one mapping the last of a repeated key wins, across merged ones the first.
    const own = new Set<string>();
    for (const { key, value } of node.pairs) {
      if (isMergeV3(key)) {
        merge = value;
        continue;
      }
      if (isTyped && this.#isUnfit(key)) continue;
      const name = this.#key(key, value);
      const converted = this.#value(value);
      if (taken.has(name)) continue;
      own.add(name);
      setOwn(object, name, converted);
    }
    for (const name of own) taken.add(name);
    if (merge === undefined) return;
    this.#eachMerged(merge, (merged) => this.#fillFirstWins(merged, object, taken, isTyped), false);
  }

  /** kyaml decodes the root into a map of strings: there null keys vanish and collections are no keys. */
  #isUnfit(key: Node): boolean {
    const target = key.kind === "alias" ? key.target : key;
    if (target.kind === "scalar") return scalarValue(target, "v3").value === null;
    this.#problemCode = "InvalidValue";
    this.#note(`line ${target.line}: cannot unmarshal ${target.tag} into string`, target);
    return true;
  }

  #hasRepeatedKeys(node: MappingNode): boolean {
    if (this.#options.duplicateKeys !== "error") return false;
    const groups = new Map<string, Node[]>();
    let repeats = false;
    for (const { key } of node.pairs) {
      const identity = key.kind + keyIdentity(key);
      const group = groups.get(identity);
      if (group === undefined) groups.set(identity, [key]);
      else {
        group.push(key);
        repeats = true;
      }
    }
    if (!repeats) return false;
    for (const group of groups.values()) {
      for (const [place, first] of group.entries()) {
        for (const again of group.slice(place + 1, place + 1 + MAX_PROBLEMS)) {
          const name = goQuote(keyIdentity(again));
          this.#note(`line ${again.line}: mapping key ${name} already defined at line ${first.line}`, again);
        }
        if (this.#problems.length >= MAX_PROBLEMS) return true;
      }
    }
    return true;
  }

  #note(problem: string, node: Node): void {
    if (this.#problems.length >= MAX_PROBLEMS) return;
    this.#firstProblem ??= node;
    this.#problems.push(problem);
  }

  // Shared

  /** Visits the mappings behind `<<`; `backwards` because in v2 what comes later overrides. */
  #eachMerged(source: Node, visit: (mapping: MappingNode) => void, backwards: boolean): void {
    if (source.kind !== "sequence") {
      this.#merged(source, visit);
      return;
    }
    for (const item of backwards ? source.items.toReversed() : source.items) this.#merged(item, visit);
  }

  #merged(source: Node, visit: (mapping: MappingNode) => void): void {
    const mapping = source.kind === "alias" ? source.target : source;
    if (mapping.kind !== "mapping") {
      const problem = "yaml: map merge requires map or sequence of maps as the value";
      throw new YamlError("InvalidValue", problem, source.line, source.column);
    }
    this.#budget.count();
    this.#budget.enterCollection();
    if (source.kind === "alias") this.#alias(source, () => visit(mapping));
    else visit(mapping);
    this.#budget.leaveCollection();
  }

  #key(key: Node, value: Node): string {
    this.#budget.count();
    if (key.kind === "alias") return this.#alias(key, () => this.#key(key.target, value));
    if (key.kind !== "scalar") {
      const problem = `yaml: invalid map key: ${goSyntax(this.#value(key), this.#options.dialect)}`;
      throw new YamlError("InvalidValue", problem, key.line, key.column);
    }
    if (this.#options.dialect === "v3") {
      const { tag, value: decoded } = scalarValue(key, "v3");
      return tag === "!!binary" ? String(decoded) : key.value;
    }
    const text = keyText(scalarValue(key, "v2"));
    if (text !== undefined) return text.text;
    throw this.#unsupportedKey(key, value);
  }

  #unsupportedKey(key: Node & { kind: "scalar" }, value: Node): YamlError {
    const raw = scalarValue(key, "v2").value;
    const type = raw === null ? "%!s(<nil>)" : "uint64";
    const shown = raw === null ? "<nil>" : `0x${BigInt(raw).toString(16)}`;
    const problem = `unsupported map key of type: ${type}, key: ${shown}, value: ${goSyntax(this.#value(value), "v2")}`;
    return new YamlError("InvalidValue", problem, key.line, key.column);
  }
}

function isMergeV2(key: Node): boolean {
  if (key.kind !== "scalar" || key.value !== "<<") return false;
  return key.explicitTag === true
    ? key.tag === "!!merge" || (key.tag === "!" && key.style === "plain")
    : key.style === "plain";
}

function isMergeV3(key: Node): boolean {
  return key.kind === "scalar" && key.value === "<<" && (key.tag === "" || key.tag === "!" || key.tag === "!!merge");
}

/** Two keys of one kind with the same identity are the same key to go-yaml v3. */
function keyIdentity(key: Node): string {
  return key.kind === "scalar" ? key.value : key.kind === "alias" ? (key.target.anchor ?? "") : "";
}

/** The first key of a mapping that is not a string. */
function typedKey(node: MappingNode): Node | undefined {
  for (const { key } of node.pairs) {
    const target = key.kind === "alias" ? key.target : key;
    if (target.kind !== "scalar" || isMergeV3(target)) continue;
    if (target.tag !== "!!str" && scalarValue(target, "v3").tag !== "!!str") return key;
  }
  return undefined;
}
