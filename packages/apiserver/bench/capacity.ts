/**
 * How long a list of many ConfigMaps takes over HTTPS, how many writes per second reach many watches, and what the objects cost in
 * memory. Prints one line.
 */
import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import { startApiServer } from "../src/index.ts";

const objects = Number(process.argv[2] ?? 10_000);
const watchers = Number(process.argv[3] ?? 200);
const writes = 500;

const server = await startApiServer({ workloads: false });
const identity = { ca: server.caCertificate, ...server.clientIdentity("bench", ["system:masters"]) };
const agent = new Agent({ ...identity, keepAlive: true, maxSockets: 8 });
const streams = new Agent({ ...identity, keepAlive: true, maxSockets: Infinity });
const path = "/api/v1/namespaces/default/configmaps";

function open(method: string, url: string, body: string | undefined, through: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const outgoing = request(server.url + url, { method, agent: through, headers }, resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function create(name: string): Promise<void> {
  const body = JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
    data: { key: "x".repeat(300) },
  });
  const response = await open("POST", path, body, agent);
  response.resume();
  await new Promise((resolve) => response.once("end", resolve));
}

async function createAll(prefix: string, count: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (next < count) await create(`${prefix}-${next++}`);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return (performance.now() - started) / 1000;
}

async function list(): Promise<number> {
  const started = performance.now();
  const response = await open("GET", path, undefined, agent);
  for await (const _chunk of response) void _chunk;
  return performance.now() - started;
}

const before = process.memoryUsage().rss;
const seconds = await createAll("object", objects);
const megabytes = (process.memoryUsage().rss - before) / 1024 / 1024;
const cold = await list();
const warm = await list();

let received = 0;
let allReceived = (): void => {};
const done = new Promise<void>((resolve) => (allReceived = resolve));
for (let index = 0; index < watchers; index++) {
  const response = await open("GET", `${path}?watch=true&resourceVersion=${objects * 10}`, undefined, streams);
  response.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1").split("\n").length - 1;
    if (received >= watchers * writes) allReceived();
  });
}
const started = performance.now();
await createAll("watched", writes);
await done;
const fanOut = (performance.now() - started) / 1000;
console.log(
  `capacity: ${objects} ConfigMaps created at ${Math.round(objects / seconds)}/s in ${Math.round(megabytes)} MB; listed in ${Math.round(cold)} ms, again in ${Math.round(warm)} ms; ` +
    `${watchers} watches: ${Math.round(writes / fanOut)} writes/s, ${Math.round((writes * watchers) / fanOut)} events/s`,
);
agent.destroy();
streams.destroy();
await server.close();
