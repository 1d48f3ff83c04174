import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { parseAll } from "@sluice/yaml";
import { loadTxtarCases } from "@sluice/testing";
import { build, type BuildOptions, format } from "./build.ts";
import { KustomizeError } from "./errors.ts";
import { MemoryFileSystem, type SymbolicLink } from "./memory-file-system.ts";
import { joinPath } from "./posix-path.ts";
import type { ResMap } from "./res-map.ts";
import { fixtureRoot, optionsOf, parseSetup } from "./testing/fixture.ts";

const testdata = new URL("../testdata/", import.meta.url);

interface Tree {
  readonly name: string;
  readonly files: ReadonlyMap<string, string | SymbolicLink>;
  readonly root: string;
  readonly options: BuildOptions;
}

const trees: readonly Tree[] = readdirSync(testdata)
  .toSorted()
  .flatMap((field) =>
    loadTxtarCases(new URL(`${field}/`, testdata)).map(({ name, archive }) => {
      const setup = parseSetup(archive.comment);
      const inputs = [...archive.files, ...setup.links].filter(([file]) => !file.startsWith("want."));
      return {
        name: `${field}/${name}`,
        files: new Map(inputs.map(([file, content]) => [joinPath(fixtureRoot, file), content])),
        root: joinPath(fixtureRoot, setup.root),
        options: optionsOf(setup),
      };
    }),
  );

/** The output, or the code of the error. Anything but a coded error is thrown on. */
function outcome(files: Tree["files"], root: string, options: BuildOptions): string {
  try {
    return format(build(new MemoryFileSystem(files), root, options));
  } catch (error) {
    if (error instanceof KustomizeError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function buildOne(text: string): string {
  const files = new Map([
    ["/kustomization.yaml", "resources: [a.yaml]\n"],
    ["/a.yaml", text],
  ]);
  return format(build(new MemoryFileSystem(files), "/", { reorder: "none" }));
}

test("a build gives the same result every time", () => {
  for (const { files, root, options } of trees) {
    assert.equal(outcome(files, root, options), outcome(files, root, options));
  }
});

test("building what was built changes nothing", () => {
  for (const { name, files, root, options } of trees) {
    if (name.startsWith("output/") || name.startsWith("buildMetadata/")) continue;
    const built = outcome(files, root, options);
    if (built.startsWith("apiVersion: ")) assert.equal(buildOne(built), built, name);
  }
});

/** Plain values; floats that are whole and integers beyond 2^53 look the same. */
function withoutBigint(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? Number(each) : each)));
}

test("what is printed means what the objects say", () => {
  for (const { name, files, root, options } of trees) {
    let built: ResMap;
    try {
      built = build(new MemoryFileSystem(files), root, options);
      format(built);
    } catch (error) {
      if (error instanceof KustomizeError) continue;
      throw error;
    }
    assert.deepEqual(withoutBigint(parseAll(format(built))), withoutBigint(built.resources), name);
  }
});

const key = fc.stringMatching(/^[a-z_]{1,8}$/);
const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom("yes", "0x1F", "a: b", "- x", " "),
);
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(key, tie("node"), { maxKeys: 4 }),
  ),
})).node;

test("the order of keys does not matter, and no value is lost", () => {
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 5 }), (spec) => {
      const object = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" }, spec };
      const reversed = {
        spec: Object.fromEntries(Object.entries(spec).toReversed()),
        metadata: { name: "t" },
        kind: "Thing",
        apiVersion: "example.com/v1",
      };
      let text: string;
      try {
        text = buildOne(JSON.stringify(object));
      } catch (error) {
        // Control characters have no place in YAML.
        assert.ok(error instanceof KustomizeError && error.code === "NotSerializable");
        return;
      }
      assert.equal(buildOne(JSON.stringify(reversed)), text);
      assert.equal(buildOne(text), text);
    }),
    { numRuns: 200 },
  );
});

/** Small damage to a text. */
const damage = fc.record({
  at: fc.nat({ max: 1000 }),
  length: fc.nat({ max: 12 }),
  insert: fc.constantFrom(
    "",
    " ",
    "\n",
    ":",
    "- ",
    "{",
    "]",
    "&a ",
    "*a",
    "!!int ",
    "null",
    "$patch: delete\n",
    "---\n",
    "\t",
    '"',
    "../",
    "__proto__",
    "\u0000",
    "[0]",
    "~1",
  ),
});

test("damaged input ends in a coded error or a result", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: trees.length - 1 }),
      fc.nat(),
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      (which, file, damages) => {
        const tree = trees[which];
        if (tree === undefined) return;
        const names = [...tree.files.keys()];
        const name = names[file % names.length] ?? "";
        const content = tree.files.get(name);
        if (typeof content !== "string") return;
        let text = content;
        for (const { at, length, insert } of damages) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + insert + text.slice(place + length);
        }
        outcome(new Map([...tree.files, [name, text]]), tree.root, tree.options);
      },
    ),
    { numRuns: 500 },
  );
});
