import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the server counts about itself, as Prometheus text. */
export interface Metrics {
  observeRequest(labels: { operation: string; method: string; status: number }, seconds: number): void;
  /** An attempt to deliver a status callback. */
  observeCallback(outcome: 'delivered' | 'again' | 'dead'): void;
  /** What became of Recall's wish for the vector of a query. */
  observeQueryVector(outcome: 'embedded' | 'known' | 'failed' | 'skipped'): void;
  readonly extraction: ExtractionMetrics;
  /** The text of `GET /metrics`. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** What extraction did. */
export interface ExtractionMetrics {
  /** One customer's side of a conversation was read; `reason`: why rules stood in for the model, empty when they did not. */
  onRead(by: { extractor: string; reason: string }): void;
  /** Something was not remembered for the category it is of. */
  onLeftOut(category: string): void;
  onTokens(usage: { input: number; output: number }): void;
}

/** What is counted when somebody looks. */
export interface MetricsSources {
  countJobs(): Promise<{ name: string; state: string; count: number }[]>;
  countDeliveries(): Promise<{ state: string; count: number }[]>;
}

export function createMetrics({ countJobs, countDeliveries }: MetricsSources): Metrics {
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
  const callbacks = new Counter({
    name: 'rapport_callback_attempts_total',
    help: 'Attempts to deliver a status callback, by outcome: delivered, again (to be tried again), dead (given up).',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const queryVectors = new Counter({
    name: 'rapport_query_vectors_total',
    help: 'Vectors of Recall queries, by outcome: embedded, known (remembered), failed, skipped (the model failed lately).',
    labelNames: ['outcome'],
    registers: [registry],
  });
  new Gauge({
    name: 'rapport_callback_deliveries',
    help: 'Status callbacks that were not delivered, by state: waiting, dead.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { state, count } of await countDeliveries()) this.set({ state }, count);
    },
  });
  return {
    observeCallback: (outcome) => callbacks.inc({ outcome }),
    observeQueryVector: (outcome) => queryVectors.inc({ outcome }),
    extraction: createExtractionMetrics(registry),
    observeRequest: ({ operation, method, status }, seconds) =>
      requests.observe({ operation, method, status: String(status) }, seconds),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function createExtractionMetrics(registry: Registry): ExtractionMetrics {
  const registers = [registry];
  const reads = new Counter({
    name: 'rapport_extractions_total',
    help: 'Sides of conversations that were read, by extractor (model, rules) and by why rules stood in for the model.',
    labelNames: ['extractor', 'reason'],
    registers,
  });
  const leftOut = new Counter({
    name: 'rapport_extraction_left_out_total',
    help: 'Things in conversations that were not remembered because they are sensitive, by category.',
    labelNames: ['category'],
    registers,
  });
  const tokens = new Counter({
    name: 'rapport_model_tokens_total',
    help: 'Tokens that the language model read (input) and wrote (output) for extraction.',
    labelNames: ['direction'],
    registers,
  });
  return {
    onRead: (by) => reads.inc(by),
    onLeftOut: (category) => leftOut.inc({ category }),
    onTokens: ({ input, output }) => {
      tokens.inc({ direction: 'input' }, input);
      tokens.inc({ direction: 'output' }, output);
    },
  };
}
