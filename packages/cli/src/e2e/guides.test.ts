import assert from "node:assert/strict";
import {
  accessSync,
  constants,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Shell } from "./shell.ts";
import { documentsWithCommands, shellBlocksOf, type ShellBlock } from "./shell-blocks.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const LIMIT_MS = 60_000;
/** The demo goes on until the blocks that are run in it are done. */
const DEMO_LIMIT_MS = 180_000;

interface PlacedBlock extends ShellBlock {
  readonly document: string;
}

const blocks: readonly PlacedBlock[] = globSync([...documentsWithCommands], { cwd: root })
  .sort()
  .flatMap((document) =>
    shellBlocksOf(readFileSync(join(root, document), "utf8")).map((block) => ({ ...block, document })),
  );

function blocksToRun(setting: string): readonly PlacedBlock[] {
  return blocks.filter(
    (block) => block.setting !== undefined && "run" in block.setting && block.setting.run === setting,
  );
}

function nameOf({ document, line, commands }: PlacedBlock): string {
  return `${document}:${line}: ${commands.split("\n")[0] ?? ""}`;
}

/** A directory that looks like a fresh clone with its packages installed; what commands write goes with it. */
function makeClone(world: string, name: string): string {
  const clone = join(world, name);
  mkdirSync(clone);
  for (const entry of readdirSync(root)) if (entry !== ".git") symlinkSync(join(root, entry), join(clone, entry));
  return clone;
}

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What commands see. Nobody listens at the proxy: whatever would leave the machine fails at once. */
function environmentIn(world: string): Record<string, string | undefined> {
  const proxy = "http://127.0.0.1:9";
  return {
    PATH: process.env["PATH"],
    HOME: world,
    http_proxy: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    no_proxy: "127.0.0.1,localhost",
    NO_PROXY: "127.0.0.1,localhost",
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
  };
}

function skipOf(commands: string): { skip?: string } {
  return /\bkubectl\b/.test(commands) && !isInstalled("kubectl") ? { skip: "there is no kubectl on this machine" } : {};
}

async function runBlocks(t: TestContext, setting: string, directory: string, env: Record<string, string | undefined>) {
  for (const block of blocksToRun(setting))
    await t.test(nameOf(block), skipOf(block.commands), async () => {
      await new Shell(block.commands, { directory, env, limitMs: LIMIT_MS }).succeeded();
    });
}

test("the commands of the documents work", { concurrency: 2 }, async (t) => {
  const world = mkdtempSync(join(tmpdir(), "sluice-guides-"));
  t.after(() => rmSync(world, { recursive: true, force: true, maxRetries: 3 }));
  const env = environmentIn(world);

  await Promise.all([
    t.test("every block says where it runs", () => {
      assert.deepEqual(blocks.filter(({ setting }) => setting === undefined).map(nameOf), []);
    }),
    t.test("in a clone", (inClone) => runBlocks(inClone, "clone", makeClone(world, "clone"), env)),
    t.test("in a demo", async (inDemo) => {
      const directory = makeClone(world, "clone-of-the-demo");
      const [start, ...others] = blocksToRun("demo start");
      assert.ok(start !== undefined && others.length === 0, "one block starts the demo");
      const demo = new Shell(start.commands, { directory, env, limitMs: DEMO_LIMIT_MS });
      try {
        await demo.printed("Ctrl-C ends the demo.");
        const KUBECONFIG = join(world, "fleet/clusters/staging/eu-central-1/kubeconfig");
        await runBlocks(inDemo, "demo", directory, { ...env, KUBECONFIG });
      } finally {
        await demo.close();
      }
    }),
    ...blocks.map((block) => {
      const { setting } = block;
      return setting !== undefined && "skip" in setting && t.test(nameOf(block), { skip: setting.skip });
    }),
  ]);
  const skipped = blocks.filter(({ setting }) => setting !== undefined && "skip" in setting).length;
  t.diagnostic(`${blocks.length - skipped} blocks of commands are run, ${skipped} are not, for the reasons they give`);
});
