import type { Impersonation } from "./client.ts";

export type Headers = Readonly<Record<string, string | string[]>>;

/**
 * The request headers of an identity. Throws `TypeError` for an empty user (the request would silently run as
 * ourselves, which is the one thing impersonation must never do) and for values that no header can carry.
 */
export function impersonationHeaders(identity: Impersonation): Headers {
  if (identity.user === "") throw new TypeError("cannot impersonate an empty user");
  const headers: Record<string, string | string[]> = { "impersonate-user": checked("user", identity.user) };
  if (identity.uid !== undefined) headers["impersonate-uid"] = checked("uid", identity.uid);
  if (identity.groups !== undefined && identity.groups.length > 0) {
    headers["impersonate-group"] = identity.groups.map((group) => checked("group", group));
  }
  for (const [key, values] of Object.entries(identity.extra ?? {})) {
    headers[`impersonate-extra-${encodeExtraKey(key)}`] = values.map((value) => checked(`extra ${key}`, value));
  }
  return headers;
}

function checked(what: string, text: string): string {
  if (text === "") throw new TypeError(`cannot impersonate an empty ${what}`);
  if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(text))
    throw new TypeError(`cannot impersonate: ${what} holds characters no header can carry`);
  return text;
}

// Header names are case-insensitive tokens; whatever is not one is percent-encoded, as client-go does.
function encodeExtraKey(key: string): string {
  return key.replaceAll(/[^a-z0-9!#$&'*+.^_`|~-]/gi, (character) => encodeURIComponent(character)).toLowerCase();
}
