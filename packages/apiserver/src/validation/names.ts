/** Each function returns what is wrong with a text, in the words of the real server; nothing when it is fine. */
export type TextCheck = (text: string) => readonly string[];

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const label1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const qualifiedPart = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelValue = `(${qualifiedPart})?`;
const configKey = "[-._a-zA-Z0-9]+";

const anchored = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let compiled = anchored.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(`^(?:${pattern})$`);
    anchored.set(pattern, compiled);
  }
  return compiled.test(text);
}

function patternMessage(message: string, pattern: string, ...examples: readonly string[]): string {
  const quoted = examples.map((example) => `'${example}'`).join(",  or ");
  return `${message} (e.g. ${quoted}, regex used for validation is '${pattern}')`;
}

function tooLong(text: string, maximum: number, unit: "bytes" | "characters"): string[] {
  return text.length > maximum ? [`must be no more than ${maximum} ${unit}`] : [];
}

export const isDns1123Label: TextCheck = (text) => {
  const errors = tooLong(text, 63, "bytes");
  if (matches(label, text)) return errors;
  if (matches(subdomain, text)) return [...errors, "must not contain dots"];
  return [
    ...errors,
    patternMessage(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
      label,
      "my-name",
      "123-abc",
    ),
  ];
};

export const isDns1123Subdomain: TextCheck = (text) => {
  const errors = tooLong(text, 253, "bytes");
  if (matches(subdomain, text)) return errors;
  return [
    ...errors,
    patternMessage(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
      subdomain,
      "example.com",
    ),
  ];
};

export const isDns1035Label: TextCheck = (text) => {
  const errors = tooLong(text, 63, "characters");
  if (matches(label1035, text)) return errors;
  return [
    ...errors,
    patternMessage(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
      label1035,
      "my-name",
      "abc-123",
    ),
  ];
};

/** Names that only need to be one segment of a URL: roles and their bindings. */
export const isPathSegment: TextCheck = (text) => {
  if (text === "." || text === "..") return [`may not be '${text}'`];
  return ["/", "%"].filter((part) => text.includes(part)).map((part) => `may not contain '${part}'`);
};

const qualifiedMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** Keys of labels and annotations, finalizers: `[prefix/]name`. */
export const isQualifiedName: TextCheck = (text) => {
  const parts = text.split("/");
  const errors: string[] = [];
  let name = parts[0] ?? "";
  if (parts.length === 2) {
    name = parts[1] ?? "";
    const prefix = parts[0] ?? "";
    if (prefix === "") errors.push("prefix part must be non-empty");
    else errors.push(...isDns1123Subdomain(prefix).map((error) => `prefix part ${error}`));
  } else if (parts.length > 2) {
    return [
      `a valid label key ${patternMessage(qualifiedMessage, qualifiedPart, "MyName", "my.name", "123-abc")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === "") errors.push("name part must be non-empty");
  else errors.push(...tooLong(name, 63, "bytes").map((error) => `name part ${error}`));
  if (!matches(qualifiedPart, name)) {
    errors.push(`name part ${patternMessage(qualifiedMessage, qualifiedPart, "MyName", "my.name", "123-abc")}`);
  }
  return errors;
};

export const isLabelValue: TextCheck = (text) => {
  const errors = tooLong(text, 63, "bytes");
  if (matches(labelValue, text)) return errors;
  return [
    ...errors,
    patternMessage(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      labelValue,
      "MyValue",
      "my_value",
      "12345",
    ),
  ];
};

/** Keys of ConfigMaps and Secrets. */
export const isConfigMapKey: TextCheck = (text) => {
  const errors = tooLong(text, 253, "bytes");
  if (!matches(configKey, text)) {
    return [
      ...errors,
      patternMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        configKey,
        "key.name",
        "KEY_NAME",
        "key-name",
      ),
    ];
  }
  if (text === "." || text === "..") return [...errors, `must not be '${text}'`];
  return text.startsWith("..") ? [...errors, "must not start with '..'"] : errors;
};

/** Host names that may begin with `*.`: Ingress rules. */
export const isWildcardDns1123Subdomain: TextCheck = (text) => {
  const pattern = `\\*\\.${subdomain}`;
  const errors = tooLong(text, 253, "bytes");
  if (matches(pattern, text)) return errors;
  return [
    ...errors,
    patternMessage(
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
      pattern,
      "*.example.com",
    ),
  ];
};

/** Environment variables: anything printable in ASCII but the equal sign. */
export const isEnvironmentVariableName: TextCheck = (text) => {
  if (text !== "" && /^[\x20-\x3c\x3e-\x7e]+$/.test(text)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};

/** Names of ports in Services and containers. */
export const isPortName: TextCheck = (text) => {
  const errors: string[] = [];
  if (text.length > 15) errors.push("must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(text)) {
    errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!/[a-z]/.test(text)) errors.push("must contain at least one letter (a-z)");
  if (text.includes("--")) errors.push("must not contain consecutive hyphens");
  if (text.startsWith("-") || text.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
};

export function isPortNumber(port: number): readonly string[] {
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];
}

/** A name check for the names of objects; a prefix (`generateName`) may end where a name may not. */
export function nameCheck(check: TextCheck): (name: string, prefix: boolean) => readonly string[] {
  return (name, prefix) => check(prefix && name.endsWith("-") && name.length > 1 ? `${name.slice(0, -1)}a` : name);
}
