import assert from "node:assert/strict";
import { test } from "node:test";
import { CodedError, messageOf } from "./index.ts";

class BuildError extends CodedError<"FileNotFound" | "DuplicateID"> {}

test("CodedError carries its class name, code and cause", () => {
  const cause = new Error("ENOENT");
  const error = new BuildError("FileNotFound", "apps/a.yaml: no such file", { cause });
  assert.equal(error.name, "BuildError");
  assert.equal(error.code, "FileNotFound");
  assert.equal(error.cause, cause);
  assert.ok(error instanceof CodedError);
});

test("messageOf reads errors, empty errors, aggregates and other values", () => {
  assert.equal(messageOf(new Error("a")), "a");
  assert.equal(messageOf(new TypeError()), "TypeError");
  assert.equal(messageOf(new AggregateError([new Error("a"), "b"])), "a; b");
  assert.equal(messageOf(42), "42");
});
