import type { Limits } from '../config/index.ts';
import { errors } from '../errors/index.ts';
import type { CallbackTarget } from './delivery.ts';
import { isPublicTarget, parseTargetUrl } from './target-url.ts';

/**
 * 400 for a target that nothing could be sent to: where private hosts are not allowed, one that is not HTTPS on a public host.
 * What a name stands for is found out when something is sent.
 *
 * @param name of the list, as callers write it
 */
export function assertTargetsAllowed(
  { arePrivateCallbacksAllowed }: Pick<Limits, 'arePrivateCallbacksAllowed'>,
  name: string,
  targets: readonly Pick<CallbackTarget, 'url'>[],
): void {
  for (const [at, { url }] of targets.entries()) {
    const target = parseTargetUrl(url);
    if (!target) throw errors.invalid(`${name}.${at}.url`, 'must be the URL of a host');
    if (!arePrivateCallbacksAllowed && !isPublicTarget(target)) {
      throw errors.invalid(`${name}.${at}.url`, 'must be HTTPS on a public host');
    }
  }
}
