import { badRequest } from "../errors/status-errors.ts";
import { valueAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Conditions on fields that all must hold. */
export class FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  get isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  /** The value that `metadata.name` must have, when the selector names one. */
  get name(): string | undefined {
    return this.requirements.find(({ field, equal }) => field === "metadata.name" && equal)?.value;
  }

  matches(object: KubeObject): boolean {
    return this.requirements.every(({ field, equal, value }) => (fieldText(object, field) === value) === equal);
  }

  /** Throws a 400 when a field is not one that the resource can be selected by. */
  check(selectable: readonly string[]): void {
    for (const { field } of this.requirements) {
      if (field !== "metadata.name" && field !== "metadata.namespace" && !selectable.includes(field)) {
        throw badRequest(
          selectable.length > 0
            ? `field label not supported: ${field}`
            : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
        );
      }
    }
  }
}

/** Absent fields count as the empty string, booleans and numbers as their text. */
function fieldText(object: KubeObject, field: string): string {
  const value = valueAt(object, ...field.split("."));
  if (typeof value === "string") return value;
  return typeof value === "boolean" || typeof value === "number" ? String(value) : "";
}

/** Reads `metadata.name=a,status.phase!=Running`. `\` escapes commas and equal signs. */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const part of splitUnescaped(text)) {
    if (part === "") continue;
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(part);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = "", operator, value = ""] = match;
    requirements.push({ field: field.trim(), equal: operator !== "!=", value: unescape(value) });
  }
  return new FieldSelector(requirements);
}

function splitUnescaped(text: string): string[] {
  return text.match(/(?:\\.|[^,\\])+/gs) ?? [];
}

function unescape(value: string): string {
  return value.replaceAll(/\\([\\,=])/g, "$1");
}
