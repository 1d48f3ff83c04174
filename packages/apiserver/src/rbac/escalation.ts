import { quote } from "../errors/field-errors.ts";
import { forbidden, notFound } from "../errors/status-errors.ts";
import { equalJson } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceDefinition } from "../registry/resource-definition.ts";
import type { PolicyRule } from "./attributes.ts";
import type { Authorizer } from "./authorizer.ts";
import { roleRefOf, rulesOf } from "./policy.ts";

const group = "rbac.authorization.k8s.io";

/** Refuses roles and bindings that would give somebody more than the writer has. Throws a 403. */
export function checkEscalation(
  definition: ResourceDefinition,
  object: KubeObject,
  old: KubeObject | undefined,
  context: RequestContext,
  authorizer: Authorizer,
): void {
  if (definition.group !== group || context.user.groups.includes("system:masters")) return;
  if (definition.resource === "roles" || definition.resource === "clusterroles") {
    checkRole(definition, object, old, context, authorizer);
  } else checkBinding(definition, object, old, context, authorizer);
}

function checkRole(
  definition: ResourceDefinition,
  role: KubeObject,
  old: KubeObject | undefined,
  context: RequestContext,
  authorizer: Authorizer,
): void {
  // What the role says already is nobody's fault now.
  if (old !== undefined && equalJson(old["rules"], role["rules"])) return;
  const { namespace = "", name } = role.metadata;
  const attributes = {
    kind: "resource",
    user: context.user,
    group,
    resource: definition.resource,
    subresource: "",
    namespace,
    name,
  } as const;
  if (authorizer.decide({ ...attributes, verb: "escalate" }).allowed) return;
  requireRules(definition, name, rulesOf(role), { namespace, context, authorizer });
}

function checkBinding(
  definition: ResourceDefinition,
  binding: KubeObject,
  old: KubeObject | undefined,
  context: RequestContext,
  authorizer: Authorizer,
): void {
  if (
    old !== undefined &&
    equalJson(old["subjects"], binding["subjects"]) &&
    equalJson(old["roleRef"], binding["roleRef"])
  )
    return;
  const { namespace = "", name } = binding.metadata;
  const reference = roleRefOf(binding);
  const resource = reference.kind === "ClusterRole" ? "clusterroles" : "roles";
  const attributes = {
    kind: "resource",
    user: context.user,
    group,
    resource,
    subresource: "",
    namespace,
    name: reference.name,
  } as const;
  if (authorizer.decide({ ...attributes, verb: "bind" }).allowed) return;
  const role = authorizer.findRole(reference, namespace);
  if (role === undefined) throw notFound({ group, resource }, reference.name);
  requireRules(definition, name, rulesOf(role), { namespace, context, authorizer });
}

interface Holder {
  readonly namespace: string;
  readonly context: RequestContext;
  readonly authorizer: Authorizer;
}

function requireRules(
  definition: ResourceDefinition,
  name: string,
  wanted: readonly PolicyRule[],
  { namespace, context, authorizer }: Holder,
): void {
  const held = authorizer.rulesFor(context.user, namespace);
  const missing = wanted.flatMap(split).filter((rule) => !held.some((owner) => covers(owner, rule)));
  if (missing.length === 0) return;
  const { user } = context;
  const groups = `[${user.groups.map(quote).join(" ")}]`;
  const list = compact(missing).map(formatRule).join("\n");
  throw forbidden(
    definition,
    name,
    `user ${quote(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${list}`,
  );
}

/** A rule as many rules that each speak of one verb, one group, one resource and one name. */
function split(rule: PolicyRule): PolicyRule[] {
  const names = rule.resourceNames.length === 0 ? [[]] : rule.resourceNames.map((name) => [name]);
  return rule.verbs.flatMap((verb) => [
    ...rule.nonResourceURLs.map((url) => ({
      verbs: [verb],
      apiGroups: [],
      resources: [],
      resourceNames: [],
      nonResourceURLs: [url],
    })),
    ...rule.apiGroups.flatMap((apiGroup) =>
      rule.resources.flatMap((resource) =>
        names.map((resourceNames) => ({
          verbs: [verb],
          apiGroups: [apiGroup],
          resources: [resource],
          resourceNames,
          nonResourceURLs: [],
        })),
      ),
    ),
  ]);
}

function covers(
  owner: PolicyRule,
  { verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule,
): boolean {
  const includes = (list: readonly string[], wanted: string | undefined): boolean =>
    wanted !== undefined && (list.includes("*") || list.includes(wanted));
  if (!includes(owner.verbs, verbs[0])) return false;
  const [url] = nonResourceURLs;
  if (url !== undefined) {
    return owner.nonResourceURLs.some(
      (each) => each === url || (each.endsWith("*") && url.startsWith(each.slice(0, -1))),
    );
  }
  const resource = resources[0] ?? "";
  const subresource = resource.includes("/") ? `*/${resource.slice(resource.indexOf("/") + 1)}` : undefined;
  return (
    includes(owner.apiGroups, apiGroups[0]) &&
    (includes(owner.resources, resource) || (subresource !== undefined && owner.resources.includes(subresource))) &&
    (owner.resourceNames.length === 0 ||
      (resourceNames[0] !== undefined && owner.resourceNames.includes(resourceNames[0])))
  );
}

/** Joins rules that differ in their verb only. */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const key = JSON.stringify({ ...rule, verbs: [] });
    const known = joined.get(key);
    joined.set(key, known === undefined ? rule : { ...known, verbs: [...known.verbs, ...rule.verbs] });
  }
  return [...joined.values()];
}

function formatRule({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string {
  const list = (values: readonly string[]): string => `[${values.map(quote).join(" ")}]`;
  const parts = [
    ...(apiGroups.length > 0 ? [`APIGroups:${list(apiGroups)}`] : []),
    ...(resources.length > 0 ? [`Resources:${list(resources)}`] : []),
    ...(resourceNames.length > 0 ? [`ResourceNames:${list(resourceNames)}`] : []),
    ...(nonResourceURLs.length > 0 ? [`NonResourceURLs:${list(nonResourceURLs)}`] : []),
    `Verbs:${list(verbs)}`,
  ];
  return `{${parts.join(", ")}}`;
}
