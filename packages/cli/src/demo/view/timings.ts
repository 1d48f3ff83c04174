import { displayWidth } from "../../printers/table.ts";
import type { FleetState } from "../fleet-state.ts";
import { formatSeconds } from "./frame.ts";
import type { Paint } from "./paint.ts";

/** How long everything took, a row per object, the slowest of each cluster marked. */
export function drawTimings(fleet: FleetState, paint: Paint): readonly string[] {
  const header = ["CLUSTER", "OBJECT", "OBJECTS", "TOOK", "READY AFTER"];
  const rows = fleet.clusters.flatMap((cluster) =>
    cluster.objects.map((object) => [
      cluster.name,
      `${object.kind}/${object.name}`,
      object.applied === undefined ? "" : String(object.applied),
      object.tookMs === undefined ? "-" : formatSeconds(object.tookMs),
      object.readyMs === undefined ? "-" : formatSeconds(object.readyMs),
    ]),
  );
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  const layOut = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell)));
        return column < 2 ? cell + gap : gap + cell;
      })
      .join("   ")
      .trimEnd();
  return [paint("dim", layOut(header)), ...rows.map(layOut)];
}
