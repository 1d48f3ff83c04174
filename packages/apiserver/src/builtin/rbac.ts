import type { FieldErrors } from "../errors/field-errors.ts";
import {
  equalJson,
  isObject,
  objectAt,
  objectsAt,
  setDefaultString,
  stringAt,
  stringsAt,
  type Json,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { isPathSegment, nameCheck } from "../validation/names.ts";
import type { StrategyOverrides } from "./strategy.ts";

const rbacGroup = "rbac.authorization.k8s.io";
const anyName = nameCheck(isPathSegment);

function validateRules(role: KubeObject, errors: FieldErrors): void {
  const isNamespaced = role.kind === "Role";
  for (const [index, rule] of objectsAt(role, "rules").entries()) {
    const field = `rules[${index}]`;
    if (stringsAt(rule, "verbs").length === 0)
      errors.required(`${field}.verbs`, "verbs must contain at least one value");
    const urls = stringsAt(rule, "nonResourceURLs");
    if (urls.length > 0) {
      if (isNamespaced)
        errors.invalid(`${field}.nonResourceURLs`, urls, "namespaced rules cannot apply to non-resource URLs");
      if (stringsAt(rule, "apiGroups").length + stringsAt(rule, "resources").length > 0) {
        errors.invalid(
          `${field}.nonResourceURLs`,
          urls,
          "rules cannot apply to both regular resources and non-resource URLs",
        );
      }
      continue;
    }
    if (stringsAt(rule, "apiGroups").length === 0) {
      errors.required(`${field}.apiGroups`, "resource rules must supply at least one api group");
    }
    if (stringsAt(rule, "resources").length === 0) {
      errors.required(`${field}.resources`, "resource rules must supply at least one resource");
    }
  }
}

export const roleStrategy: StrategyOverrides = {
  validateName: anyName,
  allowCreateOnUpdate: true,
  validate: validateRules,
  validateUpdate: (role, _old, errors) => validateRules(role, errors),
};

function validateBinding(binding: KubeObject, errors: FieldErrors): void {
  const reference = objectAt(binding, "roleRef") ?? {};
  const group = stringAt(reference, "apiGroup") ?? "";
  if (group !== rbacGroup) errors.notSupported("roleRef.apiGroup", group, [rbacGroup]);
  const kinds = binding.kind === "ClusterRoleBinding" ? ["ClusterRole"] : ["Role", "ClusterRole"];
  const kind = stringAt(reference, "kind") ?? "";
  if (!kinds.includes(kind)) errors.notSupported("roleRef.kind", kind, kinds);
  const name = stringAt(reference, "name") ?? "";
  if (name === "") errors.required("roleRef.name");
  else for (const error of isPathSegment(name)) errors.invalid("roleRef.name", name, error);
  for (const [index, subject] of objectsAt(binding, "subjects").entries()) {
    const field = `subjects[${index}]`;
    if ((stringAt(subject, "name") ?? "") === "") errors.required(`${field}.name`);
    const subjectKind = stringAt(subject, "kind") ?? "";
    const known = ["ServiceAccount", "User", "Group"];
    if (!known.includes(subjectKind)) errors.notSupported(`${field}.kind`, subjectKind, known);
    if (
      subjectKind === "ServiceAccount" &&
      binding.kind === "ClusterRoleBinding" &&
      (stringAt(subject, "namespace") ?? "") === ""
    ) {
      errors.required(`${field}.namespace`);
    }
  }
}

/** The real server shows its internal type here, which has no JSON names. */
function internalRoleRef(binding: KubeObject): Json {
  const reference = objectAt(binding, "roleRef");
  const text = (member: string): string => stringAt(reference, member) ?? "";
  return { APIGroup: text("apiGroup"), Kind: text("kind"), Name: text("name") };
}

export const bindingStrategy: StrategyOverrides = {
  validateName: anyName,
  allowCreateOnUpdate: true,
  default: (binding) => {
    const reference = binding["roleRef"];
    if (isObject(reference)) setDefaultString(reference, "apiGroup", rbacGroup);
    for (const subject of objectsAt(binding, "subjects")) {
      if (subject["kind"] === "User" || subject["kind"] === "Group") setDefaultString(subject, "apiGroup", rbacGroup);
    }
  },
  validate: validateBinding,
  validateUpdate: (binding, old, errors) => {
    validateBinding(binding, errors);
    if (!equalJson(binding["roleRef"], old["roleRef"]))
      errors.invalid("roleRef", internalRoleRef(binding), "cannot change roleRef");
  },
};
