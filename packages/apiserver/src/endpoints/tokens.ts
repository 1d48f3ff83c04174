import { defaultAudience, type ServiceAccountTokens } from "../authn/service-account-tokens.ts";
import type { User } from "../authn/user.ts";
import { formatTime } from "../clock.ts";
import { FieldErrors, invalidObject } from "../errors/field-errors.ts";
import { conflict, notFound } from "../errors/status-errors.ts";
import { decodeObject, readBody } from "../http/body.ts";
import { sendJson } from "../http/exchange.ts";
import { numberAt, objectAt, stringAt, stringsAt, type JsonObject } from "../json/json.ts";
import type { ResourceExchange } from "./resource-exchange.ts";

const defaultSeconds = 3600;
const minimumSeconds = 600;
const maximumSeconds = 2 ** 32;

/** Answers a TokenRequest: a new token for a ServiceAccount. */
export async function answerTokenRequest(exchange: ResourceExchange, tokens: ServiceAccountTokens): Promise<void> {
  const { store, info, request, registry, now } = exchange;
  const account = store.get(info).object;
  const bytes = await readBody(request);
  const body = bytes.length === 0 ? {} : decodeObject(bytes, request.headers["content-type"]);
  const spec = objectAt(body, "spec") ?? {};
  const seconds = numberAt(spec, "expirationSeconds") ?? defaultSeconds;
  const errors = new FieldErrors();
  if (seconds < minimumSeconds) {
    errors.invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
  } else if (seconds > maximumSeconds) {
    errors.invalid("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");
  }
  if (!errors.isEmpty) throw invalidObject({ group: "authentication.k8s.io", kind: "TokenRequest" }, "", errors.list);
  const audiences = stringsAt(spec, "audiences").length === 0 ? [defaultAudience] : stringsAt(spec, "audiences");
  const bound = boundObject(objectAt(spec, "boundObjectRef"), info.namespace, registry);
  const issuedAt = Math.floor(now / 1000);
  const token = tokens.issue({
    namespace: info.namespace,
    serviceAccount: { name: info.name, uid: account.metadata.uid ?? "" },
    ...(bound === undefined ? {} : { boundObject: bound }),
    audiences,
    issuedAt,
    expiresAt: issuedAt + seconds,
  });
  sendJson(exchange, 201, {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name: info.name, namespace: info.namespace, creationTimestamp: formatTime(now) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: objectAt(spec, "boundObjectRef") ?? null },
    status: { token, expirationTimestamp: formatTime((issuedAt + seconds) * 1000) },
  });
}

function boundObject(
  reference: JsonObject | undefined,
  namespace: string,
  registry: ResourceExchange["registry"],
): { kind: string; name: string; uid: string } | undefined {
  if (reference === undefined) return undefined;
  const kind = stringAt(reference, "kind") ?? "";
  const name = stringAt(reference, "name") ?? "";
  const resource = registry.findKind("", kind);
  const object =
    resource === undefined ? undefined : registry.findStore("", resource.resource)?.find({ namespace, name })?.object;
  if (object === undefined || resource === undefined)
    throw notFound({ group: "", resource: `${kind.toLowerCase()}s` }, name);
  const uid = stringAt(reference, "uid") ?? "";
  if (uid !== "" && uid !== object.metadata.uid) {
    throw conflict(
      resource,
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { kind, name, uid: object.metadata.uid ?? "" };
}

/** Answers a TokenReview: whose token is it? */
export async function answerTokenReview(exchange: ResourceExchange, tokens: ServiceAccountTokens): Promise<void> {
  const body = decodeObject(await readBody(exchange.request), exchange.request.headers["content-type"]);
  const spec = objectAt(body, "spec") ?? {};
  const wanted = stringsAt(spec, "audiences");
  const found = tokens.authenticate(
    stringAt(spec, "token") ?? "",
    exchange.now,
    wanted.length === 0 ? undefined : wanted,
  );
  const status =
    found === undefined
      ? { user: {}, error: "invalid bearer token" }
      : { authenticated: true, user: userInfo(found.user), audiences: found.audiences };
  sendJson(exchange, 201, {
    kind: "TokenReview",
    apiVersion: "authentication.k8s.io/v1",
    metadata: objectAt(body, "metadata") ?? {},
    spec,
    status,
  });
}

/** A user as reviews spell it. */
export function userInfo(user: User): JsonObject {
  return {
    username: user.name,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: [...user.groups],
    ...(user.extra === undefined || Object.keys(user.extra).length === 0
      ? {}
      : { extra: Object.fromEntries(Object.entries(user.extra).map(([key, values]) => [key, [...values]])) }),
  };
}
