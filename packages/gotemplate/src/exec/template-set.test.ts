import assert from "node:assert/strict";
import { test } from "node:test";
import { FunctionError, TemplateError } from "../errors.ts";
import { GoObject, type Kind, type Value, type GoFunction } from "../value/value.ts";
import { fn, fnWithExecution } from "./function.ts";
import { GoSequence } from "./sequence.ts";
import { TemplateSet } from "./template-set.ts";

function failureOf(body: () => unknown): TemplateError {
  try {
    body();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}

test("errors carry their place in parts", () => {
  const set = new TemplateSet();
  set.parse("app.yaml", 'a\n{{ define "x" }}\n  é{{ .a.b }}{{ end }}');
  const error = failureOf(() => set.execute("x", { a: "text" }));
  assert.deepEqual(
    { code: error.code, template: error.template, line: error.line, column: error.column, executing: error.executing },
    { code: "Exec", template: "app.yaml", line: 3, column: 9, executing: "x" },
  );
  assert.equal(error.action, ".a.b");
  assert.equal(error.reason, "can't evaluate field b in type interface {}");
});

test("a parse error adds nothing to the set", () => {
  const set = new TemplateSet();
  const error = failureOf(() => set.parse("a", '{{ define "x" }}1{{ end }}\n{{ nope }}'));
  assert.deepEqual([error.code, error.line, error.reason], ["Parse", 2, 'function "nope" not defined']);
  assert.deepEqual(set.names(), []);
});

test("a later definition wins unless it is empty", () => {
  const set = new TemplateSet();
  set.parse("a", '{{ define "x" }}1{{ end }}');
  set.parse("b", '{{ define "x" }}2{{ end }}');
  set.parse("c", '{{ define "x" }} {{ end }}');
  assert.equal(set.execute("x", null), "2");
});

test("a clone sees the original, not the reverse", () => {
  const set = new TemplateSet();
  set.parse("a", "A");
  const clone = set.clone();
  clone.parse("b", '{{ template "a" }}B');
  assert.equal(clone.execute("b", null), "AB");
  assert.equal(set.has("b"), false);
  assert.equal(failureOf(() => set.execute("b", null)).code, "NotFound");
});

/** Helm's `include` and `tpl`, as a caller writes them. */
const functions = {
  include: fnWithExecution(["string", "any"], (execution, name, data) => execution.execute(name, data)),
  tpl: fnWithExecution(["string", "any"], (execution, text, data) => {
    const templates = execution.templates.clone();
    templates.parse("tpl", text);
    return execution.execute("tpl", data, templates);
  }),
};

test("functions execute templates within the same budgets", () => {
  const set = new TemplateSet({ functions });
  set.parse(
    "main",
    '{{ define "x" }}<{{ . }}>{{ end }}{{ include "x" .a | printf "%q" }}{{ tpl "{{ include \\"x\\" .a }}" . }}',
  );
  assert.equal(set.execute("main", { a: "v" }), '"<v>"<v>');
  set.parse("loop", '{{ include "loop" . }}');
  assert.equal(
    failureOf(() => set.execute("loop", null, { depth: 20 })).reason.endsWith("exceeded maximum template depth (20)"),
    true,
  );
  const nested = failureOf(() => set.execute("loop", null, { depth: 1_000_000 }));
  assert.equal(nested.code, "LimitExceeded");
});

test("an error in a nested template names both places", () => {
  const set = new TemplateSet({ functions });
  set.parse("main", '{{ define "x" }}{{ .a.b }}{{ end }}{{ include "x" . }}');
  const error = failureOf(() => set.execute("main", { a: 1 }));
  assert.equal(
    error.message,
    'template: main:1:38: executing "main" at <include "x" .>: error calling include: ' +
      'template: main:1:21: executing "x" at <.a.b>: can\'t evaluate field b in type interface {}',
  );
  assert.ok(error.cause instanceof TemplateError);
});

test("budgets end what would not", () => {
  const set = new TemplateSet();
  const rows: readonly (readonly [string, Parameters<TemplateSet["execute"]>[2]])[] = [
    ["{{ range 1000000000 }}{{ end }}", { steps: 1000 }],
    ["{{ range 1000 }}0123456789{{ end }}", { output: 5000 }],
    ['{{ $x := "a" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}', {}],
    ['{{ template "t2" }}', { depth: 0 }],
  ];
  for (const [text, limits] of rows) {
    set.parse("t", text);
    const error = failureOf(() => set.execute("t", null, limits));
    assert.ok(error.code === "LimitExceeded" || limits?.depth === 0, text);
  }
});

/** An object with a method and a field, as Helm's `.Capabilities.APIVersions`. */
class Versions extends GoObject {
  readonly typeName = "common.VersionSet";
  readonly kind: Kind = "struct";

  override field(name: string): Value | undefined {
    return name === "Count" ? 2 : undefined;
  }

  override method(name: string): GoFunction | undefined {
    return name === "Has" ? fn(["string"], (version) => ["v1", "apps/v1"].includes(version)) : undefined;
  }

  override fields(): ReadonlyMap<string, Value> {
    return new Map([["Count", 2]]);
  }
}

test("objects have fields and methods", () => {
  const set = new TemplateSet();
  set.parse("t", '{{ .v.Has "v1" }} {{ "v2" | .v.Has }} {{ .v.Count }} {{ .v }} {{ printf "%+v" .v }}');
  assert.equal(set.execute("t", { v: new Versions() }), "true false 2 {2} {Count:2}");
  set.parse("t", "{{ .v.Nope }}");
  assert.match(failureOf(() => set.execute("t", { v: new Versions() })).reason, /can't evaluate field Nope/);
});

test("ranges over sequences", () => {
  const pairs = new GoSequence(
    () => [
      ["a", 1],
      ["b", 2],
    ],
    { hasPairs: true },
  );
  const set = new TemplateSet();
  set.parse("t", "{{ range $k, $v := . }}{{ $k }}{{ $v }}{{ end }}{{ range . }}{{ . }}{{ end }}");
  assert.equal(set.execute("t", pairs), "a1b2ab");
});

test("a function's failure keeps its cause", () => {
  const cause = new FunctionError("no");
  const set = new TemplateSet({
    functions: {
      refuse: fn([], () => {
        throw cause;
      }),
    },
  });
  set.parse("t", "{{ refuse }}");
  assert.equal(failureOf(() => set.execute("t", null)).cause, cause);
});

test("keys of objects do not reach their prototype", () => {
  const set = new TemplateSet({ missingKey: "error" });
  for (const key of ["constructor", "__proto__", "toString"]) {
    set.parse("t", `{{ .${key} }}`);
    assert.match(failureOf(() => set.execute("t", {})).reason, /map has no entry/);
  }
});
