import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Io } from "../io/io.ts";
import type { Messages } from "../io/messages.ts";
import { awaitConvergence } from "./convergence.ts";
import { FleetMonitor } from "./fleet-monitor.ts";
import type { FleetOrigin } from "./fleet-repository.ts";
import { reasonsOf, reportOf, type ClusterAccess } from "./report.ts";
import { countUnserved } from "./stand-ins.ts";
import { startScene, type Scene } from "./scene.ts";
import { formatSeconds, plural } from "./view/frame.ts";
import { showFrames, showLines, type LiveView } from "./view/live-view.ts";
import { paintFor } from "./view/paint.ts";
import { tellStory } from "./view/story.ts";
import { drawTimings } from "./view/timings.ts";

/** What the demo is asked for. */
export interface DemoOptions {
  /** The example fleet when absent. */
  readonly origin?: FleetOrigin;
  readonly dataDirectory?: string;
  /** End as soon as the fleet is Ready or stuck, with a status that says which. */
  readonly once: boolean;
  /** Print the result as JSON, and nothing else on stdout. */
  readonly json: boolean;
  /** How long the fleet may take to converge. */
  readonly timeoutMs: number;
}

const EXAMPLE = fileURLToPath(new URL("../../../../examples/fleet-infra", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../bin/sluice.js", import.meta.url));

/** Runs the demo until it has converged (`once`) or the user interrupts. Returns the exit status. */
export async function runDemo(
  options: DemoOptions,
  { io, say }: { readonly io: Io; readonly say: Messages },
): Promise<number> {
  const monitor = new FleetMonitor(() => performance.now());
  const stage = options.json ? io.stderr : io.stdout;
  const paint = paintFor(stage, io.env);
  const view = openView(options, monitor, io);
  let scene: Scene | undefined;
  try {
    scene = await startScene(monitor, {
      origin: options.origin ?? { location: EXAMPLE, paths: [] },
      forAnyFleet: options.origin !== undefined,
      signal: io.signal,
      ...(options.dataDirectory !== undefined && { dataDirectory: options.dataDirectory }),
    });
    const end = await Promise.race([
      awaitConvergence(monitor, { timeoutMs: options.timeoutMs, signal: io.signal }),
      scene.failure,
    ]);
    const { fleet } = monitor;
    view?.close();
    const access = accessOf(scene);
    if (options.json) io.stdout.write(`${JSON.stringify(reportOf(fleet, scene.repository, access), undefined, 2)}\n`);
    else io.stdout.write(`\n${drawTimings(fleet, paint).join("\n")}\n\n`);
    for (const { name, client } of scene.clusters) {
      const unserved = [...(await countUnserved(client, io.signal))].map(([kind, count]) => `${count} ${kind}`);
      if (unserved.length > 0) say.warning(`${name}: no controller in this version for ${unserved.join(", ")}`);
    }
    if (end === "ready") {
      const count = fleet.clusters
        .flatMap((cluster) => cluster.objects)
        .filter((each) => each.kind === "Kustomization");
      const clusters = plural(fleet.clusters.length, "cluster");
      say.success(
        `all ${plural(count.length, "Kustomization")} of ${clusters} ready after ${formatSeconds(fleet.elapsedMs)}`,
      );
    } else {
      for (const reason of reasonsOf(fleet)) say.failure(reason);
      const why =
        end === "timeout" ? `not ready after ${formatSeconds(options.timeoutMs)}` : "nothing is in progress any more";
      say.failure(`the fleet is not ready: ${why}`);
    }
    if (options.once) return end === "ready" ? 0 : 1;
    await keepRunning(scene, options, { io, paint, access });
    return 0;
  } finally {
    view?.close();
    await scene?.close();
  }
}

/** Frames on a terminal, lines in a pipe, nothing beside JSON in a pipe. */
function openView({ json }: DemoOptions, monitor: FleetMonitor, io: Io): LiveView | undefined {
  const stage = json ? io.stderr : io.stdout;
  if (stage.isTTY) return once(showFrames(monitor, stage, paintFor(stage, io.env)));
  return json ? undefined : once(showLines(monitor, stage));
}

function once(view: LiveView): LiveView {
  let isOpen = true;
  return {
    close() {
      if (isOpen) view.close();
      isOpen = false;
    },
  };
}

async function keepRunning(
  scene: Scene,
  options: DemoOptions,
  {
    io,
    paint,
    access,
  }: {
    readonly io: Io;
    readonly paint: ReturnType<typeof paintFor>;
    readonly access: ReadonlyMap<string, ClusterAccess>;
  },
): Promise<void> {
  const stage = options.json ? io.stderr : io.stdout;
  const story = tellStory(
    {
      repository: scene.repository,
      clusters: access,
      command: PROGRAM,
      clone: join(scene.directory, "clone"),
      isExample: options.origin === undefined,
    },
    paint,
  );
  stage.write(`\n${story.join("\n")}\n\n`);
  const view = showLines(scene.monitor, stage);
  try {
    await Promise.race([untilAborted(io.signal), scene.failure]);
  } finally {
    view.close();
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function accessOf(scene: Scene): ReadonlyMap<string, ClusterAccess> {
  return new Map(scene.clusters.map(({ name, server, kubeconfig }) => [name, { server, kubeconfig }]));
}
