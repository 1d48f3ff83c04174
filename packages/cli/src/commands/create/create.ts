import { defineGroup } from "../../program/command.ts";
import type { Command } from "../../program/command.ts";
import { createFlags } from "./create-flags.ts";
import { createKustomization } from "./kustomization.ts";
import { createSourceFlags, createSourceGit } from "./source-git.ts";

export const create: Command = defineGroup({
  name: "create",
  summary: "Create or update sources and resources",
  description: "Creates or updates sources and resources, or prints them as YAML for Git.",
  persistentFlags: createFlags,
  commands: [
    createKustomization,
    defineGroup({
      name: "source",
      summary: "Create or update sources",
      persistentFlags: createSourceFlags,
      commands: [createSourceGit],
    }),
  ],
});
