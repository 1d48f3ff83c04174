import { systemContext } from "../bootstrap.ts";
import type { Controller, ControllerContext } from "../controllers/controller.ts";
import { WorkLoop } from "../controllers/work-loop.ts";
import { cloneJson, equalJson, objectsAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { labelSelectorOf } from "../selectors/label-selector.ts";

/** Keeps the rules of aggregated ClusterRoles equal to those of the roles that they select. */
export function startAggregationController({ registry, clock, logError }: ControllerContext): Controller {
  const roles = registry.getStore("rbac.authorization.k8s.io", "clusterroles");

  const aggregate = (name: string): void => {
    const role = roles.find({ namespace: "", name })?.object;
    if (role === undefined || !isAggregated(role)) return;
    const selectors = objectsAt(role, "aggregationRule", "clusterRoleSelectors").map(labelSelectorOf);
    const rules: JsonObject[] = [];
    for (const { object } of roles.collection.list("")) {
      if (object.metadata.name === name) continue;
      if (!selectors.some((selector) => selector?.matches(object.metadata.labels) === true)) continue;
      for (const rule of objectsAt(object, "rules")) {
        if (!rules.some((known) => equalJson(known, rule))) rules.push(cloneJson(rule));
      }
    }
    if (equalJson(objectsAt(role, "rules"), rules)) return;
    const transform = (current: KubeObject): KubeObject => ({ ...cloneJson(current), rules });
    roles.update(
      { namespace: "", name },
      { subresource: "", transform },
      systemContext("clusterrole-aggregation-controller", clock.now()),
    );
  };

  const loop = new WorkLoop(aggregate, logError);
  const addAll = (): void => {
    for (const { object } of roles.collection.list("")) if (isAggregated(object)) loop.add(object.metadata.name);
  };
  const unsubscribe = roles.collection.subscribe(addAll);
  addAll();
  return {
    stop: () => {
      unsubscribe();
      loop.stop();
    },
  };
}

function isAggregated(role: KubeObject): boolean {
  return role["aggregationRule"] !== undefined;
}
