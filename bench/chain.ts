/**
 * Ten Kustomizations, each depending on the one before: from a push to all of them Ready at the new revision, once
 * with a change for each to apply and once with nothing to do. `--server embedded|real`.
 */
import { parseArgs } from "node:util";
import { isServerName } from "./rig/api-server.ts";
import { Rig } from "./rig/rig.ts";

const length = 10;

function contents(value: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from({ length }, (_, index): [string, string] => [
      `apps/app-${index}/config.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app-${index}, namespace: default}\ndata: {key: ${value}}\n`,
    ]),
  );
}

/** Pushes and notifies. Returns how long it took until all were Ready, in seconds. */
async function measure(token: string, files: ReadonlyMap<string, string>): Promise<number> {
  const revision = await rig.push(files);
  const started = performance.now();
  const ready = rig.untilAllReady(length, { revision, timeoutMs: 600_000 });
  await Promise.all([ready, rig.notifySource(token)]);
  return (performance.now() - started) / 1000;
}

const { values } = parseArgs({ options: { server: { type: "string", default: "embedded" } } });
const { server } = values;
if (!isServerName(server)) throw new Error("--server must be embedded or real");
const rig = await Rig.start({ server });
try {
  await rig.startControllers();
  await rig.createSource(await rig.serveRepository(contents("first")));
  for (let index = 0; index < length; index++) {
    const dependsOn = index === 0 ? [] : [{ name: `app-${index - 1}` }];
    await rig.createKustomization(`app-${index}`, `./apps/app-${index}`, { dependsOn });
  }
  await rig.untilAllReady(length, { timeoutMs: 600_000 });
  const changed = await measure("changed", contents("second"));
  const unchanged = await measure("unchanged", new Map([["README.md", "Nothing that is applied.\n"]]));
  console.log(
    `chain: ${length} dependencies Ready ${changed.toFixed(2)} s after a push that changes each, ${unchanged.toFixed(2)} s after one that changes nothing, on the ${server} server`,
  );
} finally {
  await rig.stop();
}
