import { parse, stringify } from "@sluice/yaml";
import type { Json } from "../json/json.ts";
import { sendBytes, type Exchange } from "./exchange.ts";

/** Answers with JSON bytes turned into YAML. */
export function sendYaml(exchange: Pick<Exchange, "response" | "warnings">, code: number, json: Buffer): void {
  sendBytes(exchange, code, stringify(JSON.parse(json.toString("utf8"))), "application/yaml");
}

/** Reads the first document of a YAML text as JSON. Throws a `YamlError` for what is not YAML or not JSON. */
export function parseYaml(text: string): Json {
  // Integers beyond what a number holds exactly are rounded, as they are in JSON bodies.
  const round = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value);
  return JSON.parse(JSON.stringify(parse(text) ?? null, round)) as Json;
}
