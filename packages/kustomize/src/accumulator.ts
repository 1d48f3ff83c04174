import { ResMap } from "./res-map.ts";
import { emptyConfig, mergeConfigs, type TransformerConfig } from "./transformer-config.ts";
import { VarSet } from "./vars.ts";

/** What has come together while the kustomizations of a build are gone through. */
export class Accumulator {
  readonly resources: ResMap = new ResMap();
  readonly vars: VarSet = new VarSet();
  config: TransformerConfig = emptyConfig;

  /** Takes over what a base has accumulated. Throws `DuplicateID` and `InvalidVariable`. */
  merge(other: Accumulator): void {
    this.resources.appendAll(other.resources.resources);
    this.config = mergeConfigs(this.config, other.config);
    this.vars.merge(other.vars.variables);
  }
}
