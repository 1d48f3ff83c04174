import { FieldErrors, invalidObject } from "../errors/field-errors.ts";
import { badRequest, statusError } from "../errors/status-errors.ts";
import { isTrue } from "../http/request-info.ts";
import { parseFieldSelector, type FieldSelector } from "../selectors/field-selector.ts";
import { parseLabelSelector, type LabelSelector } from "../selectors/label-selector.ts";

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
    const quoted = JSON.stringify(options.resourceVersion);
    const problem = `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`;
    // The watch of a real server does not classify this.
    throw isWatch ? statusError(500, "", problem) : badRequest(`invalid resource version: ${problem}`);
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
  const errors = new FieldErrors();
  if (isWatch) checkWatchMatch(options, errors);
  else checkListMatch(options, errors);
  if (!errors.isEmpty) throw invalidObject({ group: "meta.k8s.io", kind: "ListOptions" }, "", errors.list);
}

const field = "resourceVersionMatch";

function checkWatchMatch({ sendInitialEvents, resourceVersionMatch: match }: ListOptions, errors: FieldErrors): void {
  if (sendInitialEvents === undefined) {
    if (match === "") return;
    errors.forbidden(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  } else if (match !== "NotOlderThan") {
    errors.forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    if (match !== "") errors.notSupported(field, match, ["NotOlderThan"]);
  }
}

function checkListMatch(options: ListOptions, errors: FieldErrors): void {
  const { resourceVersion, resourceVersionMatch: match } = options;
  if (match !== "") {
    if (resourceVersion === "")
      errors.forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided");
    if (options.continue !== "") errors.forbidden(field, "resourceVersionMatch is forbidden when continue is provided");
    if (match !== "Exact" && match !== "NotOlderThan") errors.notSupported(field, match, ["Exact", "NotOlderThan", ""]);
    if (match === "Exact" && resourceVersion === "0") {
      errors.forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    }
  }
  if (options.sendInitialEvents !== undefined) {
    errors.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
  }
}
