import { numberAt, objectAt, stringAt, valueAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { text } from "./cells.ts";
import { createColumns, type TableColumns } from "./columns.ts";
import { age } from "./duration.ts";

function eventSource(event: KubeObject): string {
  const component = stringAt(event, "source", "component") ?? stringAt(event, "reportingComponent") ?? "";
  const host = stringAt(event, "source", "host") ?? "";
  return host === "" ? component : `${component}, ${host}`;
}

function eventTime(event: KubeObject, now: number, ...members: readonly string[]): string {
  for (const member of members) {
    const time = valueAt(event, ...member.split("."));
    if (typeof time === "string") return age(time, now);
  }
  return "<unknown>";
}

/** Events begin with when they were seen; their own names tell nobody anything. */
export const eventColumns: TableColumns = createColumns([
  {
    name: "Last Seen",
    cell: (event, now) =>
      eventTime(
        event,
        now,
        "series.lastObservedTime",
        "lastTimestamp",
        "deprecatedLastTimestamp",
        "eventTime",
        "metadata.creationTimestamp",
      ),
  },
  text("Type", "type", { empty: "" }),
  text("Reason", "reason", { empty: "" }),
  {
    name: "Object",
    cell: (event) => {
      const about: JsonObject = objectAt(event, "involvedObject") ?? objectAt(event, "regarding") ?? {};
      return `${(stringAt(about, "kind") ?? "").toLowerCase()}/${stringAt(about, "name") ?? ""}`;
    },
  },
  text("Subobject", "involvedObject.fieldPath", { empty: "", wide: true }),
  { name: "Source", wide: true, cell: eventSource },
  { name: "Message", cell: (event) => (stringAt(event, "message") ?? stringAt(event, "note") ?? "").trim() },
  {
    name: "First Seen",
    wide: true,
    cell: (event, now) =>
      eventTime(event, now, "firstTimestamp", "deprecatedFirstTimestamp", "eventTime", "metadata.creationTimestamp"),
  },
  {
    name: "Count",
    wide: true,
    cell: (event) => String(numberAt(event, "series", "count") ?? numberAt(event, "count") ?? 1),
  },
  { name: "Name", wide: true, cell: ({ metadata }) => metadata.name },
]);
