/** Who makes a request, as `authentication.k8s.io` spells it. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: { readonly [key: string]: readonly string[] };
}

export const allAuthenticated = "system:authenticated";

/** Who shows no credentials. What that may do is a matter of roles: reading the version, asking for health. */
export const anonymous: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** The server's own hand: controllers inside the process. */
export function systemUser(name: string): User {
  return { name, groups: ["system:masters", allAuthenticated] };
}

/** The user that a ServiceAccount's tokens stand for. */
export function serviceAccountUser(namespace: string, name: string, uid: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, allAuthenticated],
  };
}

/** Reads `system:serviceaccount:NAMESPACE:NAME`. */
export function parseServiceAccountName(user: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { namespace: match[1], name: match[2] };
}
