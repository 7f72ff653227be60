/** Milliseconds that each of so many runs of an action took, one after the other. */
export async function sample(count: number, action: () => Promise<unknown>): Promise<number[]> {
  const durations: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const startedAt = performance.now();
    await action();
    durations.push(performance.now() - startedAt);
  }
  return durations;
}
