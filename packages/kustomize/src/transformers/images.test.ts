import assert from "node:assert/strict";
import { test } from "node:test";
import { splitImage, updateImage } from "./images.ts";

const references: readonly (readonly [image: string, name: string, tag: string, digest: string])[] = [
  ["nginx", "nginx", "", ""],
  ["nginx:1.2", "nginx", "1.2", ""],
  ["host:5000/a/b", "host:5000/a/b", "", ""],
  ["host:5000/a/b:1", "host:5000/a/b", "1", ""],
  ["a@sha256:0", "a", "", "sha256:0"],
  ["host:5000/a:1@sha256:0", "host:5000/a", "1", "sha256:0"],
];

for (const [image, name, tag, digest] of references) {
  test(`${image} has name, tag and digest`, () => {
    assert.deepEqual(splitImage(image), { name, tag, digest });
  });
}

test("rules replace parts of a reference", () => {
  assert.equal(updateImage("a:1@sha256:0", { newTag: "2" }), "a:2");
  assert.equal(updateImage("a:1", { digest: "sha256:1" }), "a@sha256:1");
  assert.equal(updateImage("a:1", { newName: "b", tagSuffix: "-x" }), "b:1-x");
  assert.equal(updateImage("a:1", { newTag: "2", digest: "sha256:1" }), "a:2@sha256:1");
});
