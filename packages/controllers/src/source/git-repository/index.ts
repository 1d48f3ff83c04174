export { addGitRepositoryController, type GitRepositoryControllerOptions } from "./add-git-repository-controller.ts";
export { GitRepositoryReconciler, type GitRepositoryReconcilerOptions } from "./git-repository-reconciler.ts";
