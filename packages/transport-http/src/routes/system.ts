import { principalOf } from '../access/authentication.ts'
import { atLeast } from '../access/authority.ts'
import type { Routes } from '../route.ts'
import { systemProcesses, systemSetup } from '../schemas.ts'
import { type Served, setupOf } from '../served.ts'

const tags = ['System']

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
        const setup = await setupOf(muster, served)
        return { ...setup, issuers: [...setup.issuers] }
      },
    )
  }
}
