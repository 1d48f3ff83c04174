import type { IncomingHttpHeaders } from "node:http";
import { badRequest } from "../errors/status-errors.ts";
import { allAuthenticated, parseServiceAccountName, type User } from "./user.ts";

/** One thing that the requester must be allowed to `impersonate`. */
export interface ImpersonationCheck {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Whom a request asks to be taken for, and what that takes. */
export interface ImpersonationRequest {
  readonly user: User;
  readonly checks: readonly ImpersonationCheck[];
}

const extraPrefix = "impersonate-extra-";

/** Reads the `Impersonate-*` headers; `undefined` when there are none. Throws a 400 for groups without a user. */
export function readImpersonation(
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): ImpersonationRequest | undefined {
  const name = single(headers["impersonate-user"]);
  const uid = single(headers["impersonate-uid"]);
  const groups = rawValues(rawHeaders, "impersonate-group");
  const extraKeys = Object.keys(headers).filter((key) => key.startsWith(extraPrefix));
  if (name === undefined) {
    if (groups.length === 0 && uid === undefined && extraKeys.length === 0) return undefined;
    throw badRequest(
      "requested impersonation of groups, user ID or extra without impersonating a user".replace(
        "groups, user ID or extra",
        groups.length > 0 ? `[${groups.map((group) => `{Group  ${group}  }`).join(" ")}]` : "extra",
      ),
    );
  }
  const account = parseServiceAccountName(name);
  const extra = Object.fromEntries(
    extraKeys.map((key) => [unescapeKey(key.slice(extraPrefix.length)), rawValues(rawHeaders, key)]),
  );
  const checks: ImpersonationCheck[] = [
    account === undefined
      ? { group: "", resource: "users", subresource: "", namespace: "", name }
      : { group: "", resource: "serviceaccounts", subresource: "", namespace: account.namespace, name: account.name },
    ...groups.map((group) => ({ group: "", resource: "groups", subresource: "", namespace: "", name: group })),
    ...(uid === undefined
      ? []
      : [{ group: "authentication.k8s.io", resource: "uids", subresource: "", namespace: "", name: uid }]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ({
        group: "authentication.k8s.io",
        resource: "userextras",
        subresource: key,
        namespace: "",
        name: value,
      })),
    ),
  ];
  const user: User = {
    name,
    groups: impersonatedGroups(name, groups, account?.namespace),
    ...(uid === undefined ? {} : { uid }),
    ...(extraKeys.length === 0 ? {} : { extra }),
  };
  return { user, checks };
}

/** A ServiceAccount's own groups come by themselves when none are asked for; `system:authenticated` always does. */
function impersonatedGroups(name: string, asked: readonly string[], namespace: string | undefined): string[] {
  const groups =
    namespace !== undefined && asked.length === 0
      ? ["system:serviceaccounts", `system:serviceaccounts:${namespace}`]
      : [...asked];
  if (name === "system:anonymous")
    return groups.includes("system:unauthenticated") ? groups : [...groups, "system:unauthenticated"];
  return groups.includes(allAuthenticated) ? groups : [...groups, allAuthenticated];
}

function single(header: string | string[] | undefined): string | undefined {
  const value = Array.isArray(header) ? header[0] : header;
  return value === "" ? undefined : value;
}

/** Node joins repeated headers with commas; the raw list keeps them apart. */
function rawValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? "");
  }
  return values;
}

function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    // Upstream takes a key with a malformed escape as it stands.
    return key;
  }
}
