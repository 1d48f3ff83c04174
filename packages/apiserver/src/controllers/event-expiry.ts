import { systemContext } from "../bootstrap.ts";
import type { Controller, ControllerContext } from "./controller.ts";

const lifetimeMs = 60 * 60 * 1000;
const sweepMs = 60 * 1000;

/** Removes Events an hour after their last change, as a real server's storage does. */
export function startEventExpiry({ registry, clock }: ControllerContext): Controller {
  const store = registry.getStore("", "events");
  const sweep = (): void => {
    const now = clock.now();
    for (const { object } of store.collection.list("")) {
      const { name, namespace = "", creationTimestamp = "" } = object.metadata;
      const { lastTimestamp } = object;
      const touched = typeof lastTimestamp === "string" ? lastTimestamp : creationTimestamp;
      if (now - Date.parse(touched) > lifetimeMs)
        store.delete({ namespace, name }, {}, systemContext("kube-apiserver", now));
    }
    cancel = clock.after(sweepMs, sweep);
  };
  let cancel = clock.after(sweepMs, sweep);
  return { stop: () => cancel() };
}
