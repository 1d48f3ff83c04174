import type { StrategyOverrides } from "../builtin/strategy.ts";
import { ensureObject, objectAt, stringsAt } from "../json/json.ts";
import { isDns1123Label, nameCheck } from "../validation/names.ts";

export const namespaceFinalizer = "kubernetes";
const nameLabel = "kubernetes.io/metadata.name";

/** How Namespaces are stored: each holds itself by a finalizer until it is empty. */
export const namespaceStrategy: StrategyOverrides = {
  validateName: nameCheck(isDns1123Label),
  hasStatus: true,
  default: (namespace) => {
    namespace.metadata.labels = { ...namespace.metadata.labels, [nameLabel]: namespace.metadata.name };
  },
  prepareForCreate: (namespace) => {
    namespace["status"] = { phase: "Active" };
    const spec = ensureObject(namespace, "spec");
    const finalizers = stringsAt(spec, "finalizers");
    if (!finalizers.includes(namespaceFinalizer)) spec["finalizers"] = [...finalizers, namespaceFinalizer];
  },
  prepareForUpdate: (namespace, old, { subresource }) => {
    if (subresource === "finalize") {
      // Only the finalizers are open to this endpoint.
      if (old["status"] !== undefined) namespace["status"] = old["status"];
      return;
    }
    const finalizers = stringsAt(old, "spec", "finalizers");
    const spec = { ...objectAt(namespace, "spec") };
    if (finalizers.length === 0) delete spec["finalizers"];
    else spec["finalizers"] = finalizers;
    namespace["spec"] = spec;
  },
  prepareForDeletion: (namespace) => {
    delete namespace.metadata.deletionGracePeriodSeconds;
    namespace["status"] = { ...objectAt(namespace, "status"), phase: "Terminating" };
  },
};
