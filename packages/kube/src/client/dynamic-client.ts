import type { StatusError } from "@sluice/api";
import {
  formatApiVersion,
  gvkOf,
  isGone,
  isNotFound,
  type GroupVersionKind,
  type KubernetesList,
  type KubernetesObject,
  type ObjectKey,
  type UnstructuredObject,
} from "@sluice/api";
import type { Clock } from "../clock.ts";
import { ConnectionError } from "../errors.ts";
import type {
  ApplyOptions,
  Client,
  DeleteOptions,
  Impersonation,
  ListOptions,
  PatchOptions,
  PatchType,
  RequestOptions,
  RestMapping,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "./client.ts";
import { impersonationHeaders, type Headers } from "./impersonation.ts";
import { decodeJson, encodeJson } from "./json.ts";
import { readList, withKind } from "./lists.ts";
import { metadataAccept, toMetadata } from "./partial-metadata.ts";
import { requireNamespace, resourcePath } from "./paths.ts";
import { withQuery, writeQuery } from "./query.ts";
import type { DiscoveryRestMapper } from "./rest-mapper.ts";
import { toStatusError } from "./status-error.ts";
import type { HttpRequest, HttpResponse, Method, Transport } from "./transport.ts";
import { readWatchEvents } from "./watch-events.ts";

/** What further options `ApiClient.request` takes. */
export interface RawRequestOptions extends RequestOptions {
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

/** A {@link Client} with what only the owner of the connection needs. */
export interface ApiClient extends Client {
  impersonate(identity: Impersonation): ApiClient;
  request(method: string, path: string, options?: RawRequestOptions): Promise<unknown>;
  /** The body of a GET as it arrives: `/logs?follow=true`. */
  stream(path: string, options?: RequestOptions): AsyncIterable<Uint8Array>;
  /** The namespace of the kubeconfig's context. */
  readonly namespace: string;
  /** Closes the connections. Shared by all clients made by `impersonate`. */
  close(): Promise<void>;
}

/** What all identities on one server share. */
export interface Connection {
  readonly transport: Transport;
  readonly restMapper: DiscoveryRestMapper;
  readonly clock: Clock;
  readonly random: () => number;
  readonly namespace: string;
}

const defaultPageSize = 500;
const watchGraceSeconds = 30;
const json = "application/json";
const patchTypes: Readonly<Record<PatchType, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml", // JSON is YAML
};

export class DynamicClient implements ApiClient {
  readonly #connection: Connection;
  readonly #identity: Headers;

  constructor(connection: Connection, identity: Impersonation | undefined) {
    this.#connection = connection;
    this.#identity = identity === undefined ? {} : impersonationHeaders(identity);
  }

  get restMapper(): DiscoveryRestMapper {
    return this.#connection.restMapper;
  }

  get namespace(): string {
    return this.#connection.namespace;
  }

  impersonate(identity: Impersonation): ApiClient {
    return new DynamicClient(this.#connection, identity);
  }

  async close(): Promise<void> {
    await this.#connection.transport.close();
  }

  async get<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    key: ObjectKey,
    options: RequestOptions & { readonly metadataOnly?: boolean } = {},
  ): Promise<T> {
    const mapping = await this.#objectMapping(gvk, key, options.signal);
    const metadataOnly = options.metadataOnly === true;
    const answer = await this.#exchange(mapping, {
      method: "GET",
      path: resourcePath(mapping, key),
      accept: metadataOnly ? metadataAccept("item") : json,
      signal: options.signal,
    });
    return (metadataOnly ? toMetadata(gvk, answer as T) : answer) as T;
  }

  async find<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    key: ObjectKey,
    options?: RequestOptions & { readonly metadataOnly?: boolean },
  ): Promise<T | undefined> {
    try {
      return await this.get<T>(gvk, key, options);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    options: ListOptions = {},
  ): Promise<KubernetesList<T>> {
    const mapping = await this.restMapper.mappingFor(gvk, options);
    const limit = options.limit ?? defaultPageSize;
    try {
      return await this.#listPages<T>(mapping, options, limit);
    } catch (error) {
      // The continue token outlived the server's memory: a page too slow or a list too long. Once more, in one piece.
      if (!isGone(error) || options.resourceVersion !== undefined) throw error;
      return this.#listPages<T>(mapping, options, undefined);
    }
  }

  async *watch<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    options: WatchOptions = {},
  ): AsyncGenerator<WatchEvent<T>> {
    const mapping = await this.restMapper.mappingFor(gvk, options);
    const metadataOnly = options.metadataOnly === true;
    // Spread over five to ten minutes, so that the watches of many clients do not all end together.
    const timeoutSeconds = Math.round(300 * (1 + this.#connection.random()));
    const path = resourcePath(mapping, { namespace: options.namespace });
    const query = {
      watch: true,
      allowWatchBookmarks: options.allowBookmarks ?? true,
      timeoutSeconds,
      resourceVersion: options.resourceVersion,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
    };
    const accept = metadataOnly ? metadataAccept("item") : json;
    // The server ends the watch by itself; if it has not by then, the connection is dead and nobody told us.
    const deadline = new AbortController();
    const timer = this.#connection.clock.setTimeout(
      () => deadline.abort(new ConnectionError("RequestTimeout", `GET ${path}: the watch did not end in time`)),
      (timeoutSeconds + watchGraceSeconds) * 1000,
    );
    const signal = options.signal === undefined ? deadline.signal : AbortSignal.any([options.signal, deadline.signal]);
    try {
      const chunks = await this.#open(withQuery(path, query), accept, signal, mapping);
      for await (const event of readWatchEvents<T>(chunks, `GET ${path}`)) {
        yield metadataOnly && event.type !== "BOOKMARK"
          ? { ...event, object: toMetadata(gvk, event.object) as T }
          : event;
      }
    } finally {
      timer.cancel();
    }
  }

  async create<T extends KubernetesObject>(object: T, options: WriteOptions = {}): Promise<T> {
    const mapping = await this.restMapper.mappingFor(gvkOf(object), options);
    const { namespace, name } = object.metadata;
    requireNamespace(mapping, namespace, "during creation");
    // Only a subresource (`eviction`, `token`) is created below an object's name.
    const target =
      options.subresource === undefined ? { namespace } : { namespace, name, subresource: options.subresource };
    return (await this.#exchange(mapping, {
      method: "POST",
      path: withQuery(resourcePath(mapping, target), writeQuery(options)),
      body: object,
      signal: options.signal,
    })) as T;
  }

  async update<T extends KubernetesObject>(object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    const mapping = await this.#objectMapping(gvkOf(object), object.metadata, options.signal);
    return (await this.#exchange(mapping, {
      method: "PUT",
      path: withQuery(
        resourcePath(mapping, { namespace, name, subresource: options.subresource }),
        writeQuery(options),
      ),
      body: object,
      signal: options.signal,
    })) as T;
  }

  async patch<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    key: ObjectKey,
    patch: { readonly type: PatchType; readonly body: unknown },
    options: PatchOptions = {},
  ): Promise<T> {
    const mapping = await this.#objectMapping(gvk, key, options.signal);
    const query = {
      ...writeQuery(options),
      force: patch.type === "apply" && options.force === true ? true : undefined,
    };
    return (await this.#exchange(mapping, {
      method: "PATCH",
      path: withQuery(resourcePath(mapping, { ...key, subresource: options.subresource }), query),
      body: patch.body,
      contentType: patchTypes[patch.type],
      signal: options.signal,
      // Applying the same intent twice is what server-side apply is for; other patches may count or append.
      idempotent: patch.type === "apply" || options.dryRun === true,
    })) as T;
  }

  async apply<T extends KubernetesObject>(object: T, options: ApplyOptions): Promise<T> {
    const { namespace, name } = object.metadata;
    const key = namespace === undefined ? { name } : { namespace, name };
    return (await this.patch<KubernetesObject>(gvkOf(object), key, { type: "apply", body: object }, options)) as T;
  }

  async delete(gvk: GroupVersionKind, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const mapping = await this.#objectMapping(gvk, key, options.signal);
    const { propagationPolicy, preconditions, gracePeriodSeconds, dryRun } = options;
    await this.#exchange(mapping, {
      method: "DELETE",
      path: resourcePath(mapping, key),
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy,
        preconditions,
        gracePeriodSeconds,
        dryRun: dryRun === true ? ["All"] : undefined,
      },
      signal: options.signal,
    });
  }

  async request(method: string, path: string, options: RawRequestOptions = {}): Promise<unknown> {
    if (!isMethod(method)) throw new TypeError(`unknown HTTP method ${JSON.stringify(method)}`);
    if (!path.startsWith("/")) throw new TypeError(`path must begin with a slash: ${JSON.stringify(path)}`);
    return this.#exchange(undefined, {
      method,
      path,
      body: options.body,
      accept: options.accept ?? `${json},*/*`,
      ...(options.contentType === undefined ? {} : { contentType: options.contentType }),
      signal: options.signal,
    });
  }

  async *stream(path: string, options: RequestOptions = {}): AsyncGenerator<Uint8Array> {
    if (!path.startsWith("/")) throw new TypeError(`path must begin with a slash: ${JSON.stringify(path)}`);
    yield* await this.#open(path, "*/*", options.signal, undefined);
  }

  async #objectMapping(gvk: GroupVersionKind, key: ObjectKey, signal: AbortSignal | undefined): Promise<RestMapping> {
    const mapping = await this.restMapper.mappingFor(gvk, signal === undefined ? {} : { signal });
    requireNamespace(mapping, key.namespace, "when a resource name is provided");
    return mapping;
  }

  async #listPages<T extends KubernetesObject>(
    mapping: RestMapping,
    options: ListOptions,
    limit: number | undefined,
  ): Promise<KubernetesList<T>> {
    const metadataOnly = options.metadataOnly === true;
    const path = resourcePath(mapping, { namespace: options.namespace });
    const selection = { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
    const items: T[] = [];
    let token: string | undefined;
    for (;;) {
      const query = {
        ...selection,
        limit,
        continue: token,
        resourceVersion: token === undefined ? options.resourceVersion : undefined,
      };
      const answer = await this.#exchange(mapping, {
        method: "GET",
        path: withQuery(path, query),
        accept: metadataOnly ? metadataAccept("list") : json,
        signal: options.signal,
      });
      const page = readList<T>(answer, path);
      for (const item of page.items)
        items.push(metadataOnly ? (toMetadata(mapping.gvk, item) as T) : withKind(mapping.gvk, item));
      token = page.metadata.continue;
      if (token === undefined || token === "") {
        const { resourceVersion } = page.metadata;
        const kind = metadataOnly ? `${mapping.gvk.kind}List` : page.kind;
        const apiVersion = metadataOnly ? formatApiVersion(mapping.gvk) : page.apiVersion;
        return { apiVersion, kind, metadata: resourceVersion === undefined ? {} : { resourceVersion }, items };
      }
    }
  }

  async #exchange(mapping: RestMapping | undefined, outgoing: Outgoing): Promise<unknown> {
    const request = this.#prepare(outgoing);
    const response = await this.#connection.transport.send(request);
    if (response.statusCode >= 300) throw this.#failure(mapping, request, response);
    if (!isJson(response.headers["content-type"])) return response.body;
    try {
      return decodeJson(response.body);
    } catch (cause) {
      throw new ConnectionError("MalformedResponse", `${request.method} ${request.path}: the answer is not JSON`, {
        cause,
      });
    }
  }

  async #open(
    path: string,
    accept: string,
    signal: AbortSignal | undefined,
    mapping: RestMapping | undefined,
  ): Promise<AsyncIterable<Uint8Array>> {
    const request = this.#prepare({ method: "GET", path, accept, signal });
    const result = await this.#connection.transport.open(request);
    if (!("stream" in result)) throw this.#failure(mapping, request, result);
    return result.stream;
  }

  #prepare(outgoing: Outgoing): HttpRequest {
    const { method, path, body, accept, contentType, signal } = outgoing;
    const headers: Record<string, string | string[]> = { ...this.#identity, accept: accept ?? json };
    if (body !== undefined) headers["content-type"] = contentType ?? json;
    const text =
      body === undefined || (typeof body === "string" && contentType !== undefined) ? body : encodeJson(body);
    const idempotent = outgoing.idempotent ?? (method === "GET" || method === "HEAD");
    return { method, path, headers, body: text, signal, idempotent };
  }

  #failure(mapping: RestMapping | undefined, request: HttpRequest, response: HttpResponse): StatusError {
    const error = toStatusError({ ...response, method: request.method, path: request.path });
    // A 404 that names no object denies the resource itself: what discovery said is out of date.
    if (mapping !== undefined && error.code === 404 && error.status.details?.name === undefined) {
      this.restMapper.doubt(mapping.gvk);
    }
    return error;
  }
}

interface Outgoing {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly accept?: string;
  readonly contentType?: string;
  readonly signal: AbortSignal | undefined;
  readonly idempotent?: boolean;
}

function isJson(contentType: string | string[] | undefined): boolean {
  return typeof contentType === "string" && /^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType);
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

function isMethod(method: string): method is Method {
  return methods.has(method);
}
