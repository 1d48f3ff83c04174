import type { Command } from "../../program/command.ts";
import { defineGroup } from "../../program/command.ts";
import { build } from "./build.ts";

/** What `kustomize` does, without it. */
export const kustomize: Command = defineGroup({
  name: "kustomize",
  summary: "Build kustomizations as the kustomize command does",
  commands: [build],
});
