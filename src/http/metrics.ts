import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the server counts about itself, as Prometheus text. */
export interface Metrics {
  observeRequest(labels: { operation: string; method: string; status: number }, seconds: number): void;
  /** The text of `GET /metrics`. */
  render(): Promise<string>;
  readonly contentType: string;
}

export type CountJobs = () => Promise<{ name: string; state: string; count: number }[]>;

export function createMetrics(countJobs: CountJobs): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'rapport_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['operation', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'rapport_jobs',
    help: 'Jobs by name and state: ready (waiting for their time or a free place), running, dead.',
    labelNames: ['name', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { name, state, count } of await countJobs()) this.set({ name, state }, count);
    },
  });
  return {
    observeRequest: ({ operation, method, status }, seconds) =>
      requests.observe({ operation, method, status: String(status) }, seconds),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
