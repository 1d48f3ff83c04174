import type { User } from "../authn/user.ts";
import { FieldErrors, invalidObject } from "../errors/field-errors.ts";
import { badRequest } from "../errors/status-errors.ts";
import { decodeObject, readBody } from "../http/body.ts";
import { sendJson } from "../http/exchange.ts";
import { isObject, objectAt, stringAt, stringsAt, type JsonObject } from "../json/json.ts";
import type { Attributes, PolicyRule } from "../rbac/attributes.ts";
import type { Authorizer } from "../rbac/authorizer.ts";
import type { ResourceExchange } from "./resource-exchange.ts";
import { userInfo } from "./tokens.ts";

/** Answers the reviews of `authorization.k8s.io` and the one that asks who one is. */
export async function answerReview(exchange: ResourceExchange, authorizer: Authorizer): Promise<void> {
  const { store, request, user } = exchange;
  const body = decodeObject(await readBody(request), request.headers["content-type"]);
  const spec = objectAt(body, "spec") ?? {};
  const answer = (status: JsonObject): void => {
    const { kind } = store.definition;
    const metadata = objectAt(body, "metadata") ?? {};
    sendJson(exchange, 201, { kind, apiVersion: store.version.apiVersion, metadata, spec, status });
  };
  switch (store.definition.resource) {
    case "selfsubjectreviews":
      answer({ userInfo: userInfo(user) });
      return;
    case "selfsubjectaccessreviews":
      answer(decide(authorizer, spec, user, store.definition.kind));
      return;
    case "subjectaccessreviews":
      answer(decide(authorizer, spec, subjectOf(spec, store.definition.kind), store.definition.kind));
      return;
    case "localsubjectaccessreviews": {
      const namespace = stringAt(spec, "resourceAttributes", "namespace") ?? "";
      if (namespace !== exchange.info.namespace) {
        throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${exchange.info.namespace}`);
      }
      answer(decide(authorizer, spec, subjectOf(spec, store.definition.kind), store.definition.kind));
      return;
    }
    case "selfsubjectrulesreviews": {
      const namespace = stringAt(spec, "namespace") ?? "";
      if (namespace === "") throw badRequest("no namespace on request");
      answer(rulesStatus(authorizer.rulesFor(user, namespace)));
      return;
    }
    default:
      throw badRequest(`${store.definition.resource} cannot be reviewed`);
  }
}

function subjectOf(spec: JsonObject, kind: string): User {
  const name = stringAt(spec, "user") ?? "";
  const groups = stringsAt(spec, "groups");
  if (name === "" && groups.length === 0) {
    const errors = new FieldErrors();
    errors.invalid("spec.user", "", "at least one of user or group must be specified");
    throw invalidObject({ group: "authorization.k8s.io", kind }, "", errors.list);
  }
  return { name, groups };
}

function decide(authorizer: Authorizer, spec: JsonObject, user: User, kind: string): JsonObject {
  const { allowed, reason } = authorizer.decide(attributesOf(spec, user, kind));
  return { allowed, ...(reason === "" ? {} : { reason }) };
}

function attributesOf(spec: JsonObject, user: User, kind: string): Attributes {
  const resource = spec["resourceAttributes"];
  const path = spec["nonResourceAttributes"];
  if (isObject(resource) === isObject(path)) {
    const errors = new FieldErrors();
    const both = isObject(resource);
    const message = both
      ? "cannot be specified in combination with resourceAttributes"
      : "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    errors.invalid(both ? "spec.nonResourceAttributes" : "spec.resourceAttributes", null, message);
    throw invalidObject({ group: "authorization.k8s.io", kind }, "", errors.list);
  }
  if (isObject(path)) {
    return { kind: "path", user, verb: stringAt(path, "verb") ?? "", path: stringAt(path, "path") ?? "" };
  }
  const text = (member: string): string => (isObject(resource) ? (stringAt(resource, member) ?? "") : "");
  return {
    kind: "resource",
    user,
    verb: text("verb"),
    group: text("group"),
    resource: text("resource"),
    subresource: text("subresource"),
    namespace: text("namespace"),
    name: text("name"),
  };
}

function rulesStatus(rules: readonly PolicyRule[]): JsonObject {
  const resourceRules = rules
    .filter((rule) => rule.nonResourceURLs.length === 0)
    .map((rule): JsonObject => ({
      verbs: [...rule.verbs],
      apiGroups: [...rule.apiGroups],
      resources: [...rule.resources],
      ...(rule.resourceNames.length === 0 ? {} : { resourceNames: [...rule.resourceNames] }),
    }));
  const nonResourceRules = rules
    .filter((rule) => rule.nonResourceURLs.length > 0)
    .map((rule): JsonObject => ({ verbs: [...rule.verbs], nonResourceURLs: [...rule.nonResourceURLs] }));
  return { resourceRules, nonResourceRules, incomplete: false };
}
