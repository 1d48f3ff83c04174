import type { TextSink } from "../../io/io.ts";
import type { FleetMonitor } from "../fleet-monitor.ts";
import { drawFrame } from "./frame.ts";
import { describeChange } from "./lines.ts";
import type { Paint } from "./paint.ts";
import { Screen } from "./screen.ts";

const FRAME_MS = 80;
const DEFAULT_COLUMNS = 100;
const DEFAULT_ROWS = 40;

/** Shows a fleet while it changes, until it is closed. */
export interface LiveView {
  close(): void;
}

/** Redraws the whole fleet in place, at most some dozen times a second, and moves the clock on while nothing happens. */
export function showFrames(monitor: FleetMonitor, sink: TextSink, paint: Paint): LiveView {
  const screen = new Screen(sink);
  const draw = (): void => {
    const { columns = DEFAULT_COLUMNS, rows = DEFAULT_ROWS } = sink;
    screen.show(drawFrame(monitor.fleet, { columns, rows, paint }));
  };
  draw();
  const timer = setInterval(draw, FRAME_MS);
  return {
    close() {
      clearInterval(timer);
      draw();
      screen.close();
    },
  };
}

/** Writes a line per turn. */
export function showLines(monitor: FleetMonitor, sink: TextSink): LiveView {
  const stop = monitor.listen((fleet, change) => {
    if (change?.after === undefined) return;
    const line = describeChange(change.cluster, change.before, change.after, fleet.elapsedMs);
    if (line !== undefined) sink.write(`${line}\n`);
  });
  return { close: stop };
}
