import { formatKey, keyOf, type ObjectKey } from "@sluice/api";
import { CliError } from "../errors.ts";
import type { Messages } from "../io/messages.ts";
import type { FluxKind, FluxObject } from "../kinds/flux-kind.ts";
import { awaitObject } from "./await-object.ts";
import type { Cluster } from "./cluster.ts";
import { standingOf } from "./readiness.ts";

/**
 * Waits until an object is Ready and returns it. A failed attempt that the controller will repeat is told as a
 * warning, once per message; an object that is stalled or deleted ends the wait with its reason.
 */
export async function awaitReady(cluster: Cluster, kind: FluxKind, key: ObjectKey, say: Messages): Promise<FluxObject> {
  let told = "";
  const { client, signal } = cluster;
  const settle = (object: FluxObject | undefined): FluxObject | undefined => {
    if (object === undefined) throw new CliError("NotFound", `${kind.gvk.kind} ${formatKey(key)} was deleted`);
    const standing = standingOf(object);
    if (standing.state === "stalled") throw new CliError("Failed", standing.message);
    if ((standing.state === "retrying" || standing.state === "waiting") && standing.message !== told) {
      told = standing.message;
      if (standing.state === "waiting") say.wait(told);
      else say.warning(`${kind.gvk.kind} ${key.name} is not ready yet: ${told}`);
    }
    return standing.state === "ready" ? object : undefined;
  };
  try {
    return await awaitObject<FluxObject, FluxObject>(client, { gvk: kind.gvk, key, signal }, settle);
  } catch (error) {
    if (!cluster.isTimeout(error)) throw error;
    const because = told === "" ? "" : `: ${told}`;
    throw new CliError("TimedOut", `timed out waiting for ${kind.gvk.kind} ${formatKey(key)}${because}`, {
      cause: error,
    });
  }
}

/**
 * Waits until a controller has handled a request to reconcile (`token`) and returns the object. Ends with an error
 * as soon as the attempt failed: whoever asks for a reconciliation wants to know how this one went. An attempt that
 * a dependency holds up has not failed: the wait goes on, and says so.
 */
export async function awaitHandled(
  cluster: Cluster,
  kind: FluxKind,
  { before, token, say }: { readonly before: FluxObject; readonly token: string; readonly say: Messages },
): Promise<FluxObject> {
  const key = keyOf(before);
  const handledBefore = before.status?.lastHandledReconcileAt;
  let told = "";
  const settle = (object: FluxObject | undefined): FluxObject | undefined => {
    if (object === undefined) throw new CliError("NotFound", `${kind.gvk.kind} ${formatKey(key)} was deleted`);
    const handled = object.status?.lastHandledReconcileAt;
    // Somebody else's later request may replace ours; any newer one that was handled answers ours too.
    if (handled !== token && (handled === handledBefore || handled === undefined)) return undefined;
    const standing = standingOf(object);
    if (standing.state === "working") return undefined;
    if (standing.state === "ready") return object;
    if (standing.state === "waiting") {
      if (standing.message !== told) say.wait(standing.message);
      told = standing.message;
      return undefined;
    }
    throw new CliError("Failed", `${kind.gvk.kind} reconciliation failed: ${standing.message}`);
  };
  try {
    return await awaitObject<FluxObject, FluxObject>(
      cluster.client,
      { gvk: kind.gvk, key, signal: cluster.signal },
      settle,
    );
  } catch (error) {
    if (!cluster.isTimeout(error)) throw error;
    const hint = told === "" ? ", is a controller running?" : `: ${told}`;
    const message = `timed out waiting for ${kind.gvk.kind} ${formatKey(key)} to be reconciled${hint}`;
    throw new CliError("TimedOut", message, { cause: error });
  }
}
