import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One kind of request: as often as the server answers, or so many a second. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Each connection goes through them in turn, from a place of its own. */
  readonly requests: readonly { readonly method: string; readonly path: string; readonly body?: string }[];
  readonly connections: number;
  readonly seconds: number;
  /**
   * Requests sent a second, at even intervals and whatever the answers take. How long an answer took counts from when its request
   * was due. Unset: each connection sends its next one when it has its answer.
   */
  readonly perSecond?: number;
}

/** What a load saw. */
export interface LoadResult {
  /** Requests that were answered. */
  readonly answered: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Answers that were no success, and requests that had none. */
  readonly failures: number;
}

const child = fileURLToPath(new URL('load-child.ts', import.meta.url));

/** Runs the load in a process of its own, so that the one who measures takes nothing of the server's time but a core. */
export async function runLoad(toolsOrigin: string, load: Load): Promise<LoadResult> {
  const generator = spawn(process.execPath, [child, toolsOrigin], { stdio: ['pipe', 'pipe', 'inherit'] });
  generator.stdin.end(JSON.stringify(load));
  let text = '';
  generator.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const code = await new Promise((resolve) => generator.once('close', resolve));
  if (code !== 0) throw new Error(`the load generator ended with ${code}`);
  return JSON.parse(text) as LoadResult;
}
