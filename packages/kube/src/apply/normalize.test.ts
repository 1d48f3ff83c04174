import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnstructuredObject } from "@sluice/api";
import { normalize } from "./normalize.ts";

const metadata = { name: "x", namespace: "ns" };

const cases: { name: string; input: UnstructuredObject; want: UnstructuredObject }[] = [
  {
    name: "stringData becomes data and wins",
    input: { apiVersion: "v1", kind: "Secret", metadata, data: { a: "AA==", b: "AA==" }, stringData: { b: "text" } },
    want: { apiVersion: "v1", kind: "Secret", metadata, data: { a: "AA==", b: "dGV4dA==" } },
  },
  {
    name: "ports get their protocol, in services",
    input: {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { ports: [{ port: 80 }, { port: 53, protocol: "UDP" }] },
    },
    want: {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        ports: [
          { port: 80, protocol: "TCP" },
          { port: 53, protocol: "UDP" },
        ],
      },
    },
  },
  {
    name: "and in pod templates, where quantities become text",
    input: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        template: { spec: { containers: [{ ports: [{ containerPort: 80 }], resources: { limits: { cpu: 1 } } }] } },
      },
    },
    want: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        template: {
          spec: {
            containers: [{ ports: [{ containerPort: 80, protocol: "TCP" }], resources: { limits: { cpu: "1" } } }],
          },
        },
      },
    },
  },
  {
    name: "what the server writes is dropped",
    input: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        ...metadata,
        uid: "u",
        resourceVersion: "1",
        generation: 2,
        creationTimestamp: "2024-01-01T00:00:00Z",
      },
      status: {},
    },
    want: { apiVersion: "v1", kind: "ConfigMap", metadata },
  },
  {
    name: "a definition keeps its status and loses a broken caBundle",
    input: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "x" },
      spec: { conversion: { webhook: { clientConfig: { caBundle: "Cg==", url: "https://x" } } } },
      status: { conditions: [] },
    },
    want: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "x" },
      spec: { conversion: { webhook: { clientConfig: { url: "https://x" } } } },
      status: { conditions: [] },
    },
  },
  {
    name: "odd shapes are left for the server to refuse",
    input: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { template: { spec: { containers: "none" } } },
    },
    want: { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { template: { spec: { containers: "none" } } } },
  },
];

for (const { name, input, want } of cases) {
  test(`normalize: ${name}`, () => {
    const before = structuredClone(input);
    assert.deepEqual(normalize(input), want);
    assert.deepEqual(input, before);
  });
}
