import type { Delimiters } from "../parse/lexer.ts";
import { isEmptyList, type Tree } from "../parse/nodes.ts";
import { parseTemplate } from "../parse/parser.ts";
import { type Value, type GoFunction } from "../value/value.ts";
import { builtinFunctions } from "../functions/builtins.ts";
import { compileTree } from "./compile.ts";
import {
  type CompiledTemplate,
  Execution,
  type ExecutionLimits,
  type MissingKey,
  type TemplateLibrary,
} from "./execution.ts";
import { type FuncMap } from "./function.ts";

export interface TemplateSetOptions {
  /** The name that messages give to the set. Default empty. */
  readonly name?: string;
  /** Functions besides the built-in ones, which they may replace. */
  readonly functions?: FuncMap;
  /** Default `invalid`, which prints `<no value>`; Helm uses `zero`. */
  readonly missingKey?: MissingKey;
  /** Default `{{` and `}}`. */
  readonly delimiters?: Delimiters;
}

/** Compiled trees; compiled on first use, shared by all clones of a set. */
const compiled: WeakMap<Tree, CompiledTemplate> = new WeakMap();

/**
 * Templates that know one another by name, with the functions they may call: what Go calls associated templates.
 * Parsing adds to the set, executing leaves it alone.
 */
export class TemplateSet implements TemplateLibrary {
  readonly name: string;
  readonly missingKey: MissingKey;
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly #delimiters: Delimiters;
  readonly #options: TemplateSetOptions;
  /** The set this one was cloned from, which shows through. */
  readonly #base: TemplateSet | undefined;
  readonly #trees: Map<string, Tree> = new Map();

  constructor(options: TemplateSetOptions = {}, base?: TemplateSet) {
    this.name = options.name ?? "";
    this.missingKey = options.missingKey ?? "invalid";
    this.#delimiters = options.delimiters ?? { left: "{{", right: "}}" };
    this.functions =
      base !== undefined && base.#options.functions === options.functions
        ? base.functions
        : new Map([...Object.entries(builtinFunctions), ...Object.entries(options.functions ?? {})]);
    this.#options = options;
    this.#base = base;
  }

  /**
   * Parses a text under a name and adds it and the templates it defines. A later definition replaces an earlier one
   * unless it is empty.
   * @throws TemplateError `Parse`; nothing is added then.
   */
  parse(name: string, text: string): void {
    const trees = parseTemplate(name, text, {
      delimiters: this.#delimiters,
      isFunction: (word) => this.functions.has(word),
    });
    for (const tree of trees.values()) {
      if (isEmptyList(tree.root) && this.#find(tree.name) !== undefined) continue;
      this.#trees.set(tree.name, tree);
    }
  }

  /**
   * A set that begins with these templates; what is added to it does not show here. Cheap: nothing is copied. The
   * original must not be added to while clones are in use.
   */
  clone(changes: TemplateSetOptions = {}): TemplateSet {
    return new TemplateSet({ ...this.#options, ...changes }, this);
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** The names of all templates, in no order. */
  names(): string[] {
    return [...new Set([...(this.#base?.names() ?? []), ...this.#trees.keys()])];
  }

  /**
   * Executes a template and returns what it writes.
   * @throws TemplateError `Exec`, `LimitExceeded`, `NotFound`.
   */
  execute(name: string, dot: Value, limits: ExecutionLimits = {}): string {
    return new Execution(this, limits).execute(name, dot);
  }

  #find(name: string): Tree | undefined {
    return this.#trees.get(name) ?? (this.#base === undefined ? undefined : this.#base.#find(name));
  }

  /** For {@link Execution}: compiles on first use. */
  find(name: string): CompiledTemplate | undefined {
    const tree = this.#find(name);
    if (tree === undefined) return undefined;
    let template = compiled.get(tree);
    if (template === undefined) {
      template = compileTree(tree);
      compiled.set(tree, template);
    }
    return template;
  }
}
