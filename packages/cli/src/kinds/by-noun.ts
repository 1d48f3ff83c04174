import { defineGroup } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { fluxKinds } from "./kinds.ts";
import type { FluxKind } from "./flux-kind.ts";

/** Whether a kind is a source, whose commands stand under `source`. */
export function isSource(kind: FluxKind): boolean {
  return kind.gvk.group === "source.toolkit.fluxcd.io";
}

/** One command per kind, as the nouns of a verb: `<verb> source git`, `<verb> kustomization`. */
export function commandsByNoun(verb: string, make: (kind: FluxKind) => Command): readonly Command[] {
  const sources = fluxKinds.filter(isSource).map(make);
  const appliers = fluxKinds.filter((kind) => !isSource(kind)).map(make);
  const group = defineGroup({ name: "source", summary: `${verb} sources`, commands: sources });
  return [group, ...appliers];
}
