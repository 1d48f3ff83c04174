import { writeSync } from "node:fs";
import { startApiServer } from "../index.ts";
import { Client } from "./client.ts";

// Run by the durability test, which kills it at some point.
const [, , dataDirectory = "", round = ""] = process.argv;
const server = await startApiServer({ workloads: false, dataDirectory });
const client = new Client(server);
for (let index = 0; ; index++) {
  const name = `r${round}-${index}`;
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
  const { code } = await client.post("/api/v1/namespaces/default/configmaps", body);
  if (code === 201) writeSync(1, `${name}\n`);
}
