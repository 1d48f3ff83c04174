import {
  ensureObject,
  isObject,
  objectAt,
  objectsAt,
  setDefault,
  setDefaultString,
  stringAt,
  type JsonObject,
} from "../json/json.ts";

/** Fills in a pod spec as it is in a pod template. */
export function defaultPodSpec(spec: JsonObject): void {
  setDefaultString(spec, "dnsPolicy", "ClusterFirst");
  setDefaultString(spec, "restartPolicy", "Always");
  setDefaultString(spec, "schedulerName", "default-scheduler");
  setDefault(spec, "terminationGracePeriodSeconds", 30);
  setDefault(spec, "securityContext", {});
  // Two names for one field: clients may set either and read both.
  const account = stringAt(spec, "serviceAccountName") ?? stringAt(spec, "serviceAccount") ?? "";
  if (account !== "") {
    spec["serviceAccountName"] = account;
    spec["serviceAccount"] = account;
  }
  for (const volume of objectsAt(spec, "volumes")) defaultVolume(volume);
  const hostNetwork = spec["hostNetwork"] === true;
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const container of objectsAt(spec, list)) defaultContainer(container, hostNetwork);
  }
}

/** What a pod gets beyond what its template would. */
export function defaultPod(spec: JsonObject): void {
  defaultPodSpec(spec);
  setDefault(spec, "enableServiceLinks", true);
  for (const list of ["initContainers", "containers"]) {
    for (const container of objectsAt(spec, list)) {
      const limits = objectAt(container, "resources", "limits");
      if (limits === undefined) continue;
      const resources = ensureObject(container, "resources");
      const requests = ensureObject(resources, "requests");
      for (const [name, limit] of Object.entries(limits)) if (limit !== undefined) setDefault(requests, name, limit);
    }
  }
}

const modeVolumes = ["secret", "configMap", "downwardAPI", "projected"];

function defaultVolume(volume: JsonObject): void {
  const sources = Object.keys(volume).filter((member) => member !== "name");
  if (sources.length === 0) volume["emptyDir"] = {};
  for (const source of modeVolumes) {
    const object = volume[source];
    if (isObject(object)) setDefault(object, "defaultMode", 0o644);
  }
  const hostPath = volume["hostPath"];
  if (isObject(hostPath)) setDefault(hostPath, "type", "");
  for (const source of objectsAt(volume, "projected", "sources")) {
    const token = source["serviceAccountToken"];
    if (isObject(token)) setDefault(token, "expirationSeconds", 3600);
    for (const item of objectsAt(source, "downwardAPI", "items")) defaultFieldRef(item);
  }
  for (const item of objectsAt(volume, "downwardAPI", "items")) defaultFieldRef(item);
}

function defaultFieldRef(holder: JsonObject): void {
  const reference = holder["fieldRef"];
  if (isObject(reference)) setDefaultString(reference, "apiVersion", "v1");
}

function defaultContainer(container: JsonObject, hostNetwork: boolean): void {
  setDefaultString(container, "terminationMessagePath", "/dev/termination-log");
  setDefaultString(container, "terminationMessagePolicy", "File");
  setDefault(container, "resources", {});
  const image = stringAt(container, "image") ?? "";
  if (image !== "") setDefaultString(container, "imagePullPolicy", isLatest(image) ? "Always" : "IfNotPresent");
  for (const port of objectsAt(container, "ports")) {
    setDefaultString(port, "protocol", "TCP");
    const number = port["containerPort"];
    if (hostNetwork && number !== undefined) setDefault(port, "hostPort", number);
  }
  for (const variable of objectsAt(container, "env")) {
    const source = variable["valueFrom"];
    if (isObject(source)) defaultFieldRef(source);
  }
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = container[name];
    if (isObject(probe)) defaultProbe(probe);
  }
  for (const hook of ["postStart", "preStop"]) {
    const get = objectAt(container, "lifecycle", hook, "httpGet");
    if (get !== undefined) defaultHttpGet(get);
  }
}

/** Whether an image has no tag or digest that pins it. */
function isLatest(image: string): boolean {
  if (image.includes("@")) return false;
  const name = image.slice(image.lastIndexOf("/") + 1);
  const tag = name.includes(":") ? name.slice(name.lastIndexOf(":") + 1) : "latest";
  return tag === "latest";
}

function defaultProbe(probe: JsonObject): void {
  setDefault(probe, "timeoutSeconds", 1);
  setDefault(probe, "periodSeconds", 10);
  setDefault(probe, "successThreshold", 1);
  setDefault(probe, "failureThreshold", 3);
  const get = probe["httpGet"];
  if (isObject(get)) defaultHttpGet(get);
  const grpc = probe["grpc"];
  if (isObject(grpc)) setDefault(grpc, "service", "");
}

function defaultHttpGet(get: JsonObject): void {
  setDefaultString(get, "path", "/");
  setDefaultString(get, "scheme", "HTTP");
}

/** Fills in the template of a workload. */
export function defaultTemplate(owner: JsonObject): void {
  const template = ensureObject(owner, "template");
  defaultPodSpec(ensureObject(template, "spec"));
}
