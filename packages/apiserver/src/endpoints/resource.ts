import type { IncomingMessage } from "node:http";
import type { Clock } from "../clock.ts";
import type { Exchange } from "../http/exchange.ts";
import { sendYaml } from "../http/yaml.ts";
import type { ResourceRequest } from "../http/request-info.ts";
import { FieldErrors, invalidObject } from "../errors/field-errors.ts";
import { statusError, unknownPath } from "../errors/status-errors.ts";
import { readDryRun } from "../registry/deletion.ts";
import type { Registry } from "../registry/registry.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import { answerPatch } from "./patch.ts";
import { answerGet, answerList } from "./read.ts";
import type { ResourceExchange } from "./resource-exchange.ts";
import { answerSubresource, answerUnstored, type SubresourceOptions } from "./subresources.ts";
import { answerWatch } from "./watch.ts";
import { answerCreate, answerDelete, answerDeleteCollection, answerUpdate, parseFieldValidation } from "./write.ts";

export interface ResourceEndpointOptions extends SubresourceOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly shutdown: AbortSignal;
}

/** Answers a request for a resource. Throws a 404 when it is not served, a 405 for what it cannot do. */
export async function answerResource(
  request: Exchange & { readonly info: ResourceRequest },
  options: ResourceEndpointOptions,
): Promise<void> {
  const { info } = request;
  const store = options.registry.findStore(info.group, info.resource, info.version);
  if (store === undefined && !isServed(options.registry, info)) throw new NothingServed();
  if (store === undefined || (store.definition.namespaced && info.namespace === "" && info.name !== ""))
    throw unknownPath();
  if (!store.definition.namespaced && info.namespace !== "" && store.definition.resource !== "namespaces")
    throw unknownPath();
  // Names that only URLs can have match no route.
  if (info.name.includes("/")) throw unknownPath();
  const { deprecationWarning } = store.version;
  if (deprecationWarning !== undefined) request.warnings.add(deprecationWarning);
  const exchange = createExchange(request, store, options);
  if (info.subresource !== "") {
    const subresource = store.version.subresources.find(({ name }) => name === info.subresource);
    if (subresource === undefined) throw unknownPath();
    if (!subresource.verbs.includes(info.verb)) throw methodNotAllowed();
    await answerSubresource(exchange, options);
    return;
  }
  if (info.verb === "watch" && info.name !== "" && store.version.verbs.includes("watch")) {
    answerWatch(exchange);
    return;
  }
  if (!store.version.verbs.includes(info.verb)) throw methodNotAllowed();
  const spansNamespaces = store.definition.namespaced && info.namespace === "";
  if (spansNamespaces && info.verb !== "list" && info.verb !== "watch") throw methodNotAllowed();
  await answerVerb(exchange, options);
}

/** A request for a group or version that does not exist: the answer is not even a `Status`. */
export class NothingServed extends Error {}

function isServed(registry: Registry, { group, version }: ResourceRequest): boolean {
  for (const definition of registry.definitions()) {
    if (definition.group !== group) continue;
    // Whoever serves built-in kinds answers for all versions of their groups.
    if (!definition.custom || definition.versions.has(version)) return true;
  }
  return false;
}

function methodNotAllowed(): Error {
  return statusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

async function answerVerb(exchange: ResourceExchange, options: SubresourceOptions): Promise<void> {
  const { info, store } = exchange;
  if (!store.definition.stored) {
    await answerUnstored(exchange, options);
    return;
  }
  switch (info.verb) {
    case "get":
      answerGet(exchange);
      return;
    case "list":
      answerList(exchange);
      return;
    case "watch":
      answerWatch(exchange);
      return;
    case "create":
      if (info.name !== "") throw methodNotAllowed();
      await answerCreate(exchange);
      return;
    case "update":
      checkUrlName(info);
      await answerUpdate(exchange);
      return;
    case "patch":
      checkUrlName(info);
      await answerPatch(exchange);
      return;
    case "delete":
      await answerDelete(exchange);
      return;
    case "deletecollection":
      await answerDeleteCollection(exchange);
      return;
  }
}

/** Collections can neither be updated nor patched. */
function checkUrlName({ name }: ResourceRequest): void {
  if (name === "") throw methodNotAllowed();
}

function createExchange(
  request: Exchange & { readonly info: ResourceRequest },
  store: ResourceStore,
  { registry, authorizer, clock, shutdown }: ResourceEndpointOptions,
): ResourceExchange {
  const { info, user, warnings } = request;
  const now = clock.now();
  const authorize = (verb: string): void => {
    const { group, resource, subresource, namespace, name } = info;
    authorizer.require({ kind: "resource", user, verb, group, resource, subresource, namespace, name });
  };
  return {
    ...request,
    store,
    registry,
    clock,
    now,
    shutdown,
    authorize,
    sendYaml: (code, json) => sendYaml(request, code, json),
    context: (options = {}): RequestContext => ({
      user,
      now,
      dryRun: options.dryRun ?? readDryRun([], info.query, optionKinds[info.verb]),
      fieldManager: fieldManagerOf(request, options.defaultManager),
      fieldValidation: parseFieldValidation(info.query, optionKinds[info.verb]),
      warn: (message) => void warnings.add(message),
      mayCreate: () => authorize("create"),
    }),
  };
}

/** What the real server calls the options of a write. */
const optionKinds: Readonly<Record<string, string>> = {
  create: "CreateOptions",
  update: "UpdateOptions",
  patch: "PatchOptions",
};

const maxManagerLength = 128;

/** The manager that the request names, or the program that makes it. Throws a 422 for names that are too long. */
function fieldManagerOf(
  { info, request }: { readonly info: ResourceRequest; readonly request: IncomingMessage },
  fallback?: string,
): string {
  const userAgent = request.headers["user-agent"] ?? "";
  const given = info.query.get("fieldManager") ?? "";
  if (given !== "") {
    checkFieldManager(given, optionKinds[info.verb] ?? "CreateOptions");
    return given;
  }
  const agent =
    userAgent
      .split("/")[0]
      ?.replaceAll(/[^\x20-\x7e]/g, "")
      .slice(0, maxManagerLength) ?? "";
  return agent === "" ? (fallback ?? "unknown") : agent;
}

function checkFieldManager(manager: string, kind: string): void {
  const errors = new FieldErrors();
  if (Buffer.byteLength(manager) > maxManagerLength) errors.tooLong("fieldManager", maxManagerLength);
  const position = manager.search(/\p{C}/u);
  if (position >= 0) {
    const code = manager.codePointAt(position) ?? 0;
    const hex = code.toString(16).toUpperCase();
    errors.invalid(
      "fieldManager",
      manager,
      `invalid character U+${hex.padStart(4, "0")} (at position ${Buffer.byteLength(manager.slice(0, position))})`,
    );
  }
  if (!errors.isEmpty) throw invalidObject({ group: "meta.k8s.io", kind }, "", errors.list);
}
