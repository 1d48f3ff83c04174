import { valueAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { type Change, type Decision, statusChange } from "./change.ts";
import { isReady } from "./condition.ts";
import { nodeName } from "./pod.ts";
import { activePods } from "./replica-set.ts";
import { hashTemplate, podFromTemplate } from "./template.ts";

/** Keeps one up-to-date pod of a DaemonSet on the one node that there is. */
export function decideDaemonSet(set: KubeObject, pods: readonly KubeObject[]): Decision {
  if (set.metadata.deletionTimestamp !== undefined) return { changes: [] };
  const revision = hashTemplate(valueAt(set, "spec", "template"));
  const active = activePods(pods);
  const updated = active.filter((pod) => pod.metadata.labels?.["controller-revision-hash"] === revision);
  const changes: Change[] = active
    .filter((pod) => !updated.includes(pod))
    .map((object): Change => ({ verb: "delete", object }));
  if (active.length === 0)
    changes.push({
      verb: "create",
      object: podFromTemplate(
        set,
        { generateName: `${set.metadata.name}-` },
        {
          labels: {
            "controller-revision-hash": revision,
            "pod-template-generation": String(set.metadata.generation ?? 1),
          },
          spec: { nodeName },
        },
      ),
    });
  const ready = active.filter(isReady).length;
  changes.push(
    ...statusChange(set, {
      currentNumberScheduled: active.length,
      desiredNumberScheduled: 1,
      numberAvailable: ready || undefined,
      numberMisscheduled: 0,
      numberReady: ready,
      numberUnavailable: 1 - Math.min(1, ready) || undefined,
      observedGeneration: set.metadata.generation ?? 1,
      updatedNumberScheduled: updated.length || undefined,
    }),
  );
  return { changes };
}
