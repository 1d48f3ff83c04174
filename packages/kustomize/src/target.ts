import { messageOf } from "@sluice/errors";
import { Accumulator } from "./accumulator.ts";
import type { BuildContext } from "./build-context.ts";
import { localConfigAnnotation } from "./build-annotations.ts";
import type { PluginPlace } from "./builtins/builtin-plugins.ts";
import { configuredGenerators } from "./builtins/configured-generators.ts";
import { configuredTransformers } from "./builtins/configured-transformers.ts";
import { externalGenerators, externalTransformers } from "./builtins/external-plugins.ts";
import { parseCrds } from "./crds.ts";
import { KustomizeError, prefixErrors, rephrase } from "./errors.ts";
import { formatList, quote } from "./go-format.ts";
import { formatResource } from "./format/format-resource.ts";
import { checkKind, type LoadedKustomization, loadKustomization } from "./load-kustomization.ts";
import type { NormalizedKustomization } from "./parse-kustomization.ts";
import type { Loader } from "./loader.ts";
import { appendOrigin, type Origin } from "./origin.ts";
import { checkMetadata, inFile, isMalformedYaml } from "./parse-resources.ts";
import { joinPath } from "./posix-path.ts";
import { resIdKey } from "./res-id.ts";
import { ResMap } from "./res-map.ts";
import type { Resource } from "./resource.ts";
import { emptyConfig, defaultConfig, mergeConfigs, parseConfig, type TransformerConfig } from "./transformer-config.ts";
import { addHashSuffixes } from "./transformers/hash-suffix.ts";
import { fixNameReferences } from "./transformers/name-reference.ts";
import { loadText } from "./transformers/patch.ts";
import type { TrackedTransformer } from "./transformers/transformer.ts";
import { assignVariables, formatWrittenVariable, readVariable, resolveVariables } from "./vars.ts";

/** Where a target stands in the build. */
interface TargetPlace {
  readonly depth: number;
  /** Set when the build tracks where things come from. */
  readonly origin: Origin | undefined;
  readonly buildMetadata: readonly string[] | undefined;
}

/** One directory with a kustomization, and how to carry it out. */
export class Target {
  readonly kustomization: NormalizedKustomization;
  readonly #fileName: string;
  readonly #loader: Loader;
  readonly #context: BuildContext;
  readonly #place: TargetPlace;

  private constructor(loader: Loader, context: BuildContext, place: TargetPlace, loaded: LoadedKustomization) {
    this.#loader = loader;
    this.#context = context;
    this.#place = place;
    this.kustomization = loaded.kustomization;
    this.#fileName = loaded.fileName;
  }

  /** Loads the kustomization that a build begins with. */
  static openRoot(loader: Loader, context: BuildContext): Target {
    const loaded = loadKustomization(loader, context);
    const { buildMetadata } = loaded.kustomization;
    const origin = buildMetadata === undefined || buildMetadata.length === 0 ? undefined : {};
    const target = new Target(loader, context, { depth: 0, origin, buildMetadata }, loaded);
    target.#chooseSchema(true);
    return target;
  }

  /** Everything that the kustomization asks for, hashes and references included. */
  build(): ResMap {
    const accumulated = new Accumulator();
    const result = this.#accumulate(accumulated);
    addHashSuffixes(result.resources);
    fixNameReferences(result.resources, result.config.nameReference);
    const unused = resolveVariables(result.resources, result.vars.variables, result.config.varReference);
    if (unused.length > 0) {
      this.#context.warn(`well-defined vars that were never replaced: ${unused.join(",")}`);
    }
    return dropLocal(result.resources);
  }

  #chooseSchema(isRoot: boolean): void {
    const { openapi } = this.kustomization;
    const path = openapi?.get("path");
    const document = path === undefined ? undefined : loadText(this.#loader, path);
    this.#context.openApi.choose({ version: openapi?.get("version"), document }, { isRoot });
  }

  #accumulate(into: Accumulator): Accumulator {
    const { kustomization } = this;
    prefixErrors("accumulating resources", () =>
      into.resources.whileIdsStay(() =>
        this.#accumulateResources(into, kustomization.resources ?? [], this.#place.origin),
      ),
    );
    into.config = mergeConfigs(into.config, this.#loadConfig());
    into.config = mergeConfigs(into.config, this.#loadCrds());
    this.#generate(into);
    const result = prefixErrors("accumulating components", () => this.#accumulateComponents(into));
    this.#transform(result);
    this.#validate(result);
    this.#mergeVariables(result);
    return result;
  }

  #accumulateResources(into: Accumulator, paths: readonly string[], origin: Origin | undefined): void {
    for (const path of paths) {
      const problem = catchProblem(() => this.#accumulateFile(into, path, origin));
      if (problem === undefined) continue;
      if (problem.code === "LimitExceeded" || problem.code === "RemoteRefused") throw problem;
      const prefix = `accumulation err='${problem.message}'`;
      let loader: Loader;
      try {
        loader = this.#loader.descend(path);
      } catch (thrown) {
        if (isMalformedYaml(problem)) throw problem;
        const place = thrown instanceof KustomizeError && thrown.code === "NotADirectory" ? problem : thrown;
        throw rephrase(place, `${prefix}: ${messageOf(thrown)}`);
      }
      prefixErrors(prefix, () => mergeFrom(into, loader, this.#accumulateDirectory(loader, path, origin, undefined)), {
        file: loader.root,
      });
    }
  }

  #accumulateFile(into: Accumulator, path: string, origin: Origin | undefined): void {
    const place = joinPath(this.#loader.root, path);
    const resources = prefixErrors(
      `accumulating resources from '${path}'`,
      () => {
        const text = loadText(this.#loader, path);
        const parsed = inFile(path, () => this.#context.factory.parse(text));
        new ResMap().appendAll(parsed);
        return parsed;
      },
      { file: place },
    );
    if (origin !== undefined) {
      for (const resource of resources) resource.setOrigin(appendOrigin(origin, path));
    }
    prefixErrors(`merging resources from '${path}'`, () => into.resources.appendAll(resources), { file: place });
  }

  #accumulateComponents(into: Accumulator): Accumulator {
    let current = into;
    for (const path of this.kustomization.components ?? []) {
      let loader: Loader;
      try {
        loader = this.#loader.descend(path);
      } catch (thrown) {
        throw rephrase(thrown, `loader.New ${quote(messageOf(thrown))}`);
      }
      try {
        const result = this.#accumulateDirectory(loader, path, this.#place.origin, current);
        current = new Accumulator();
        mergeFrom(current, loader, result);
      } catch (thrown) {
        throw rephrase(thrown, `accumulateDirectory: ${quote(messageOf(thrown))}`, { file: loader.root });
      }
    }
    return current;
  }

  /** Carries out another directory: by itself, or as a component on what has been accumulated so far. */
  #accumulateDirectory(
    loader: Loader,
    path: string,
    origin: Origin | undefined,
    component: Accumulator | undefined,
  ): Accumulator {
    const depth = this.#place.depth + 1;
    if (depth > this.#context.maxDepth) {
      throw new KustomizeError(
        "LimitExceeded",
        `kustomizations are nested deeper than ${this.#context.maxDepth} levels`,
        {
          file: loader.root,
        },
      );
    }
    const loaded = prefixErrors(
      `couldn't make target for path '${loader.root}'`,
      () => loadKustomization(loader, this.#context),
      {
        file: loader.root,
      },
    );
    const place = {
      depth,
      origin: origin === undefined ? undefined : appendOrigin(origin, path),
      buildMetadata: this.#place.buildMetadata,
    };
    const target = new Target(loader, this.#context, place, loaded);
    target.#chooseSchema(false);
    checkKind(target.kustomization.kind, loader.root, component !== undefined);
    return prefixErrors(
      `recursed accumulation of path '${loader.root}'`,
      () => target.#accumulate(component ?? new Accumulator()),
      { file: loader.root },
    );
  }

  #loadConfig(): TransformerConfig {
    const paths = this.kustomization.configurations ?? [];
    let own = emptyConfig;
    for (const path of paths) own = mergeConfigs(own, parseConfig(loadText(this.#loader, path)));
    return mergeConfigs(defaultConfig, own);
  }

  #loadCrds(): TransformerConfig {
    const paths = this.kustomization.crds ?? [];
    return prefixErrors(`loading CRDs ${formatList(paths)}`, () => {
      let config = emptyConfig;
      for (const path of paths) config = mergeConfigs(config, parseCrds(loadText(this.#loader, path), path));
      return config;
    });
  }

  get #pluginPlace(): PluginPlace {
    return { loader: this.#loader, factory: this.#context.factory };
  }

  /** What the generators and transformers of this file are tracked as. */
  #originOf(kind: string): Origin | undefined {
    const { origin } = this.#place;
    if (origin === undefined) return undefined;
    return {
      repo: origin.repo,
      ref: origin.ref,
      configuredIn: joinPath(origin.path ?? "", this.#fileName),
      configuredBy: { apiVersion: "builtin", kind },
    };
  }

  #generate(into: Accumulator): void {
    const generators = [
      ...configuredGenerators(this.kustomization, this.#pluginPlace, (kind) => this.#originOf(kind)),
      ...prefixErrors("loading generator plugins", () =>
        externalGenerators(this.#pluginConfigs(this.kustomization.generators ?? [], "generator"), this.#pluginPlace),
      ),
    ];
    for (const { generate, origin } of generators) {
      const resource = generate();
      if (origin !== undefined && resource.origin === undefined) resource.setOrigin(origin);
      prefixErrors(`merging from generator ${dumpGenerator(origin)}`, () => into.resources.absorbAll([resource]), {
        file: joinPath(this.#loader.root, this.#fileName),
      });
    }
  }

  #externalTransformers(entries: readonly string[] | undefined): TrackedTransformer[] {
    return externalTransformers(this.#pluginConfigs(entries ?? [], "transformer"), this.#pluginPlace);
  }

  /** The resources that configure plugins: written in the kustomization, in files, or made by other directories. */
  #pluginConfigs(entries: readonly string[], what: string): readonly Resource[] {
    const found = new Accumulator();
    const paths: string[] = [];
    for (const entry of entries) {
      const inline = this.#parseInline(entry);
      if (inline === undefined) {
        paths.push(entry);
        continue;
      }
      const { origin } = this.#place;
      if (origin !== undefined) for (const each of inline) each.setOrigin(appendOrigin(origin, this.#fileName));
      prefixErrors(`configuring external ${what}`, () => found.resources.appendAll(inline));
    }
    this.#accumulateResources(found, paths, this.#place.origin);
    return found.resources.resources;
  }

  #parseInline(entry: string): Resource[] | undefined {
    try {
      return this.#context.factory.parse(entry);
    } catch (thrown) {
      if (thrown instanceof KustomizeError && thrown.code !== "LimitExceeded") return undefined;
      throw thrown;
    }
  }

  #transform({ resources, config }: Accumulator): void {
    const transformers = [
      ...configuredTransformers(this.kustomization, config, this.#pluginPlace, (kind) => this.#originOf(kind)),
      ...this.#externalTransformers(this.kustomization.transformers),
    ];
    for (const { transform, origin } of transformers) {
      transform(resources);
      if (origin !== undefined) resources.addTransformation(origin);
      resources.dropEmpties();
    }
  }

  #validate({ resources }: Accumulator): void {
    for (const { transform } of this.#externalTransformers(this.kustomization.validators)) {
      const before = snapshot(resources);
      transform(resources);
      if (before !== snapshot(resources)) {
        throw new KustomizeError("InvalidTransformer", "validator shouldn't modify the resource map", {
          field: "validators",
        });
      }
    }
  }

  #mergeVariables({ resources, vars }: Accumulator): void {
    const variables = (this.kustomization.vars ?? []).map(readVariable);
    prefixErrors(`merging vars ${formatList(variables.map(formatWrittenVariable))}`, () => {
      assignVariables(resources, variables);
      vars.merge(variables);
    });
  }
}

function mergeFrom(into: Accumulator, loader: Loader, result: Accumulator): void {
  prefixErrors(`recursed merging from path '${loader.root}'`, () => into.merge(result));
}

function catchProblem(run: () => void): KustomizeError | undefined {
  try {
    run();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof KustomizeError) return thrown;
    throw thrown;
  }
}

/** The build configures itself with some resources; they do not come out. */
function dropLocal(resources: ResMap): ResMap {
  const kept = resources.resources.filter((resource) => {
    if (resource.isEmpty) return false;
    checkMetadata(resource.node);
    const local = resource.annotation(localConfigAnnotation);
    return local === undefined || local === "false";
  });
  return new ResMap(kept);
}

/** Kustomize prints the address of the generator; any will do. */
function dumpGenerator(origin: Origin | undefined): string {
  return `&{0xc000000000 ${origin === undefined ? "<nil>" : "0xc000000000"}}`;
}

function snapshot(resources: ResMap): string {
  return resources.resources.map((each) => `${resIdKey(each.currentId)}\n${formatResource(each.node)}`).join("---\n");
}
