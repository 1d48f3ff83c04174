import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { TemplateError } from "../errors.ts";
import type { MissingKey } from "../exec/execution.ts";
import { TemplateSet } from "../exec/template-set.ts";
import { sprigFunctions } from "../functions/sprig.ts";
import { helmFunctions } from "../functions/yaml.ts";
import type { Value } from "../value/value.ts";
import { goData } from "./go-data.ts";

/** A template and what Go made of it: output or error text. */
interface Row {
  readonly t: string;
  readonly m?: MissingKey;
  /** Without sprig's and Helm's functions. */
  readonly p?: boolean;
  /** Left and right delimiter. */
  readonly l?: string;
  readonly r?: string;
  readonly o?: string;
  readonly e?: string;
}

/** None of the recorded texts depends on time or chance. */
const environment = { now: () => 1_700_000_000_000, randomBytes: (count: number) => new Uint8Array(count).fill(7) };
const functions = { ...sprigFunctions(environment), ...helmFunctions };

const folder = new URL("../../testdata/go/", import.meta.url);
const data = JSON.parse(readFileSync(new URL("../../testdata/data.json", import.meta.url), "utf8")) as Value;

/** Stray bytes are recorded as private characters. */
function showBytes(text: string): string {
  return text.isWellFormed()
    ? text
    : text.replace(/[\udc80-\udcff]/gu, (byte) => String.fromCharCode(0xe000 + byte.charCodeAt(0) - 0xdc00));
}

function render({ t, m, p, l, r }: Row): { readonly o?: string; readonly e?: string } {
  const delimiters = l === undefined || r === undefined ? {} : { delimiters: { left: l, right: r } };
  const set = new TemplateSet({ missingKey: m ?? "invalid", ...delimiters, functions: p === true ? {} : functions });
  try {
    set.parse("x", t);
    return { o: showBytes(set.execute("x", goData(structuredClone(data)))) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { e: showBytes(error.message) };
  }
}

for (const file of readdirSync(folder)) {
  test(`${file}: as Go renders it`, () => {
    const rows = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as readonly Row[];
    for (const row of rows) {
      const { o, e } = row;
      assert.deepEqual(render(row), o === undefined ? { e } : { o }, row.t);
    }
  });
}
