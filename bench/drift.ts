/**
 * How long a manual edit lives: 50 edits of 50 objects, one after the other, each from the answer to the edit until
 * the object is again as Git describes it. `--server embedded|real`.
 */
import { parseArgs } from "node:util";
import type { UnstructuredObject } from "@sluice/api";
import { isServerName } from "./rig/api-server.ts";
import { Rig } from "./rig/rig.ts";

const edits = 50;
const namespace = "default";
const configMapKind = { group: "", version: "v1", kind: "ConfigMap" };
const serviceKind = { group: "", version: "v1", kind: "Service" };

const files = new Map<string, string>();
for (let index = 0; index < edits / 2; index++)
  files.set(
    `apps/app-${index}.yaml`,
    `apiVersion: v1
kind: ConfigMap
metadata: {name: app-${index}, namespace: ${namespace}}
data: {key: value}
---
apiVersion: v1
kind: Service
metadata: {name: app-${index}, namespace: ${namespace}}
spec: {selector: {app: app-${index}}, ports: [{port: 80}]}
`,
  );

/** Edits a field of one object and waits until the edit is gone. Returns how long that took, in milliseconds. */
async function edit(index: number): Promise<number> {
  const name = `app-${Math.floor(index / 2)}`;
  const isConfigMap = index % 2 === 0;
  const gvk = isConfigMap ? configMapKind : serviceKind;
  const body = isConfigMap ? { data: { key: "edited" } } : { spec: { selector: { app: "edited" } } };
  const stop = AbortSignal.timeout(60_000);
  const edited = await rig.client.patch(
    gvk,
    { namespace, name },
    { type: "merge", body },
    { fieldManager: "somebody" },
  );
  const started = performance.now();
  const { resourceVersion = "0" } = edited.metadata;
  const events = rig.client.watch(gvk, {
    namespace,
    fieldSelector: `metadata.name=${name}`,
    resourceVersion,
    signal: stop,
  });
  for await (const { type, object } of events) {
    if (type === "BOOKMARK") continue;
    if (!isEdited(object)) return performance.now() - started;
  }
  throw new Error(`the watch on ${gvk.kind}/${name} ended`);
}

function isEdited(object: UnstructuredObject): boolean {
  const { data, spec } = object as UnstructuredObject & {
    readonly data?: { readonly key?: string };
    readonly spec?: { readonly selector?: { readonly app?: string } };
  };
  return data?.key === "edited" || spec?.selector?.app === "edited";
}

const { values } = parseArgs({ options: { server: { type: "string", default: "embedded" } } });
const { server } = values;
if (!isServerName(server)) throw new Error("--server must be embedded or real");
const rig = await Rig.start({ server });
try {
  await rig.startControllers();
  await rig.createSource(await rig.serveRepository(files));
  await rig.createKustomization("apps", "./apps");
  await rig.untilReady("apps");
  const durations: number[] = [];
  for (let index = 0; index < edits; index++) durations.push(await edit(index));
  durations.sort((left, right) => left - right);
  const percentile = (share: number): string => (durations[Math.ceil(durations.length * share) - 1] ?? 0).toFixed(0);
  console.log(
    `drift: undone after ${percentile(0.5)} ms (median), ${percentile(0.95)} ms (95 of 100), ${percentile(1)} ms (longest) on the ${server} server (${edits} edits)`,
  );
} finally {
  await rig.stop();
}
