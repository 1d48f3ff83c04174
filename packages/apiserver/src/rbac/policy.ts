import { isObject, objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { User } from "../authn/user.ts";
import type { PolicyRule } from "./attributes.ts";

/** Reads the rules of a Role or ClusterRole. */
export function rulesOf(role: KubeObject | JsonObject): PolicyRule[] {
  return objectsAt(role, "rules").map((rule) => ({
    verbs: stringsAt(rule, "verbs"),
    apiGroups: stringsAt(rule, "apiGroups"),
    resources: stringsAt(rule, "resources"),
    resourceNames: stringsAt(rule, "resourceNames"),
    nonResourceURLs: stringsAt(rule, "nonResourceURLs"),
  }));
}

/** The role that a binding grants. */
export interface RoleRef {
  readonly kind: "Role" | "ClusterRole";
  readonly name: string;
}

export function roleRefOf(binding: KubeObject): RoleRef {
  const reference = objectAt(binding, "roleRef");
  return {
    kind: stringAt(reference, "kind") === "Role" ? "Role" : "ClusterRole",
    name: stringAt(reference, "name") ?? "",
  };
}

/** Whether a binding speaks of a user. ServiceAccounts without a namespace belong to the binding's. */
export function bindingApplies(binding: KubeObject, user: User): boolean {
  const { subjects } = binding;
  if (!Array.isArray(subjects)) return false;
  return subjects.filter(isObject).some((subject) => {
    const name = stringAt(subject, "name") ?? "";
    switch (stringAt(subject, "kind")) {
      case "User":
        return user.name === name;
      case "Group":
        return user.groups.includes(name);
      case "ServiceAccount": {
        const namespace = stringAt(subject, "namespace") ?? binding.metadata.namespace ?? "";
        return namespace !== "" && user.name === `system:serviceaccount:${namespace}:${name}`;
      }
      default:
        return false;
    }
  });
}
