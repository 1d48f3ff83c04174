import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { startApiServer, type ApiServer } from "../index.ts";

const run = promisify(execFile);

function findKubectl(): boolean {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const skip = findKubectl() ? false : "kubectl is not installed";

describe("kubectl", { skip }, () => {
  let server: ApiServer;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "kubectl-"));
    server = await startApiServer({ workloads: false });
    await server.writeKubeconfig(join(directory, "kubeconfig"));
    await writeFile(join(directory, "deployment.yaml"), deployment);
  });

  after(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Runs kubectl and returns what it printed; `exit`: the status that is expected. */
  async function kubectl(command: string, exit = 0): Promise<string> {
    const env = { PATH: process.env["PATH"], HOME: directory, KUBECONFIG: join(directory, "kubeconfig") };
    try {
      const { stdout, stderr } = await run("kubectl", command.split(" "), { env, cwd: directory });
      assert.equal(0, exit, stdout + stderr);
      return stdout;
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      assert.equal(code, exit, `${command}: ${stderr}`);
      return stdout + stderr;
    }
  }

  test("applies, both ways, and shows what would change", async () => {
    assert.equal(await kubectl("apply -f deployment.yaml"), "deployment.apps/web created\n");
    assert.equal(await kubectl("apply -f deployment.yaml"), "deployment.apps/web unchanged\n");
    assert.equal(await kubectl("apply --server-side -f deployment.yaml"), "deployment.apps/web serverside-applied\n");
    await writeFile(join(directory, "deployment.yaml"), deployment.replace("nginx:1", "nginx:2"));
    assert.match(await kubectl("diff -f deployment.yaml", 1), /-\s+- image: nginx:1\n\+\s+- image: nginx:2/);
    assert.match(await kubectl("get deployments"), /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2 +0 +0 +/);
  });

  test("creates, labels, scales and deletes", async () => {
    assert.equal(await kubectl("create namespace made"), "namespace/made created\n");
    assert.equal(await kubectl("create configmap -n made c --from-literal=a=b"), "configmap/c created\n");
    assert.equal(await kubectl("create secret generic -n made s --from-literal=a=b"), "secret/s created\n");
    assert.equal(await kubectl("label configmap -n made c x=y"), "configmap/c labeled\n");
    assert.equal(await kubectl("get configmap -n made c -o jsonpath={.data.a}{.metadata.labels.x}"), "by");
    assert.equal(await kubectl("scale deployment web --replicas=4"), "deployment.apps/web scaled\n");
    assert.equal(
      await kubectl("wait --for=jsonpath={.spec.replicas}=4 deployment/web"),
      "deployment.apps/web condition met\n",
    );
    assert.equal(await kubectl("delete namespace made"), 'namespace "made" deleted\n');
  });

  test("explains and lists what there is", async () => {
    assert.match(await kubectl("explain deployment.spec.replicas"), /FIELD: replicas <integer>/);
    assert.match(await kubectl("api-resources --api-group=apps"), /deployments +deploy +apps\/v1 +true +Deployment/);
    assert.match(await kubectl("version"), /Server Version: v1\.36\.3/);
    assert.equal(await kubectl("auth can-i create deployments"), "yes\n");
  });
});

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: nginx:1
`;
