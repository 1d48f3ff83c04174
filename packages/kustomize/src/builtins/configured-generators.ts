import { stringify } from "@sluice/yaml";
import { withPrefix } from "../errors.ts";
import { generateConfigMap, generateSecret, mergeGeneratorOptions } from "../generators/config-map.ts";
import type { Kustomization } from "../kustomization.ts";
import type { Origin } from "../origin.ts";
import type { Resource } from "../resource.ts";
import { helmRefused, type PluginPlace } from "./builtin-plugins.ts";

/** Makes one resource, and knows where that was asked for when the build tracks it. */
export interface TrackedGenerator {
  readonly generate: () => Resource;
  readonly origin: Origin | undefined;
}

/** The generators that a kustomization's own fields ask for, in the order in which they run. */
export function configuredGenerators(
  kustomization: Kustomization,
  { loader, factory }: PluginPlace,
  originOf: (kind: string) => Origin | undefined,
): TrackedGenerator[] {
  const { configMapGenerator = [], secretGenerator = [], generatorOptions, helmCharts = [] } = kustomization;
  const { openApi } = factory;
  const [chart] = helmCharts;
  if (chart !== undefined) {
    throw withPrefix(
      helmRefused(),
      `trouble configuring builtin HelmChartInflationGenerator with config: \`\n${stringify(chart)}\``,
    );
  }
  return [
    ...configMapGenerator.map((args) => {
      const options = mergeGeneratorOptions(args.options, generatorOptions);
      const complete = { ...args, ...(options !== undefined && { options }) };
      return { generate: () => generateConfigMap(loader, complete, openApi), origin: originOf("ConfigMapGenerator") };
    }),
    ...secretGenerator.map((args) => {
      const options = mergeGeneratorOptions(args.options, generatorOptions);
      const complete = { ...args, ...(options !== undefined && { options }) };
      return { generate: () => generateSecret(loader, complete, openApi), origin: originOf("SecretGenerator") };
    }),
  ];
}
