import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger, silentLogger, type LoggerOptions } from "./logger.ts";
import { redact } from "./redact.ts";

function capture(options: LoggerOptions = {}): { logger: ReturnType<typeof createLogger>; lines: string[] } {
  const lines: string[] = [];
  const now = (): Date => new Date("2026-01-01T00:00:00.123Z");
  return { logger: createLogger({ now, write: (line) => lines.push(line), ...options }), lines };
}

test("JSON lines carry the keys that flux logs reads", () => {
  const { logger, lines } = capture();
  logger
    .named("manager")
    .named("ks")
    .with({
      controller: "kustomization",
      controllerKind: "Kustomization",
      name: "apps",
      namespace: "flux-system",
      reconcileID: "r",
    })
    .error("failed", new Error("boom"), { extra: { deep: 1n }, missing: undefined });
  assert.deepEqual(lines, [
    '{"level":"error","ts":"2026-01-01T00:00:00.123Z","logger":"manager.ks","msg":"failed","controller":"kustomization","controllerKind":"Kustomization","name":"apps","namespace":"flux-system","reconcileID":"r","extra":{"deep":"1"},"error":"boom"}\n',
  ]);
});

test("levels below the threshold are dropped", () => {
  for (const [level, want] of [
    ["trace", 4],
    ["debug", 3],
    ["info", 2],
    ["error", 1],
  ] as const) {
    const { logger, lines } = capture({ level });
    logger.trace("t");
    logger.debug("d");
    logger.info("i");
    logger.error("e", undefined);
    assert.equal(lines.length, want, level);
  }
  silentLogger.error("nobody hears", new Error("this"));
});

test("the console form is one line, whatever is in it", () => {
  const { logger, lines } = capture({ encoding: "console" });
  logger.info("two\nlines \u001b[31mred", { name: "a b", count: 2, plain: "x", object: { a: 1 } });
  assert.deepEqual(lines, [
    '2026-01-01T00:00:00.123Z INFO  two\\nlines \\u001b[31mred name="a b" count=2 plain=x object={"a":1}\n'.replace(
      'object={"a":1}',
      'object={"a":1}',
    ),
  ]);
});

test("values that refer to themselves do not break the line", () => {
  const { logger, lines } = capture();
  const loop: { self?: unknown } = {};
  loop.self = loop;
  logger.info("loop", { loop, error: new Error("https://u:p@h/") });
  assert.match(lines[0]!, /\[repeated\]/);
  assert.match(lines[0]!, /https:\/\/\*{5}@h\//);
});

const secrets: readonly (readonly [text: string, want: string])[] = [
  ["clone https://user:hunter2@example.com/x.git failed", "clone https://*****@example.com/x.git failed"],
  ["ssh://git@example.com/x", "ssh://*****@example.com/x"],
  ["https://example.com/a@b", "https://example.com/a@b"],
  ["Authorization: Bearer abc.def", "Authorization: Bearer *****"],
  ['{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"Basic *****"}'],
  ["used bearer 0123456789abcdef here", "used bearer ***** here"],
  ["a bearer of news", "a bearer of news"],
  ["token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln end", "token ***** end"],
  ["ghp_0123456789012345678901234567890123456789", "*****"],
  ["x glpat-0123456789abcdefXYZ_ y", "x ***** y"],
  ["password=hunter2&user=a", "password=*****&user=a"],
  ["client_secret: s3cr3t, next", "client_secret: *****, next"],
  ['"password": "hunter2"', '"password": "*****"'],
  ["-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\nrest", "*****PRIVATE KEY*****\nrest"],
  ["-----BEGIN PRIVATE KEY-----\ncut off", "*****PRIVATE KEY*****"],
  ["-----BEGIN CERTIFICATE-----\npublic", "-----BEGIN CERTIFICATE-----\npublic"],
  ['secrets "flux-system" not found', 'secrets "flux-system" not found'],
  ["Secret/default/token: invalid", "Secret/default/token: invalid"],
  ["spec.password: Required value", "spec.password: Required value"],
  ["token=invalid", "token=*****"],
  ["open '/etc/passwd': open /etc/passwd: no such file", "open '/etc/passwd': open /etc/passwd: no such file"],
  ["cannot be handled as a Secret: illegal base64 data", "cannot be handled as a Secret: illegal base64 data"],
];

test("secrets are blotted out, ordinary words are not", () => {
  for (const [text, want] of secrets) {
    assert.equal(redact(text), want);
    assert.equal(redact(want), want, "twice is the same");
  }
});

test("redacting takes no more than linear time", () => {
  const started = performance.now();
  for (const piece of ["a://", "bearer ", "eyJa.", "password=", "-----BEGIN PRIVATE KEY-----", "authorization: "])
    redact(piece.repeat(20_000));
  assert.ok(performance.now() - started < 2000);
});
