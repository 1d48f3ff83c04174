import type { KubernetesObject } from "@sluice/api";

/** A `coordination.k8s.io/v1` Lease, as far as leader election uses it. Times are RFC 3339 with microseconds. */
export interface Lease extends KubernetesObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export const leaseKind = { group: "coordination.k8s.io", version: "v1", kind: "Lease" } as const;

/** `metav1.MicroTime`. */
export function formatMicroTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace("Z", "000Z");
}

export interface Claim {
  readonly identity: string;
  readonly leaseDurationMs: number;
  readonly nowMs: number;
}

/** A lease that we hold now: renewed when it was ours, taken over when not. */
export function claimed(
  lease: Lease | undefined,
  key: { readonly namespace: string; readonly name: string },
  claim: Claim,
): Lease {
  const now = formatMicroTime(claim.nowMs);
  const before = lease?.spec ?? {};
  const isOurs = before.holderIdentity === claim.identity;
  const transitions = before.leaseTransitions ?? 0;
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    ...lease,
    metadata: lease?.metadata ?? key,
    spec: {
      ...before,
      holderIdentity: claim.identity,
      leaseDurationSeconds: Math.ceil(claim.leaseDurationMs / 1000),
      acquireTime: isOurs && before.acquireTime !== undefined ? before.acquireTime : now,
      renewTime: now,
      leaseTransitions: isOurs || lease === undefined ? transitions : transitions + 1,
    },
  };
}

/** A lease given back, so that the next holder need not wait for it to run out. */
export function released(lease: Lease, nowMs: number): Lease {
  const now = formatMicroTime(nowMs);
  return {
    ...lease,
    spec: { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, acquireTime: now, renewTime: now },
  };
}
