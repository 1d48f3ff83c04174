import assert from "node:assert/strict";
import { test } from "node:test";
import { exponentialBuckets, MetricsRegistry } from "./registry.ts";
import { processMetrics, restClientMetrics } from "./runtime-metrics.ts";

test("metrics are written in Prometheus' text format", () => {
  const registry = new MetricsRegistry();
  const requests = registry.counter("requests_total", 'Requests with \\ and\nline feed and "quotes"');
  requests.add({ code: "200", path: 'a"b\\c\nd' });
  requests.add({ code: "200", path: 'a"b\\c\nd' }, 2);
  registry.gauge("depth", "Depth").set({}, -1.5);
  const latency = registry.histogram("latency_seconds", "Latency", [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 5]) latency.observe({ verb: "GET" }, value);
  assert.equal(
    registry.render(),
    `# HELP depth Depth
# TYPE depth gauge
depth -1.5
# HELP latency_seconds Latency
# TYPE latency_seconds histogram
latency_seconds_bucket{verb="GET",le="0.1"} 2
latency_seconds_bucket{verb="GET",le="1"} 3
latency_seconds_bucket{verb="GET",le="+Inf"} 4
latency_seconds_sum{verb="GET"} 5.65
latency_seconds_count{verb="GET"} 4
# HELP requests_total Requests with \\\\ and\\nline feed and "quotes"
# TYPE requests_total counter
requests_total{code="200",path="a\\"b\\\\c\\nd"} 3
`,
  );
});

test("a name means one metric", () => {
  const registry = new MetricsRegistry();
  assert.equal(registry.counter("a", ""), registry.counter("a", ""));
  assert.throws(() => registry.gauge("a", ""), TypeError);
});

test("the series of a deleted object go away", () => {
  const registry = new MetricsRegistry();
  const duration = registry.histogram("d", "", [1]);
  duration.observe({ kind: "K", name: "a" }, 1);
  duration.observe({ kind: "K", name: "b" }, 1);
  registry.removeSeries({ kind: "K", name: "a" });
  assert.ok(!registry.render().includes('name="a"'));
  assert.ok(registry.render().includes('name="b"'));
});

test("buckets range from the smallest to the largest", () => {
  const buckets = exponentialBuckets(0.01, 1800, 10);
  assert.equal(buckets.length, 10);
  assert.equal(buckets[0], 0.01);
  assert.ok(Math.abs(buckets[9]! - 1800) < 1e-6);
});

test("requests and the process are counted under the usual names", () => {
  const registry = new MetricsRegistry();
  restClientMetrics(registry)({ method: "GET", host: "h:1", code: "200", durationMs: 20 });
  processMetrics(registry);
  const text = registry.render();
  assert.match(text, /^rest_client_requests_total\{code="200",host="h:1",method="GET"\} 1$/m);
  assert.match(text, /^process_resident_memory_bytes \d{6,}$/m);
});
