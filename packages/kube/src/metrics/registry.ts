/** Label values of one series; the names are fixed when the metric is made. */
export interface Labels {
  readonly [name: string]: string;
}

/** Goes up only. */
export interface Counter {
  add(labels: Labels, amount?: number): void;
}

/** Goes up and down. */
export interface Gauge {
  set(labels: Labels, value: number): void;
}

/** Counts observations by size. */
export interface Histogram {
  observe(labels: Labels, value: number): void;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  lines(): Iterable<string>;
  remove(labels: Labels): void;
}

/** The buckets that controller-runtime uses for reconciliations, in seconds. */
export const reconcileBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** `count` upper bounds from `min` to `max`, each the same factor above the last: Go's `ExponentialBucketsRange`. */
export function exponentialBuckets(min: number, max: number, count: number): number[] {
  const factor = (max / min) ** (1 / (count - 1));
  return Array.from({ length: count }, (_, index) => min * factor ** index);
}

/** The metrics of a process, written in Prometheus' text format. */
export class MetricsRegistry {
  readonly #metrics = new Map<string, Metric>();
  readonly #collectors: (() => void)[] = [];

  /** Makes a counter, or returns the one of that name. */
  counter(name: string, help: string): Counter {
    return this.#add(name, () => new Series(name, help, "counter"));
  }

  /** Makes a gauge, or returns the one of that name. */
  gauge(name: string, help: string): Gauge {
    return this.#add(name, () => new Series(name, help, "gauge"));
  }

  /** Makes a histogram with these upper bounds, or returns the one of that name. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram {
    return this.#add(name, () => new Buckets(name, help, buckets));
  }

  /** Calls back before each rendering, for gauges that are cheaper to read than to keep. */
  onCollect(collect: () => void): void {
    this.#collectors.push(collect);
  }

  /** Removes the series that carry all of these labels, in every metric: those of a deleted object. */
  removeSeries(labels: Labels): void {
    for (const metric of this.#metrics.values()) metric.remove(labels);
  }

  /** The text of `/metrics`. */
  render(): string {
    for (const collect of this.#collectors) collect();
    const lines: string[] = [];
    for (const metric of [...this.#metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      lines.push(`# HELP ${metric.name} ${metric.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`);
      lines.push(`# TYPE ${metric.name} ${metric.type}`);
      lines.push(...metric.lines());
    }
    return `${lines.join("\n")}\n`;
  }

  #add<M extends Metric>(name: string, create: () => M): M {
    const existing = this.#metrics.get(name);
    const created = create();
    if (existing === undefined) {
      this.#metrics.set(name, created);
      return created;
    }
    if (existing.type !== created.type) throw new TypeError(`metric ${name} exists as a ${existing.type}`);
    return existing as M; // of the same type, so of the same class
  }
}

class Series implements Metric, Counter, Gauge {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly #values = new Map<string, { readonly labels: Labels; value: number }>();

  constructor(name: string, help: string, type: "counter" | "gauge") {
    this.name = name;
    this.help = help;
    this.type = type;
  }

  add(labels: Labels, amount = 1): void {
    this.#at(labels).value += amount;
  }

  set(labels: Labels, value: number): void {
    this.#at(labels).value = value;
  }

  remove(labels: Labels): void {
    removeMatching(this.#values, labels);
  }

  *lines(): Iterable<string> {
    for (const { labels, value } of this.#values.values())
      yield `${this.name}${formatLabels(labels)} ${formatNumber(value)}`;
  }

  #at(labels: Labels): { value: number } {
    const key = seriesKey(labels);
    let series = this.#values.get(key);
    if (series === undefined) this.#values.set(key, (series = { labels: { ...labels }, value: 0 }));
    return series;
  }
}

interface Distribution {
  readonly labels: Labels;
  /** Per bucket, not cumulated. */
  readonly counts: number[];
  count: number;
  sum: number;
}

class Buckets implements Metric, Histogram {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly #bounds: readonly number[];
  readonly #values = new Map<string, Distribution>();

  constructor(name: string, help: string, bounds: readonly number[]) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
  }

  observe(labels: Labels, value: number): void {
    const key = seriesKey(labels);
    let series = this.#values.get(key);
    if (series === undefined) {
      series = { labels: { ...labels }, counts: this.#bounds.map(() => 0), count: 0, sum: 0 };
      this.#values.set(key, series);
    }
    series.count++;
    series.sum += value;
    const index = this.#bounds.findIndex((bound) => value <= bound);
    if (index >= 0) series.counts[index] = (series.counts[index] ?? 0) + 1;
  }

  remove(labels: Labels): void {
    removeMatching(this.#values, labels);
  }

  *lines(): Iterable<string> {
    for (const { labels, counts, count, sum } of this.#values.values()) {
      let cumulated = 0;
      for (const [index, bound] of this.#bounds.entries()) {
        cumulated += counts[index] ?? 0;
        yield `${this.name}_bucket${formatLabels({ ...labels, le: formatNumber(bound) })} ${cumulated}`;
      }
      yield `${this.name}_bucket${formatLabels({ ...labels, le: "+Inf" })} ${count}`;
      yield `${this.name}_sum${formatLabels(labels)} ${formatNumber(sum)}`;
      yield `${this.name}_count${formatLabels(labels)} ${count}`;
    }
  }
}

function removeMatching(series: Map<string, { readonly labels: Labels }>, labels: Labels): void {
  for (const [key, each] of series) {
    if (Object.entries(labels).every(([name, value]) => each.labels[name] === value)) series.delete(key);
  }
}

function seriesKey(labels: Labels): string {
  return JSON.stringify(labels);
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
