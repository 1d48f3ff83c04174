import { test } from "node:test";
import { assertGolden } from "@sluice/testing";
import { plain } from "./paint.ts";
import { tellStory, type Story } from "./story.ts";

const story: Story = {
  repository: { directory: "/data/git/fleet-infra.git", branch: "main", commit: "a".repeat(40) },
  clusters: new Map([
    ["production/eu-west-1", { server: "https://127.0.0.1:1", kubeconfig: "/data/my clusters/eu-west-1/kubeconfig" }],
    ["staging/eu-central-1", { server: "https://127.0.0.1:2", kubeconfig: "/data/eu-central-1/kubeconfig" }],
  ]),
  command: "/opt/sluice/bin/sluice.js",
  clone: "/data/it's a clone",
  isExample: true,
};

test("tellStory gives commands that a shell can run", () => {
  const text = (told: Story): string => `${tellStory(told, plain).join("\n")}\n`;
  assertGolden(new URL("../../../testdata/demo/story.txt", import.meta.url), text(story));
  assertGolden(
    new URL("../../../testdata/demo/story-any-fleet.txt", import.meta.url),
    text({ ...story, isExample: false }),
  );
});
