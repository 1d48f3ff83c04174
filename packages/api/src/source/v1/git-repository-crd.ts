import type { CustomResourceDefinition, JsonSchema } from "../../meta/custom-resource-definition.ts";
import { ageColumn, defineFluxKind, readyColumns } from "../../meta/flux-definition.ts";
import { artifactSchema, conditionSchema, durationPattern, localReferenceSchema } from "../../meta/schemas.ts";
import { sourceGroup } from "./conditions.ts";

const includeSchema: JsonSchema = {
  description: "Copies (part of) another GitRepository's artifact.",
  type: "object",
  properties: {
    fromPath: { description: "What to copy. Default: the root of the artifact.", type: "string" },
    repository: localReferenceSchema("The GitRepository to copy from."),
    toPath: { description: "Where to copy it. Default: the name of the repository.", type: "string" },
  },
  required: ["repository"],
};

const refSchema: JsonSchema = {
  description: "Which commit to take. Default: the head of the branch `master`.",
  type: "object",
  properties: {
    branch: { description: "Take the head of this branch.", type: "string" },
    commit: {
      description: "Take this commit. It wins over all others; with `branch`, only that branch is fetched.",
      type: "string",
    },
    name: {
      description:
        "Take what this full reference points to, as in `refs/pull/420/head`. It wins over branch, tag and semver.",
      type: "string",
    },
    semver: { description: "Take the highest tag in this range. It wins over tag.", type: "string" },
    tag: { description: "Take this tag. It wins over branch.", type: "string" },
  },
};

const verifySchema: JsonSchema = {
  description: "Which signatures must be valid before an artifact is made.",
  type: "object",
  properties: {
    mode: {
      description: "What has to be signed.",
      type: "string",
      default: "HEAD",
      enum: ["head", "HEAD", "Tag", "TagAndHEAD"],
    },
    secretRef: localReferenceSchema("The Secret with the public keys of trusted authors."),
  },
  required: ["secretRef"],
};

const specSchema: JsonSchema = {
  description: "What to fetch, from where and how often.",
  type: "object",
  properties: {
    ignore: { description: "Patterns as in .gitignore; what they match is left out of the artifact.", type: "string" },
    include: {
      description: "Other GitRepositories whose artifacts become part of this one's.",
      type: "array",
      items: includeSchema,
    },
    interval: { description: "How often to ask the remote for news.", type: "string", pattern: durationPattern },
    provider: {
      description: "Where credentials come from. Default: `generic`, the Secret alone.",
      type: "string",
      enum: ["generic", "aws", "azure", "github"],
    },
    proxySecretRef: localReferenceSchema("The Secret with the proxy's address and credentials."),
    recurseSubmodules: {
      description: "Whether submodules are fetched too, with the same credentials.",
      type: "boolean",
    },
    ref: refSchema,
    secretRef: localReferenceSchema("The Secret with the credentials for the remote."),
    serviceAccountName: {
      description: "The ServiceAccount to authenticate as, for `aws` and `azure`.",
      type: "string",
    },
    sparseCheckout: {
      description: "Directories to take. Default: all.",
      type: "array",
      items: { type: "string" },
    },
    suspend: { description: "Stops reconciliation; the last artifact stays available.", type: "boolean" },
    timeout: {
      description: "Time limit for one Git operation.",
      type: "string",
      default: "60s",
      pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m))+$",
    },
    url: { description: "The remote, over HTTP(S) or SSH.", type: "string", pattern: "^(http|https|ssh)://.*$" },
    verify: verifySchema,
  },
  required: ["interval", "url"],
  "x-kubernetes-validations": [
    {
      message: "serviceAccountName can only be set when provider is 'azure' or 'aws'",
      rule: "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))",
    },
  ],
};

const statusSchema: JsonSchema = {
  description: "What was found and stored.",
  type: "object",
  default: { observedGeneration: -1 },
  properties: {
    artifact: artifactSchema,
    conditions: { description: "The state, fact by fact.", type: "array", items: conditionSchema },
    includedArtifacts: {
      description: "The artifacts that the present one includes, in the order of `spec.include`.",
      type: "array",
      items: artifactSchema,
    },
    lastHandledReconcileAt: { description: "The last request to reconcile that was handled.", type: "string" },
    observedGeneration: { description: "The last generation that was handled.", type: "integer", format: "int64" },
    observedIgnore: { description: "The `ignore` of the present artifact.", type: "string" },
    observedInclude: { description: "The `include` of the present artifact.", type: "array", items: includeSchema },
    observedRecurseSubmodules: { description: "The `recurseSubmodules` of the present artifact.", type: "boolean" },
    observedSparseCheckout: {
      description: "The `sparseCheckout` of the present artifact.",
      type: "array",
      items: { type: "string" },
    },
    sourceVerificationMode: { description: "Which signatures were checked.", type: "string" },
  },
};

/**
 * The definition of GitRepository, equal in structure to that of source-controller 1.9. `v1beta2` is served because
 * manifests in the field still use it; fields that it alone had (`gitImplementation`, `accessFrom`) had no effect there
 * either and are pruned.
 */
export const gitRepositoryCrd: CustomResourceDefinition = defineFluxKind({
  group: sourceGroup,
  kind: "GitRepository",
  plural: "gitrepositories",
  singular: "gitrepository",
  shortNames: ["gitrepo"],
  category: "fluxcd-sources",
  description: "A branch, tag or commit of a Git repository, kept as an artifact.",
  version: "v1",
  olderVersions: ["v1beta2"],
  columns: [{ name: "URL", type: "string", jsonPath: ".spec.url" }, ageColumn, ...readyColumns],
  spec: specSchema,
  status: statusSchema,
});
