import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileGlob } from "./glob.ts";
import { createSourceFilter, ignoreFileName } from "./source-ignore.ts";

/** What go-git and Flux's own package keep of the same paths under the same patterns. */
const recorded = JSON.parse(
  readFileSync(new URL("../../testdata/sourceignore/go-git-5.19.json", import.meta.url), "utf8"),
) as {
  readonly paths: readonly string[];
  readonly cases: readonly {
    readonly ignore: string;
    readonly domain: readonly string[];
    readonly kept: readonly string[];
  }[];
};

for (const { ignore, domain, kept } of recorded.cases) {
  test(`patterns ${JSON.stringify(ignore)} in ${JSON.stringify(domain.join("/"))}`, () => {
    const keep = createSourceFilter(new Map([[[...domain, ignoreFileName].join("/"), ignore]]));
    assert.deepEqual(recorded.paths.filter(keep), kept);
  });
}

test("spec.ignore comes last and is bound to the root", () => {
  const files = new Map([
    ["apps/.sourceignore", "*.yaml"],
    [".sourceignore", "apps/x.txt"],
  ]);
  assert.equal(createSourceFilter(files)("apps/a.yaml"), false);
  assert.equal(createSourceFilter(files, "!/apps/a.yaml")("apps/a.yaml"), true);
  assert.equal(createSourceFilter(files, "!/apps/a.yaml")("apps/x.txt"), false);
});

test("deeper files overrule those above", () => {
  const files = new Map([
    ["a/b/.sourceignore", "!keep.md"],
    [".sourceignore", "*.md"],
    ["a/.sourceignore", "keep.md"],
  ]);
  const keep = createSourceFilter(files);
  assert.equal(keep("a/b/keep.md"), true);
  assert.equal(keep("a/keep.md"), false);
  assert.equal(keep("keep.md"), false);
});

test("any pattern, even from the spec, drops the defaults but not version control", () => {
  assert.equal(createSourceFilter(new Map())("logo.png"), false);
  assert.equal(createSourceFilter(new Map(), "")("logo.png"), false);
  assert.equal(createSourceFilter(new Map(), "# nothing")("logo.png"), false);
  assert.equal(createSourceFilter(new Map(), "x")("logo.png"), true);
  assert.equal(createSourceFilter(new Map(), "x")(".gitignore"), false);
});

test("a glob does not explode", () => {
  const matches = compileGlob(`${"*a".repeat(100)}*b`);
  const started = performance.now();
  assert.equal(matches("a".repeat(20_000)), false);
  assert.ok(performance.now() - started < 5000);
});
