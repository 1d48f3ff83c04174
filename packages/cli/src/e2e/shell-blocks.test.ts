import assert from "node:assert/strict";
import { test } from "node:test";
import { shellBlocksOf, type BlockSetting } from "./shell-blocks.ts";

test("shellBlocksOf() reads the comment directly above a block", () => {
  const cases: [above: string, setting: BlockSetting | undefined][] = [
    ["<!-- run: clone -->", { run: "clone" }],
    ["<!-- run: demo -->", { run: "demo" }],
    ["<!-- run: demo start -->", { run: "demo start" }],
    ["<!-- skip: needs a real cluster -->", { skip: "needs a real cluster" }],
    ["<!-- skip:  -->", undefined],
    ["<!-- run: anywhere -->", undefined],
    ["<!-- run: clone -->\n", undefined],
    ["Some words.", undefined],
  ];
  for (const [above, setting] of cases) {
    const [block] = shellBlocksOf(`${above}\n\`\`\`sh\nls\n\`\`\`\n`);
    assert.deepEqual(block?.setting, setting, above);
  }
});

test("shellBlocksOf() finds blocks of commands alone, with the line they begin on", () => {
  const text =
    "# Title\n\n```\nls # no commands\n```\n\n```yaml\na: b\n```\n\n```bash\nls \\\n  -l\n```\n\n```sh\npwd\n```\n";
  const found = shellBlocksOf(text).map(({ line, commands }) => [line, commands]);
  assert.deepEqual(found, [
    [12, "ls \\\n  -l"],
    [17, "pwd"],
  ]);
});
