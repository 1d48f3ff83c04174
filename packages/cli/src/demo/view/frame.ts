import { displayWidth } from "../../printers/table.ts";
import type { ClusterState, FleetState } from "../fleet-state.ts";
import { idOf } from "../object-state.ts";
import type { ObjectState, Phase } from "../object-state.ts";
import type { Colour, Paint } from "./paint.ts";

const MARKS: { readonly [phase in Phase]: readonly [string, Colour] } = {
  queued: ["◌", "dim"],
  waiting: ["◌", "dim"],
  working: ["►", "cyan"],
  checking: ["◎", "yellow"],
  ready: ["✔", "green"],
  failed: ["✗", "red"],
  suspended: ["‖", "dim"],
};

/** What the frame must fit into, and how it is coloured. */
export interface FrameOptions {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

/** A line of the tree before it is cut to the terminal's width. */
interface Row {
  readonly mark: readonly [string, Colour];
  readonly label: string;
  readonly detail: string;
  readonly time: string;
  readonly phase: Phase;
}

/** Draws the fleet: a tree per cluster, one line per object, never higher or wider than the terminal. */
export function drawFrame(fleet: FleetState, options: FrameOptions): readonly string[] {
  const { paint, rows } = options;
  const all = fleet.clusters.flatMap((cluster) => cluster.objects);
  const ready = all.filter((object) => object.phase === "ready").length;
  const title = `Sluice · ${plural(fleet.clusters.length, "cluster")} · ${ready} of ${all.length} ready · ${formatSeconds(fleet.elapsedMs)}`;
  const full = fleet.clusters.map((cluster) => ({ cluster, rows: rowsOf(cluster) }));
  // The title, one line per cluster, an empty line before each, and one left for the cursor.
  const room = rows - 2 - 2 * fleet.clusters.length;
  const wanted = full.reduce((sum, each) => sum + each.rows.length, 0);
  const shown =
    wanted <= room
      ? full
      : full.map((each) => ({ ...each, rows: condense(each.rows, Math.floor(room / full.length)) }));
  const labelWidth = Math.max(24, ...shown.flatMap((each) => each.rows.map((row) => displayWidth(row.label))));
  const lines = [paint("bold", title)];
  for (const { cluster, rows: clusterRows } of shown) {
    lines.push("", paint("bold", cluster.name));
    if (clusterRows.length === 0) lines.push(paint("dim", `  ${cluster.step}`));
    for (const row of clusterRows) lines.push(drawRow(row, labelWidth, options));
  }
  return lines.slice(0, Math.max(1, rows - 1)).map((line) => line.trimEnd());
}

/** The objects of a cluster as rows, each below the one that applied it. */
function rowsOf(cluster: ClusterState): readonly Row[] {
  const rows: Row[] = [];
  const ids = new Set(cluster.objects.map(idOf));
  const parentOf = (object: ObjectState): string => {
    const owner = `Kustomization/${object.owner}`;
    if (object.owner !== "" && ids.has(owner) && object.kind === "Kustomization") return owner;
    const source = cluster.objects.find(
      (each) => each.kind !== "Kustomization" && `${each.namespace}/${each.name}` === object.source,
    );
    return source === undefined ? "" : idOf(source);
  };
  const add = (parent: string, indent: string): void => {
    const children = cluster.objects.filter((object) => parentOf(object) === parent);
    for (const [index, child] of children.entries()) {
      const last = index === children.length - 1;
      rows.push(rowOf(child, `${indent}${last ? "└─ " : "├─ "}`));
      add(idOf(child), `${indent}${last ? "   " : "│  "}`);
    }
  };
  add("", "");
  return rows;
}

function rowOf(object: ObjectState, indent: string): Row {
  return {
    mark: MARKS[object.phase],
    label: `${indent}${object.name}`,
    detail: detailOf(object),
    time: object.phase === "ready" && object.readyMs !== undefined ? formatSeconds(object.readyMs) : "",
    phase: object.phase,
  };
}

function detailOf(object: ObjectState): string {
  if (object.phase !== "ready") return object.detail;
  return object.applied === undefined ? object.revision : plural(object.applied, "object");
}

function drawRow(row: Row, labelWidth: number, { columns, paint }: FrameOptions): string {
  const [mark, colour] = row.mark;
  const label = row.label + " ".repeat(Math.max(0, labelWidth - displayWidth(row.label)));
  const room = columns - labelWidth - 6 - row.time.length - 1;
  const detail = cut(row.detail, Math.max(0, room));
  const gap = " ".repeat(Math.max(1, room - displayWidth(detail)));
  const detailColour: Colour = row.phase === "failed" ? "red" : "dim";
  const end = row.time === "" ? "" : gap + paint("dim", row.time);
  return `${paint(colour, mark)} ${label}  ${detail === "" ? "" : paint(detailColour, detail)}${end}`;
}

/** Leaves ready rows out until the others fit, and says how many there were. */
function condense(rows: readonly Row[], room: number): readonly Row[] {
  const open = rows.filter((row) => row.phase !== "ready");
  const ready = rows.length - open.length;
  const kept = open.slice(0, Math.max(0, room - 1));
  const left = open.length - kept.length;
  const label = left > 0 ? `… ${left} more, ${ready} ready` : `${ready} ready`;
  return [...kept, { mark: MARKS[left > 0 ? "queued" : "ready"], label, detail: "", time: "", phase: "ready" }];
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (displayWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return width < 1 ? "" : `${kept}…`;
}

/** Seconds with one digit after the point. */
export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)}s`;
}

/** `1 object`, `2 objects`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
