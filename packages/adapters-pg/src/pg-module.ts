import { CLOCK, IDS, LOGGER, PERSISTENCE } from '@muster/core/container'
import { ContainerModule } from 'inversify'
import { openPg, type PgOptions } from './open-pg.ts'

/**
 * Binds `PERSISTENCE` to Postgres or an embedded PGlite; needs `CLOCK`, `IDS` and `LOGGER`. Opening is asynchronous, so ask with
 * `await container.getAsync(PERSISTENCE)`; there is one, which `await container.unbindAllAsync()` closes.
 */
export function pgModule(options: PgOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(PERSISTENCE)
      .toResolvedValue((clock, ids, logger) => openPg(options, { clock, ids, logger }), [CLOCK, IDS, LOGGER])
      .inSingletonScope()
      .onDeactivation((persistence) => persistence.close())
  })
}
