import { usageError } from "../../errors.ts";
import { boolean, duration } from "../../program/flag.ts";
import type { Flag } from "../../program/flag.ts";
import { labelFlag } from "../../program/global-flags.ts";

/** The flags of all `create` commands. */
export type CreateFlags = {
  readonly export: Flag<boolean>;
  readonly interval: Flag<number>;
  readonly label: Flag<readonly string[]>;
};

const MINUTE_MS = 60_000;

export const createFlags: CreateFlags = {
  export: boolean("print the object as YAML instead of applying it"),
  interval: duration("how often to look for changes", MINUTE_MS),
  label: labelFlag,
};

/** Checks the name of an object to create. */
export function requireObjectName(args: readonly string[]): string {
  const [name] = args;
  if (name === undefined) throw usageError("name is required");
  if (!/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/.test(name)) {
    const rule =
      "it should adhere to standard defined in RFC 1123, the name can only contain alphanumeric characters or '-'";
    throw usageError(`name '${name}' is invalid, ${rule}`);
  }
  return name;
}

const LABEL_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Reads `--label key=value` into a map. */
export function parseLabels(pairs: readonly string[]): { [key: string]: string } {
  const labels: { [key: string]: string } = {};
  for (const pair of pairs) {
    const [key = "", value, ...more] = pair.split("=");
    if (value === undefined || more.length > 0) throw usageError(`invalid label format '${pair}', must be key=value`);
    const slash = key.indexOf("/");
    const prefix = slash < 0 ? undefined : key.slice(0, slash);
    const isKey =
      LABEL_PART.test(key.slice(slash + 1)) &&
      (prefix === undefined || (DNS_SUBDOMAIN.test(prefix) && prefix.length <= 253));
    if (!isKey) {
      throw usageError(
        `invalid label '${key}': must be a name of letters, digits, '-', '_' and '.', optionally after a DNS prefix and '/'`,
      );
    }
    if (value !== "" && !LABEL_PART.test(value)) {
      throw usageError(`invalid label value '${value}': must be empty or at most 63 letters, digits, '-', '_' and '.'`);
    }
    labels[key] = value;
  }
  return labels;
}
