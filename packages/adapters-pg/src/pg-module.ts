import type { Clock, Ids, Logger } from '@muster/core/ports'
import type { Outages } from '@muster/core/support'
import { CLOCK, IDS, LOGGER, Opening, OUTAGES, PERSISTENCE } from '@muster/host'
import { ContainerModule, type ServiceIdentifier } from 'inversify'
import { assertPgOptions } from './checked-options.ts'
import { openPg } from './connection/open-pg.ts'
import type { PgOptions } from './connection/pg-options.ts'
import type { PgPersistence } from './stores/pg-persistence.ts'

const OPENING = Symbol.for('muster.OpeningPg') as ServiceIdentifier<Opening<PgPersistence>>

/**
 * Binds `PERSISTENCE` to Postgres or an embedded PGlite; needs `CLOCK`, `IDS` and `LOGGER`, and reports to `OUTAGES`, if bound. Opening is asynchronous, so ask with
 * `await container.getAsync(PERSISTENCE)`; there is one, which `await container.unbindAllAsync()` closes. Ask again after a failure, and it is opened
 * anew.
 * @throws TypeError for options that name no database
 */
export function pgModule(options: PgOptions): ContainerModule {
  assertPgOptions(options)
  return new ContainerModule(({ bind }) => {
    bind(OPENING)
      .toDynamicValue(() => new Opening<PgPersistence>())
      .inSingletonScope()
      .onDeactivation((opening) => opening.end((persistence) => persistence.close()))
    bind(PERSISTENCE)
      .toResolvedValue(
        (
          opening: Opening<PgPersistence>,
          clock: Clock,
          ids: Ids,
          logger: Logger,
          outages: Outages | undefined,
        ) => opening.get(() => openPg(options, { clock, ids, logger, outages })),
        [OPENING, CLOCK, IDS, LOGGER, { serviceIdentifier: OUTAGES, optional: true }],
      )
      .inTransientScope()
  })
}
