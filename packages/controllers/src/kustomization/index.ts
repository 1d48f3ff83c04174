export { addKustomizationController, type KustomizationControllerOptions } from "./add-kustomization-controller.ts";
export type { FetchArtifact } from "./artifact-files.ts";
export type { KustomizationPolicy } from "./reconciler-options.ts";
