import type { Authenticator } from '@muster/core/ports'
import { principalOf } from '../access/authentication.ts'
import { atLeast } from '../access/authority.ts'
import { checksOf, type DisposableBackends } from '../operations.ts'
import { DEFAULT_REQUESTS_PER_MINUTE } from '../requests/limits.ts'
import type { Routes } from '../route.ts'
import { systemProcesses, systemSetup } from '../schemas.ts'

const tags = ['System']

/** The rules that the API is served by. */
interface Served {
  readonly authenticator?: Authenticator
  readonly disposable?: DisposableBackends
  readonly requestsPerMinute?: number
}

/** Routes about all of Muster, as it is served by these rules. */
export function systemRoutes(served: Served): Routes {
  return (app, muster) => {
    app.get(
      '/system/processes',
      {
        schema: {
          tags,
          summary: 'The processes that there are, and how many workers each type has',
          description:
            'Managers read `workers` alone. A process that fell silent is told of for ten minutes more, with the moment since when it should have been heard of.',
          response: { 200: systemProcesses },
        },
      },
      async (request) => {
        const { workers, ...rest } = await muster.system.processes()
        return { workers, ...(atLeast(principalOf(request).role, 'admin') ? rest : {}) }
      },
    )
    app.get(
      '/system',
      {
        schema: {
          tags,
          summary: 'What is served here, on what, and by which rules',
          response: { 200: systemSetup },
        },
      },
      async () => {
        const { authenticator, disposable, requestsPerMinute = DEFAULT_REQUESTS_PER_MINUTE } = served
        const checks = await checksOf(muster, disposable)
        const setup = await muster.system.setup()
        return { ...setup, checks, issuers: [...(authenticator?.issuers ?? [])], requestsPerMinute }
      },
    )
  }
}
