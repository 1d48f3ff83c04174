import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRequest } from "./request-info.ts";

test("parseRequest() reads what a request wants", () => {
  const cases: readonly [string, string, string][] = [
    ["GET", "/api/v1/namespaces", "list /v1 namespaces"],
    ["GET", "/api/v1/namespaces/a", "get /v1 namespaces a/a"],
    ["PUT", "/api/v1/namespaces/a/finalize", "update /v1 namespaces/finalize a/a"],
    ["GET", "/api/v1/namespaces/a/pods", "list /v1 pods a/"],
    ["GET", "/api/v1/namespaces/a/pods?watch=true", "watch /v1 pods a/"],
    ["GET", "/api/v1/namespaces/a/pods?watch=0", "list /v1 pods a/"],
    ["GET", "/api/v1/watch/namespaces/a/pods", "watch /v1 pods a/"],
    ["DELETE", "/api/v1/namespaces/a/pods", "deletecollection /v1 pods a/"],
    ["GET", "/api/v1/namespaces/a/pods/b/log", "get /v1 pods/log a/b"],
    ["PATCH", "/apis/apps/v1/namespaces/a/deployments/b/status", "patch apps/v1 deployments/status a/b"],
    ["POST", "/apis/example.com/v1/widgets", "create example.com/v1 widgets"],
    ["GET", "/apis/apps/v1", "path get /apis/apps/v1"],
    ["GET", "/healthz", "path get /healthz"],
    ["GET", "/api/v1/namespaces/%zz", "path get /api/v1/namespaces/%zz"],
  ];
  for (const [method, url, want] of cases) {
    const info = parseRequest(method, url);
    const text =
      info.kind === "path"
        ? `path ${info.verb} ${info.path}`
        : [
            info.verb,
            `${info.group}/${info.version}`,
            info.subresource === "" ? info.resource : `${info.resource}/${info.subresource}`,
            info.namespace === "" && info.name === "" ? "" : `${info.namespace}/${info.name}`,
          ]
            .join(" ")
            .trim();
    assert.equal(text, want);
  }
});
