/**
 * The Flux controllers: what watches sources and Kustomizations in a cluster and acts on them.
 * @packageDocumentation
 */
export {
  controllerNames,
  startControllers,
  type ControllerFlags,
  type ControllerName,
  type RunningControllers,
  type StartControllersOptions,
} from "./start-controllers.ts";
export { addKustomizationController, type KustomizationControllerOptions } from "./kustomization/index.ts";
export { addGitRepositoryController, type GitRepositoryControllerOptions } from "./source/git-repository/index.ts";
