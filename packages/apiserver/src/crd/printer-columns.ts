import { objectsAt, stringAt, numberAt, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { TableColumns } from "../table/columns.ts";
import { age } from "../table/duration.ts";
import { compileJsonPath, formatJson } from "../table/json-path.ts";

/** The columns that a version of a definition asks for; name and age where it asks for none. */
export function printerColumns(version: JsonObject): TableColumns {
  const asked = objectsAt(version, "additionalPrinterColumns");
  const list: readonly JsonObject[] =
    asked.length > 0
      ? asked
      : [{ name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: ageDescription }];
  const columns = list.map((column) => ({
    definition: {
      name: stringAt(column, "name") ?? "",
      type: stringAt(column, "type") ?? "string",
      format: stringAt(column, "format") ?? "",
      description:
        stringAt(column, "description") ??
        `Custom resource definition column (in JSONPath format): ${stringAt(column, "jsonPath") ?? ""}`,
      priority: numberAt(column, "priority") ?? 0,
    },
    find: compileJsonPath(stringAt(column, "jsonPath") ?? ""),
  }));
  return {
    definitions: [
      { name: "Name", type: "string", format: "name", description: nameDescription, priority: 0 },
      ...columns.map(({ definition }) => definition),
    ],
    cells: (object: KubeObject, now: number): Json[] => [
      object.metadata.name,
      ...columns.map(({ definition, find }) => cell(find?.(object) ?? [], definition.type, now)),
    ],
  };
}

const nameDescription = "Name of the object, unique within its namespace.";
const ageDescription = "Time since the object was created.";

function cell(found: readonly Json[], type: string, now: number): Json {
  const [first] = found;
  if (first === undefined || first === null) return null;
  switch (type) {
    case "integer":
      return typeof first === "number" ? Math.trunc(first) : null;
    case "number":
      return typeof first === "number" ? first : null;
    case "boolean":
      return typeof first === "boolean" ? first : null;
    case "date":
      return age(first, now);
    default:
      return found.map(formatJson).join(" ");
  }
}
