import type { Route } from '../http/index.ts';

/** The route with answers in `toAgentConnectForm`. */
export function withAgentConnectForms(route: Route): Route {
  return {
    ...route,
    handle: async (request) => {
      const reply = await route.handle(request);
      return { ...reply, body: toParsable(reply.body) };
    },
  };
}

/**
 * What an answer or an event holds, as the Agent Connect clients can parse it (`RAPPORT_COMPAT=agent-connect`): delivery
 * status READ is told as DELIVERED, and VIDEO addresses are left out (conversations-clients section 4).
 */
export function toAgentConnectForm(resource: object): object {
  // An object comes out as an object.
  return toParsable(resource) as object;
}

function toParsable(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isVideoAddress(item)).map(toParsable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'deliveryStatus' && member === 'READ' ? 'DELIVERED' : toParsable(member),
    ]),
  );
}

/** An address of a participant, not the party of a communication, which is what the participant is found by. */
function isVideoAddress(item: unknown): boolean {
  return (
    typeof item === 'object' &&
    item !== null &&
    'channel' in item &&
    item.channel === 'VIDEO' &&
    'channelId' in item &&
    !('participantId' in item)
  );
}
