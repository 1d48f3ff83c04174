import type { Exchange } from "../client/transport.ts";
import type { Controller, ControllerObserver } from "../controller/controller.ts";
import { exponentialBuckets, reconcileBuckets, type MetricsRegistry } from "./registry.ts";

// Go's workqueue: ten buckets from 10 ns to 10 s.
const queueBuckets = Array.from({ length: 12 }, (_, index) => 10 ** (index - 8));

/** What a controller reports as `controller_runtime_*` and `workqueue_*`, by the names that dashboards know. */
export function controllerMetrics(registry: MetricsRegistry, name: string): ControllerObserver {
  const controller = { controller: name };
  const queue = { controller: name, name };
  const reconciles = registry.counter(
    "controller_runtime_reconcile_total",
    "Total number of reconciliations per controller",
  );
  const errors = registry.counter(
    "controller_runtime_reconcile_errors_total",
    "Total number of reconciliation errors per controller",
  );
  const terminal = registry.counter(
    "controller_runtime_terminal_reconcile_errors_total",
    "Total number of terminal reconciliation errors per controller",
  );
  const duration = registry.histogram(
    "controller_runtime_reconcile_time_seconds",
    "Length of time per reconciliation per controller",
    reconcileBuckets,
  );
  const active = registry.gauge("controller_runtime_active_workers", "Number of currently used workers per controller");
  const depth = registry.gauge("workqueue_depth", "Current depth of workqueue");
  const adds = registry.counter("workqueue_adds_total", "Total number of adds handled by workqueue");
  const retries = registry.counter("workqueue_retries_total", "Total number of retries handled by workqueue");
  const waited = registry.histogram(
    "workqueue_queue_duration_seconds",
    "How long in seconds an item stays in workqueue before being requested",
    queueBuckets,
  );
  const worked = registry.histogram(
    "workqueue_work_duration_seconds",
    "How long in seconds processing an item from workqueue takes.",
    queueBuckets,
  );
  let workers = 0;
  for (const result of ["success", "requeue_after", "error"]) reconciles.add({ ...controller, result }, 0);
  errors.add(controller, 0);
  terminal.add(controller, 0);
  retries.add(queue, 0);
  depth.set(queue, 0);
  active.set(controller, 0);
  return {
    started: () => active.set(controller, ++workers),
    finished: (outcome, durationMs) => {
      active.set(controller, --workers);
      duration.observe(controller, durationMs / 1000);
      if (outcome === "canceled") return;
      reconciles.add({ ...controller, result: outcome === "terminal_error" ? "error" : outcome });
      if (outcome === "error" || outcome === "terminal_error") errors.add(controller);
      if (outcome === "terminal_error") terminal.add(controller);
    },
    queue: {
      added: (ready) => {
        adds.add(queue);
        depth.set(queue, ready);
      },
      taken: (ready, waitedMs) => {
        depth.set(queue, ready);
        waited.observe(queue, waitedMs / 1000);
      },
      finished: (workedMs) => worked.observe(queue, workedMs / 1000),
      retried: () => retries.add(queue),
    },
  };
}

/** Reports what a controller is at right now, each time the metrics are read. */
export function collectQueueMetrics(registry: MetricsRegistry, controller: Controller, now: () => number): void {
  const labels = { controller: controller.name, name: controller.name };
  const unfinished = registry.gauge(
    "workqueue_unfinished_work_seconds",
    "How many seconds of work has been done that is in progress and hasn't been observed by work_duration",
  );
  const longest = registry.gauge(
    "workqueue_longest_running_processor_seconds",
    "How many seconds has the longest running processor for workqueue been running",
  );
  registry.onCollect(() => {
    const running = controller.queue.processingSince.map((sinceMs) => (now() - sinceMs) / 1000);
    unfinished.set(
      labels,
      running.reduce((total, seconds) => total + seconds, 0),
    );
    longest.set(labels, Math.max(0, ...running));
  });
}

/** Counts a client's exchanges as `rest_client_*`: for `createClient({ onExchange })`. */
export function restClientMetrics(registry: MetricsRegistry): (exchange: Exchange) => void {
  const requests = registry.counter(
    "rest_client_requests_total",
    "Number of HTTP requests, partitioned by status code, method, and host.",
  );
  const duration = registry.histogram(
    "rest_client_request_duration_seconds",
    "Request latency in seconds. Broken down by verb, and host.",
    exponentialBuckets(0.005, 60, 12),
  );
  return ({ method, host, code, durationMs }) => {
    requests.add({ code, host, method });
    duration.observe({ host, verb: method }, durationMs / 1000);
  };
}

/** `process_*` and the memory of the JavaScript heap. */
export function processMetrics(registry: MetricsRegistry): void {
  const cpu = registry.gauge("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
  const resident = registry.gauge("process_resident_memory_bytes", "Resident memory size in bytes.");
  const started = registry.gauge(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds.",
  );
  const heap = registry.gauge("nodejs_heap_size_used_bytes", "Used size of the JavaScript heap in bytes.");
  const startedAtSeconds = Math.round(Date.now() / 1000 - process.uptime());
  registry.onCollect(() => {
    const { user, system } = process.cpuUsage();
    const memory = process.memoryUsage();
    cpu.set({}, (user + system) / 1e6);
    resident.set({}, memory.rss);
    started.set({}, startedAtSeconds);
    heap.set({}, memory.heapUsed);
  });
}
