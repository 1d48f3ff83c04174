import { KustomizeError, prefixErrors } from "../errors.ts";
import { formatResource } from "../format/format-resource.ts";
import { formatGvk } from "../gvk.ts";
import type { Origin } from "../origin.ts";
import { formatResId } from "../res-id.ts";
import type { Resource } from "../resource.ts";
import type { TrackedTransformer } from "../transformers/transformer.ts";
import { builtinGenerators, builtinTransformers, type PluginPlace } from "./builtin-plugins.ts";
import type { TrackedGenerator } from "./configured-generators.ts";

/** The generators that resources configure. Throws `PluginRefused` for what is not built in. */
export function externalGenerators(configs: readonly Resource[], place: PluginPlace): TrackedGenerator[] {
  return configs.map((config) =>
    prefixErrors("failed to load generator", () => {
      const configure = findBuiltin(config, builtinGenerators, builtinTransformers);
      if (configure === undefined) {
        throw new KustomizeError("InvalidGenerator", `plugin ${formatResId(config.originalId)} not a generator`);
      }
      return { generate: configured(config, () => configure(config, place)), origin: originOfPlugin(config) };
    }),
  );
}

/** The transformers and validators that resources configure. Throws `PluginRefused` for what is not built in. */
export function externalTransformers(configs: readonly Resource[], place: PluginPlace): TrackedTransformer[] {
  return configs.map((config) => {
    const configure = findBuiltin(config, builtinTransformers, builtinGenerators);
    if (configure === undefined) {
      throw new KustomizeError("InvalidTransformer", `plugin ${formatResId(config.originalId)} not a transformer`);
    }
    return { transform: configured(config, () => configure(config, place)), origin: originOfPlugin(config) };
  });
}

type Registry<Made> = ReadonlyMap<string, (config: Resource, place: PluginPlace) => Made>;

/** The built-in of a configuration's kind; `undefined` when it belongs to the other registry. Throws for all others. */
function findBuiltin<Made>(
  config: Resource,
  registry: Registry<Made>,
  other: Registry<unknown>,
): ((config: Resource, place: PluginPlace) => Made) | undefined {
  const { gvk } = config;
  if (gvk.group !== "" || gvk.version !== "builtin") {
    throw new KustomizeError(
      "PluginRefused",
      `external plugins disabled; unable to load external plugin '${config.originalId.kind}'`,
    );
  }
  const found = registry.get(gvk.kind);
  if (found !== undefined || other.has(gvk.kind)) return found;
  throw new KustomizeError("InvalidTransformer", `unable to load builtin ${formatGvk(gvk)}`);
}

function configured<Made>(config: Resource, configure: () => Made): Made {
  const id = formatResId(config.originalId);
  // Kustomize hands the configuration over as text, so it must have one.
  prefixErrors(`marshalling yaml from res ${id}`, () => formatResource(config.node));
  return prefixErrors(`plugin ${id} fails configuration`, configure);
}

function originOfPlugin(config: Resource): Origin | undefined {
  const { origin } = config;
  if (origin === undefined) return undefined;
  const { apiVersion, kind, name, namespace } = config;
  return {
    repo: origin.repo,
    ref: origin.ref,
    configuredIn: origin.path,
    configuredBy: { apiVersion, kind, name, namespace },
  };
}
