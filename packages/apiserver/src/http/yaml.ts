import { parse, stringify, YamlError } from "@sluice/yaml";
import type { Json } from "../json/json.ts";
import { sendBytes, type Exchange } from "./exchange.ts";

/** Answers with JSON bytes turned into YAML. */
export function sendYaml(exchange: Pick<Exchange, "response" | "warnings">, code: number, json: Buffer): void {
  sendBytes(exchange, code, stringify(JSON.parse(json.toString("utf8"))), "application/yaml");
}

/** What a YAML text says, and Go's complaint where it says the same thing twice. */
export interface YamlReading {
  readonly value: Json;
  /** `yaml: unmarshal errors:`, then a line per repeated key. */
  readonly duplicates?: string;
}

/** Reads the first document of a YAML text as JSON. Throws a `YamlError` for what is not YAML or not JSON. */
export function parseYaml(text: string): YamlReading {
  try {
    return { value: asJson(parse(text, { duplicateKeys: "error" })) };
  } catch (error) {
    if (!(error instanceof YamlError) || !error.message.includes("already set in map")) throw error;
    return { value: asJson(parse(text)), duplicates: error.message };
  }
}

function asJson(value: unknown): Json {
  // Integers beyond what a number holds exactly are rounded, as they are in JSON bodies.
  const round = (_key: string, item: unknown): unknown => (typeof item === "bigint" ? Number(item) : item);
  return JSON.parse(JSON.stringify(value ?? null, round)) as Json;
}
