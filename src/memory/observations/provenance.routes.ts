import { ok, type Route, route } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { getObservation } from './observation.ts';
import { ObservationPath } from './observation.wire.ts';
import { listProvenance } from './provenance.store.ts';
import { Provenance, toProvenanceWire } from './provenance.wire.ts';

/** Our own route: which words of which conversations an observation comes from. */
export function provenanceRoutes({ db }: Pick<Context, 'db'>): Route[] {
  return [
    route({
      operation: 'FetchObservationProvenance',
      surface: 'rapport',
      method: 'GET',
      path: '/rapport/v1/Stores/:storeId/Profiles/:profileId/Observations/:observationId/Provenance',
      summary: 'What an observation comes from: communications, extractor, time; newest first',
      params: ObservationPath,
      replies: { 200: Provenance },
      handle: async ({ account, params }) => {
        const ref = { ...params, accountId: account.id };
        const { observation, headers } = await getObservation(db.reader, ref, params.observationId);
        const rows = await listProvenance(db.reader, observation.profile_id, observation.id);
        return ok(
          {
            observationId: observation.id,
            source: observation.source,
            provenance: rows.map(toProvenanceWire),
          },
          headers,
        );
      },
    }),
  ];
}
