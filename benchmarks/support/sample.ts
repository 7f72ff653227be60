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

/** The same of several actions, each of which is run before any is run again. */
export async function sampleInTurn(
  count: number,
  actions: readonly (() => Promise<unknown>)[],
): Promise<number[][]> {
  const durations: number[][] = actions.map(() => []);
  for (let at = 0; at < count; at += 1) {
    for (const [index, action] of actions.entries()) durations[index]?.push(...(await sample(1, action)));
  }
  return durations;
}
