import { openPg, pgModule } from '@muster/adapters-pg'
import { redisModule } from '@muster/adapters-redis'
import type { JobType, ProjectId } from '@muster/core'
import type { Clock } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import { CLOCK, coreModule, createMuster, IDS, PERSISTENCE } from '@muster/host'
import { Container, ContainerModule } from 'inversify'
import { Pool } from 'pg'
import { type Broken, breakJobs } from './broken.ts'
import { PROBE } from './probe.ts'

/** How a process gets to what it shares with the others. */
export interface Way {
  readonly url: string
  /** Without it, processes meet in the database alone. */
  readonly redisUrl?: string | undefined
  readonly broken?: Broken | undefined
}

const CONNECTIONS = 6

/** Muster on what all processes share; with `broken`, on a persistence that breaks a rule on purpose. */
export async function openMuster(way: Way, clock: Clock, jobTypes: JobType[]): Promise<Muster> {
  const { url, redisUrl, broken } = way
  const core = coreModule({ jobTypes, clock })
  const redis = redisUrl === undefined ? [] : [redisModule({ url: redisUrl })]
  if (broken === undefined) {
    return createMuster({
      modules: [core, pgModule({ connectionString: url, poolSize: CONNECTIONS }), ...redis],
    })
  }
  const persistence = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue(
      async (time, ids) =>
        breakJobs(
          await openPg({ connectionString: url, poolSize: CONNECTIONS }, { clock: time, ids }),
          broken,
          lasting(new Pool({ connectionString: url, max: 1 })),
        ),
      [CLOCK, IDS],
    )
  })
  const container = new Container({ defaultScope: 'Singleton' })
  return createMuster({ container, modules: [core, persistence, ...redis] })
}

/** A pool whose idle connections may break. */
export function lasting(pool: Pool): Pool {
  return pool.on('error', () => {})
}

/** About a tenth of the jobs as loose items, half of the others in one run and half in a more urgent one; so many jobs in all. */
export async function makeWork(muster: Muster, jobs: number): Promise<ProjectId> {
  const { projectId } = await muster.projects.add({ name: 'Under fire' })
  const inRun = Math.floor((0.9 * jobs) / 4)
  const loose = jobs - 4 * inRun
  for (let nth = 1; nth <= loose; nth++) {
    await muster.queue.add(projectId, { type: PROBE, payload: { nth } }, null)
  }
  for (const [index, priority] of (['normal', 'high'] as const).entries()) {
    const first = loose + index * inRun + 1
    const scenarios = Array.from({ length: inRun }, (_, place) => ({ payload: { nth: first + place } }))
    const definition = { name: `Probes of ${priority} priority`, jobType: PROBE, scenarios }
    const { definitionId } = await muster.definitions.add(projectId, definition)
    await muster.runs.start(projectId, { definitionId, models: ['one', 'two'], priority })
  }
  return projectId
}
