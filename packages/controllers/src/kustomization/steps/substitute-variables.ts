import { ManagedKey, type UnstructuredObject } from "@sluice/api";
import { substitute, SubstitutionError } from "@sluice/envsubst";
import { messageOf } from "@sluice/errors";
import { formatSubject, isSelected, referenceOf } from "@sluice/kube";
import { parse, stringify, YamlError } from "@sluice/yaml";
import { KustomizationError } from "../errors.ts";
import type { Variables } from "./load-variables.ts";

const VARIABLE_NAME = /^[_A-Za-z][_A-Za-z0-9]*$/;
/** Shorter values are part of every message. */
const MIN_MASKED_LENGTH = 4;

/**
 * Puts variables into an object: it is written as YAML, its expressions are replaced, and what comes out is read
 * again. So a value can become a number, or a whole mapping; quotes around an expression do not survive the writing.
 * Objects that opt out stay as they are. Every variable without a default must be set.
 */
export function substituteVariables(object: UnstructuredObject, variables: Variables): UnstructuredObject {
  if (isSelected(object, { [ManagedKey.Substitute]: "disabled" })) return object;
  const { values, secrets } = variables;
  try {
    const invalid = [...values.keys()].find((name) => !VARIABLE_NAME.test(name));
    if (invalid !== undefined) {
      throw new KustomizationError(
        "SubstitutionFailed",
        `'${invalid}' var name is invalid, must match '${VARIABLE_NAME.source}'`,
      );
    }
    const text = substitute(stringify(object), (name) => values.get(name), { strict: true });
    const result: unknown = parse(text);
    if (isObject(result)) return result;
    throw new KustomizationError("SubstitutionFailed", "the result is no Kubernetes object any more");
  } catch (cause) {
    if (!isExpected(cause)) throw cause;
    const problem = mask(messageOf(cause), secrets);
    const message = `post build failed for '${formatSubject(referenceOf(object))}': envsubst error: ${problem}`;
    throw new KustomizationError("SubstitutionFailed", message);
  }
}

function isExpected(thrown: unknown): boolean {
  return thrown instanceof SubstitutionError || thrown instanceof YamlError || thrown instanceof KustomizationError;
}

function isObject(value: unknown): value is UnstructuredObject {
  if (typeof value !== "object" || value === null) return false;
  const { apiVersion, kind, metadata } = value as Partial<UnstructuredObject>;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
}

function mask(message: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= MIN_MASKED_LENGTH)
    .toSorted((left, right) => right.length - left.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "***"), message);
}
