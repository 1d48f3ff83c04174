import { badRequest, statusError } from "../errors/status-errors.ts";
import { decodeObject, readBody } from "../http/body.ts";
import { sendBytes, sendJson, successStatus } from "../http/exchange.ts";
import { cloneJson, ensureObject, numberAt, objectAt, objectsAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { parseDeleteOptions } from "../registry/deletion.ts";
import { labelSelectorOf } from "../selectors/label-selector.ts";
import { logsOf } from "../workloads/index.ts";
import type { ResourceExchange } from "./resource-exchange.ts";

/** Answers a request for what a container has printed. */
export function answerLog(exchange: ResourceExchange): void {
  const { store, info } = exchange;
  const pod = store.inVersion(store.get(info).object);
  const names = [...objectsAt(pod, "spec", "containers"), ...objectsAt(pod, "spec", "initContainers")].map(
    (container) => stringAt(container, "name") ?? "",
  );
  const wanted = info.query.get("container") ?? "";
  if (wanted !== "" && !names.includes(wanted)) {
    throw badRequest(`container ${wanted} is not valid for pod ${info.name}`);
  }
  if (wanted === "" && objectsAt(pod, "spec", "containers").length > 1) {
    throw badRequest(`a container name must be specified for pod ${info.name}, choose one of: [${names.join(" ")}]`);
  }
  const container = wanted === "" ? (names[0] ?? "") : wanted;
  const waiting = objectsAt(pod, "status", "containerStatuses").find((status) => status["name"] === container);
  const reason = stringAt(waiting, "state", "waiting", "reason");
  if (reason !== undefined && reason !== "CrashLoopBackOff") {
    const why =
      reason === "ContainerCreating"
        ? `waiting to start: ${reason}`
        : `waiting to start: trying and failing to pull image`;
    throw badRequest(`container "${container}" in pod "${info.name}" is ${why}`);
  }
  sendBytes(exchange, 200, logsOf(pod, container), "text/plain");
}

/** Answers a request to move a pod away, unless a disruption budget forbids it. */
export async function answerEviction(exchange: ResourceExchange): Promise<void> {
  const { store, info, request, registry } = exchange;
  const body = decodeObject(await readBody(request), request.headers["content-type"]);
  const pod = store.get(info).object;
  const budget = registry
    .getStore("policy", "poddisruptionbudgets")
    .collection.list(`${info.namespace}/`)
    .find(({ object }) => labelSelectorOf(objectAt(object, "spec", "selector"))?.matches(pod.metadata.labels) === true);
  if (budget !== undefined && (numberAt(budget.object, "status", "disruptionsAllowed") ?? 0) <= 0) {
    throw statusError(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [
        {
          reason: "DisruptionBudget",
          message: `The disruption budget ${budget.object.metadata.name} needs ${numberAt(budget.object, "status", "desiredHealthy") ?? 0} healthy pods and has ${numberAt(budget.object, "status", "currentHealthy") ?? 0} currently`,
        },
      ],
    });
  }
  const options = parseDeleteOptions(objectAt(body, "deleteOptions") ?? {}, info.query);
  store.delete(info, options, exchange.context({ dryRun: options.dryRun }));
  sendJson(exchange, 201, { ...successStatus(undefined), code: 201 });
}

/** Answers a scheduler's decision where a pod is to run. */
export async function answerBinding(exchange: ResourceExchange): Promise<void> {
  const { store, info, request } = exchange;
  const body = decodeObject(await readBody(request), request.headers["content-type"]);
  const name = info.name === "" ? (stringAt(body, "metadata", "name") ?? "") : info.name;
  const node = stringAt(body, "target", "name") ?? "";
  if (node === "") throw badRequest("target.name: Required value");
  const pods = store.definition.resource === "pods" ? store : exchange.registry.getStore("", "pods");
  const transform = (current: KubeObject): KubeObject => {
    const copy = cloneJson(current);
    ensureObject(copy, "spec")["nodeName"] = node;
    return copy;
  };
  pods.update({ namespace: info.namespace, name }, { subresource: "binding", transform }, exchange.context());
  sendJson(exchange, 201, { ...successStatus(undefined), code: 201 });
}
