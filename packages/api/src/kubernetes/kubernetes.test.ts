import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  findKubernetesType,
  isStableVersion,
  kubernetesDefinitions,
  kubernetesGroups,
  kubernetesResources,
  type KubernetesSchema,
  toGoForm,
  zeroObject,
} from "./index.ts";
import type { JsonValue } from "../meta/object.ts";

describe("built-in definitions", () => {
  test("every reference leads to a definition", () => {
    const missing: string[] = [];
    const visit = (schema: KubernetesSchema, path: string): void => {
      if (schema.$ref !== undefined && kubernetesDefinitions[schema.$ref] === undefined) missing.push(path);
      for (const [name, field] of Object.entries(schema.properties ?? {})) visit(field, `${path}.${name}`);
      if (schema.items !== undefined) visit(schema.items, `${path}[]`);
      if (schema.additionalProperties !== undefined) visit(schema.additionalProperties, `${path}{}`);
    };
    for (const [name, schema] of Object.entries(kubernetesDefinitions)) visit(schema, name);
    assert.deepEqual(missing, []);
  });

  test("every resource and subresource has a type", () => {
    // Bodies of connect requests are query parameters: they have no schema.
    const untyped = kubernetesResources
      .flatMap((resource) => [resource, ...resource.subresources])
      .filter((gvk) => findKubernetesType(gvk) === undefined)
      .map(({ kind }) => kind);
    assert.deepEqual([...new Set(untyped)].toSorted(), [
      "NodeProxyOptions",
      "PodAttachOptions",
      "PodExecOptions",
      "PodPortForwardOptions",
      "PodProxyOptions",
      "ServiceProxyOptions",
    ]);
  });

  test("fields keep their types, defaults and merge attributes", () => {
    const pod = findKubernetesType({ group: "", version: "v1", kind: "Pod" });
    assert.equal(pod?.name, "io.k8s.api.core.v1.Pod");
    const { containers } = kubernetesDefinitions["io.k8s.api.core.v1.PodSpec"]!.properties!;
    assert.equal(containers?.["x-kubernetes-list-type"], "map");
    assert.deepEqual(containers?.["x-kubernetes-list-map-keys"], ["name"]);
    assert.equal(containers?.["x-kubernetes-patch-merge-key"], "name");
    assert.equal(containers?.["x-kubernetes-patch-strategy"], "merge");
    const port = kubernetesDefinitions["io.k8s.api.core.v1.ContainerPort"]!;
    assert.deepEqual(port.required, ["containerPort"]);
    assert.deepEqual(port.properties?.protocol, { default: "TCP", type: "string" });
  });

  test("kinds that are not built in are absent", () => {
    assert.equal(findKubernetesType({ group: "example.com", version: "v1", kind: "Widget" }), undefined);
  });
});

describe("built-in resources", () => {
  test("each belongs to a version of a group, each version serves some", () => {
    const versions = kubernetesGroups.flatMap(({ name, versions }) => versions.map((version) => `${name}/${version}`));
    const served = new Set(kubernetesResources.map(({ group, version }) => `${group}/${version}`));
    assert.deepEqual(versions.toSorted(), [...served].toSorted());
  });

  test("deployments", () => {
    const deployments = kubernetesResources.find(({ plural }) => plural === "deployments");
    assert.deepEqual(deployments?.shortNames, ["deploy"]);
    assert.deepEqual(deployments?.categories, ["all"]);
    assert.deepEqual(
      deployments?.subresources.map(({ name, group, kind }) => `${name} ${group} ${kind}`),
      ["scale autoscaling Scale", "status apps Deployment"],
    );
  });

  test("stable versions", () => {
    assert.deepEqual(["v1", "v2", "v1beta1", "v1alpha1"].filter(isStableVersion), ["v1", "v2"]);
  });
});

describe("the form of Go structs", () => {
  const formOf = (apiVersion: string, kind: string, object: { [key: string]: JsonValue }): unknown => {
    const [version = "", group = ""] = apiVersion.split("/").toReversed();
    const {
      apiVersion: _apiVersion,
      kind: _kind,
      ...rest
    } = toGoForm({ group, version, kind }, { apiVersion, kind, ...object });
    return rest;
  };

  test("an object starts with its empty structs", () => {
    assert.deepEqual(zeroObject({ group: "apps", version: "v1", kind: "Deployment" }), {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {},
      spec: { selector: null, strategy: {}, template: { metadata: {}, spec: { containers: null } } },
      status: {},
    });
    assert.deepEqual(zeroObject({ group: "", version: "v1", kind: "ConfigMap" }), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {},
    });
  });

  const cases: readonly { name: string; got: unknown; want: unknown }[] = [
    {
      name: "structs are there at any depth",
      got: formOf("v1", "Pod", { metadata: { name: "a" }, spec: { containers: [{ name: "c" }] } }),
      want: { metadata: { name: "a" }, spec: { containers: [{ name: "c", resources: {} }] }, status: {} },
    },
    {
      name: "empty maps, lists and strings are left out, pointers stay",
      got: formOf("v1", "ConfigMap", { metadata: { labels: {}, finalizers: [] }, data: {}, immutable: false }),
      want: { metadata: {}, immutable: false },
    },
    {
      name: "an empty list that is never left out is null",
      got: formOf("rbac.authorization.k8s.io/v1", "Role", { metadata: {}, rules: [] }),
      want: { metadata: {}, rules: null },
    },
    {
      name: "a struct behind a pointer stays when it is empty",
      got: formOf("v1", "Pod", { metadata: {}, spec: { volumes: [{ name: "v", emptyDir: {} }], containers: [] } }),
      want: { metadata: {}, spec: { volumes: [{ name: "v", emptyDir: {} }], containers: null }, status: {} },
    },
  ];
  for (const { name, got, want } of cases) test(name, () => assert.deepEqual(got, want));

  test("other kinds are returned as they are", () => {
    const widget = { apiVersion: "example.com/v1", kind: "Widget" };
    assert.equal(toGoForm({ group: "example.com", version: "v1", kind: "Widget" }, widget), widget);
  });
});
