import { statusError } from "../errors/status-errors.ts";
import { isTrue } from "../http/request-info.ts";
import { parseFieldSelector, type FieldSelector } from "../selectors/field-selector.ts";
import { parseLabelSelector, type LabelSelector } from "../selectors/label-selector.ts";
import { badRequest } from "../errors/status-errors.ts";

/** The query of a list or a watch. */
export interface ListOptions {
  readonly labels: LabelSelector;
  readonly fields: FieldSelector;
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly allowBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

/** Reads the query. Throws a 400 or 422 for what contradicts itself; `selectable`: fields that may be selected by. */
export function parseListOptions(query: URLSearchParams, selectable: readonly string[], isWatch: boolean): ListOptions {
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "");
  fields.check(selectable);
  const initial = query.get("sendInitialEvents");
  const options: ListOptions = {
    labels: parseLabelSelector(query.get("labelSelector") ?? ""),
    fields,
    limit: parseNumber(query, "limit") ?? 0,
    continue: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    resourceVersionMatch: query.get("resourceVersionMatch") ?? "",
    allowBookmarks: isTrue(query.get("allowWatchBookmarks")),
    sendInitialEvents: initial === null ? undefined : isTrue(initial),
    timeoutSeconds: parseNumber(query, "timeoutSeconds"),
  };
  if (!/^\d*$/.test(options.resourceVersion)) {
    throw badRequest(`strconv.ParseUint: parsing ${JSON.stringify(options.resourceVersion)}: invalid syntax`);
  }
  checkMatch(options, isWatch);
  return options;
}

function parseNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^-?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Number(text);
}

function checkMatch(options: ListOptions, isWatch: boolean): void {
  const { resourceVersionMatch: match } = options;
  const forbid = (field: string, why: string): never => {
    const problem = `Forbidden: ${why}`;
    throw statusError(422, "Invalid", `ListOptions.meta.k8s.io "" is invalid: ${field}: ${problem}`, {
      group: "meta.k8s.io",
      kind: "ListOptions",
      causes: [{ reason: "FieldValueForbidden", message: problem, field }],
    });
  };
  if (isWatch) {
    if (options.sendInitialEvents !== undefined && match !== "NotOlderThan") {
      forbid("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if (options.sendInitialEvents === undefined && match !== "") {
      forbid(
        "resourceVersionMatch",
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
      );
    }
    return;
  }
  if (options.sendInitialEvents !== undefined) forbid("sendInitialEvents", "sendInitialEvents is forbidden for list");
  if (match === "") return;
  if (options.resourceVersion === "") {
    forbid("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (options.continue !== "") {
    forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
  }
  if (match !== "Exact" && match !== "NotOlderThan") {
    const problem = `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`;
    throw statusError(422, "Invalid", `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ${problem}`, {
      group: "meta.k8s.io",
      kind: "ListOptions",
      causes: [{ reason: "FieldValueNotSupported", message: problem, field: "resourceVersionMatch" }],
    });
  }
  if (match === "Exact" && options.resourceVersion === "0") {
    forbid("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}
