/**
 * Short messages between the processes on one database, for what they would otherwise find out at their next poll: a job to
 * run, an event to stream. They are hints: one is lost when somebody is away, so whoever listens polls as well.
 */
export interface Signals {
  /** Tells all other processes, soon. Topics are short; no text of customers is in them. */
  send(topic: string): void;
  /** Calls `listener` with what other processes tell; a process that never listens is told nothing. */
  listen(listener: (topic: string) => void): void;
  close(): Promise<void>;
}

/** For a database that is one process's own. */
export const noSignals: Signals = {
  send: () => undefined,
  listen: () => undefined,
  close: async () => undefined,
};
