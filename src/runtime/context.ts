import type { SigningTokens } from '../accounts/index.ts';
import type { Limits } from '../config/index.ts';
import type { EventBell } from '../events/index.ts';
import type { JobQueue } from '../jobs/index.ts';
import type { Database } from '../storage/index.ts';
import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';
import type { Log } from './log.ts';

/**
 * What rules may use besides their arguments. A function asks for the part it needs:
 * `context: Pick<Context, 'db' | 'clock'>`.
 */
export interface Context {
  readonly db: Database;
  readonly jobs: JobQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly limits: Limits;
  readonly signingTokens: SigningTokens;
  readonly eventBell: EventBell;
  /** The model that makes vectors of memories; undefined: none is configured. */
  readonly embeddings: { readonly model: string } | undefined;
  /** Answers and events have forms that the Agent Connect clients can parse (`RAPPORT_COMPAT=agent-connect`). */
  readonly isAgentConnectCompatible: boolean;
}
