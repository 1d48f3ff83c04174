import type { StatusError } from "@sluice/api";
import { quote } from "../errors/field-errors.ts";
import { forbidden, statusError } from "../errors/status-errors.ts";
import type { KubeObject } from "../json/object.ts";
import type { Collection } from "../storage/collection.ts";
import type { Store } from "../storage/store.ts";
import type { User } from "../authn/user.ts";
import { ruleAllows, type Attributes, type PolicyRule } from "./attributes.ts";
import { bindingApplies, roleRefOf, rulesOf, type RoleRef } from "./policy.ts";

/** The answer to a question of permission. */
export interface Decision {
  readonly allowed: boolean;
  /** Why not, or by which binding. */
  readonly reason: string;
}

const group = "rbac.authorization.k8s.io";

/** Decides who may do what, by the roles and bindings in the store. Members of `system:masters` may do everything. */
export class Authorizer {
  readonly #roles: Collection;
  readonly #clusterRoles: Collection;
  readonly #roleBindings: Collection;
  readonly #clusterRoleBindings: Collection;
  readonly #grants = new Map<string, Grants>();

  constructor(store: Store) {
    this.#roles = store.collection(`${group}/roles`);
    this.#clusterRoles = store.collection(`${group}/clusterroles`);
    this.#roleBindings = store.collection(`${group}/rolebindings`);
    this.#clusterRoleBindings = store.collection(`${group}/clusterrolebindings`);
    for (const collection of [this.#roles, this.#clusterRoles, this.#roleBindings, this.#clusterRoleBindings]) {
      // What was worked out for users holds until any policy changes.
      collection.subscribe(() => this.#grants.clear());
    }
  }

  decide(attributes: Attributes): Decision {
    if (attributes.user.groups.includes("system:masters")) return { allowed: true, reason: "" };
    const namespace = attributes.kind === "resource" ? attributes.namespace : "";
    const { rules, problems } = this.#grantsFor(attributes.user, namespace);
    if (rules.some((rule) => ruleAllows(rule, attributes))) return { allowed: true, reason: "" };
    const reason =
      problems.length === 0 ? "" : `RBAC: ${problems.length === 1 ? (problems[0] ?? "") : `[${problems.join(", ")}]`}`;
    return { allowed: false, reason };
  }

  /** Throws a 403 when it is not allowed. */
  require(attributes: Attributes): void {
    const { allowed, reason } = this.decide(attributes);
    if (!allowed) throw refusal(attributes, reason);
  }

  /** Every rule that a user has in a namespace (`""`: cluster-wide only). */
  rulesFor(user: User, namespace: string): readonly PolicyRule[] {
    if (user.groups.includes("system:masters")) return everything;
    return this.#grantsFor(user, namespace).rules;
  }

  #grantsFor(user: User, namespace: string): Grants {
    const key = JSON.stringify([user.name, user.groups, namespace]);
    let grants = this.#grants.get(key);
    if (grants === undefined) {
      // Forgetting everything now and then bounds what strangers can make us remember.
      if (this.#grants.size > 10_000) this.#grants.clear();
      grants = this.#collect(user, namespace);
      this.#grants.set(key, grants);
    }
    return grants;
  }

  #collect(user: User, namespace: string): Grants {
    const rules: PolicyRule[] = [];
    const problems: string[] = [];
    const grant = (binding: KubeObject): void => {
      if (!bindingApplies(binding, user)) return;
      const reference = roleRefOf(binding);
      const role = this.findRole(reference, binding.metadata.namespace ?? "");
      if (role === undefined) {
        problems.push(`${reference.kind.toLowerCase()}.${group} ${quote(reference.name)} not found`);
      } else rules.push(...rulesOf(role));
    };
    for (const { object } of this.#clusterRoleBindings.list("")) grant(object);
    if (namespace !== "") for (const { object } of this.#roleBindings.list(`${namespace}/`)) grant(object);
    return { rules, problems };
  }

  /** The role that a binding in a namespace refers to. */
  findRole({ kind, name }: RoleRef, namespace: string): KubeObject | undefined {
    const stored = kind === "ClusterRole" ? this.#clusterRoles.find(name) : this.#roles.find(`${namespace}/${name}`);
    return stored?.object;
  }
}

interface Grants {
  readonly rules: readonly PolicyRule[];
  readonly problems: readonly string[];
}

const everything: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: [], nonResourceURLs: [] },
  { verbs: ["*"], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ["*"] },
];

function refusal(attributes: Attributes, reason: string): StatusError {
  const user = quote(attributes.user.name);
  const tail = reason === "" ? "" : `: ${reason}`;
  if (attributes.kind === "path") {
    const why = `User ${user} cannot ${attributes.verb} path ${quote(attributes.path)}${tail}`;
    return statusError(403, "Forbidden", `forbidden: ${why}`, {});
  }
  const { group: apiGroup, resource, subresource, namespace, name, verb } = attributes;
  const full = subresource === "" ? resource : `${resource}/${subresource}`;
  const scope = namespace === "" ? "at the cluster scope" : `in the namespace ${quote(namespace)}`;
  const why = `User ${user} cannot ${verb} resource ${quote(full)} in API group ${quote(apiGroup)} ${scope}${tail}`;
  return forbidden({ group: apiGroup, resource }, name, why);
}
