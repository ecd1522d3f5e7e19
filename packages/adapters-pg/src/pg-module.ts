import type { Clock, Ids, Logger, Outages } from '@muster/core'
import { CLOCK, IDS, LOGGER, OUTAGES, PERSISTENCE } from '@muster/core/container'
import { ContainerModule } from 'inversify'
import { openPg, type PgOptions } from './open-pg.ts'

/**
 * Binds `PERSISTENCE` to Postgres or an embedded PGlite; needs `CLOCK`, `IDS` and `LOGGER`, and reports to `OUTAGES`, if bound. Opening is asynchronous, so ask with
 * `await container.getAsync(PERSISTENCE)`; there is one, which `await container.unbindAllAsync()` closes.
 */
export function pgModule(options: PgOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(PERSISTENCE)
      .toResolvedValue(
        (clock: Clock, ids: Ids, logger: Logger, outages: Outages | undefined) =>
          openPg(options, { clock, ids, logger, outages }),
        [CLOCK, IDS, LOGGER, { serviceIdentifier: OUTAGES, optional: true }],
      )
      .inSingletonScope()
      .onDeactivation((persistence) => persistence.close())
  })
}
