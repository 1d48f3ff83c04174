import assert from "node:assert/strict";
import { test } from "node:test";
import { formatObjectId, formatSubject, parseObjectId, type ObjectReference } from "./object-reference.ts";

const cases: { id: string; subject: string; reference: ObjectReference }[] = [
  {
    id: "apps_podinfo_apps_Deployment",
    subject: "Deployment/apps/podinfo",
    reference: {
      gvk: { group: "apps", version: "v1", kind: "Deployment" },
      key: { namespace: "apps", name: "podinfo" },
    },
  },
  {
    id: "_apps__Namespace",
    subject: "Namespace/apps",
    reference: { gvk: { group: "", version: "v1", kind: "Namespace" }, key: { name: "apps" } },
  },
  {
    id: "_system__node_rbac.authorization.k8s.io_ClusterRole",
    subject: "ClusterRole/system:node",
    reference: {
      gvk: { group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRole" },
      key: { name: "system:node" },
    },
  },
  {
    id: "a_b_c_rbac.authorization.k8s.io_Role",
    subject: "Role/a/b_c",
    reference: {
      gvk: { group: "rbac.authorization.k8s.io", version: "v1", kind: "Role" },
      key: { namespace: "a", name: "b_c" },
    },
  },
];

test("ids name objects as inventories do, and are read back", () => {
  for (const { id, subject, reference } of cases) {
    assert.equal(formatObjectId(reference), id);
    assert.equal(formatSubject(reference), subject);
    assert.deepEqual(parseObjectId(id, reference.gvk.version), reference);
  }
});

test("text that is no id is told by undefined", () => {
  for (const id of ["", "a", "a_b", "a_b_c", "___", "a___Kind"]) assert.equal(parseObjectId(id, "v1"), undefined, id);
});
