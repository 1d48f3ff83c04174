import { keyOf, type KubernetesObject } from "@sluice/api";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Messages } from "../../io/messages.ts";
import type { FluxKind, FluxObject } from "../../kinds/flux-kind.ts";

/** Creates an object, or gives an existing one the labels and the specification of `object`. `noun` is for the message. */
export async function upsert(
  cluster: Cluster,
  { kind, noun }: { readonly kind: FluxKind; readonly noun: string },
  object: FluxObject,
  say: Messages,
): Promise<void> {
  const { client, signal } = cluster;
  const options = { fieldManager: "flux", signal };
  const existing = await client.find<FluxObject>(kind.gvk, keyOf(object), { signal });
  if (existing === undefined) {
    await client.create(object, options);
    say.success(`${noun} created`);
    return;
  }
  const { labels: _, ...metadata } = existing.metadata;
  const labels = object.metadata.labels === undefined ? {} : { labels: object.metadata.labels };
  const { spec } = object;
  await client.update({ ...existing, metadata: { ...metadata, ...labels }, ...(spec && { spec }) }, options);
  say.success(`${noun} updated`);
}

/** Makes sure that a Secret holds exactly these values. */
export async function applySecret(
  cluster: Cluster,
  secret: KubernetesObject & { readonly stringData: { readonly [key: string]: string } },
): Promise<void> {
  await cluster.client.apply(secret, { fieldManager: "flux", force: true, signal: cluster.signal });
}
