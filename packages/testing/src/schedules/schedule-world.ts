import { type DefinitionId, type JobType, jobType, type Project } from '@muster/core'
import type { Fact } from '@muster/core/feed'
import type { JobWithResult, Stores } from '@muster/core/ports'
import {
  type NewSchedule,
  type Schedule,
  type ScheduleId,
  type ScheduleTick,
  type ScheduleUseCases,
  scheduleFiring,
  scheduleUseCases,
} from '@muster/core/schedules'
import { noMetrics, silentLogger } from '@muster/host'
import { it } from 'vitest'
import { z } from 'zod'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import type { VirtualClock } from '../system/virtual-clock.ts'
import { aProject, newId } from '../worlds/samples.ts'

/** Enough for all that a case reads. */
const MANY = 500

/** By which zone data the schedules of a world were planned. */
export const ZONE_DATA = '2026b'

const work = jobType({
  name: 'work',
  payload: z.object({ at: z.string().optional(), n: z.number().optional() }),
  handler: () => null,
}) as unknown as JobType

/** One project whose schedules are fired on a clock that stands still until it is told otherwise. */
export class ScheduleWorld {
  readonly adapter: OpenPersistence
  readonly project: Project
  readonly jobTypes: Map<string, JobType> = new Map([[work.name, work]])
  readonly calls: ScheduleUseCases

  constructor(adapter: OpenPersistence, project: Project) {
    this.adapter = adapter
    this.project = project
    this.calls = scheduleUseCases(this.#deps(ZONE_DATA))
  }

  get stores(): Stores {
    return this.adapter.persistence.stores
  }

  get clock(): VirtualClock {
    return this.adapter.clock
  }

  /** Every minute, with a job whose payload says which, unless told otherwise. */
  async add(wish: Partial<NewSchedule> = {}): Promise<Schedule> {
    return this.calls.add(this.project.projectId, {
      name: `schedule ${newId<'Name'>()}`,
      when: { cron: '* * * * *', zone: 'UTC' },
      start: { job: { type: 'work', payload: { at: { $: '/tick' } } } },
      ...wish,
    })
  }

  /** A scheduler: fires until nothing is due. */
  scheduler(zoneData: string = ZONE_DATA): () => Promise<void> {
    const fire = scheduleFiring(this.#deps(zoneData))
    return async () => {
      for (;;) {
        const nextAt = await fire()
        if (nextAt === null || nextAt > this.clock.now()) return
      }
    }
  }

  /** Lets so many minutes pass, then fires what is due. */
  async pass(minutes: number): Promise<void> {
    await this.clock.advance(minutes * 60_000)
    await this.scheduler()()
  }

  /** In the order in which they were planned. */
  async ticks({ scheduleId }: { readonly scheduleId: ScheduleId }): Promise<ScheduleTick[]> {
    return (await this.stores.schedules.listTicks(scheduleId, {}, { limit: MANY })).reverse()
  }

  /** Their outcomes and planned times of the day. */
  async told(schedule: { readonly scheduleId: ScheduleId }): Promise<string[]> {
    const ticks = await this.ticks(schedule)
    return ticks.map(({ plannedAt, outcome }) => `${plannedAt.toISOString().slice(11, 16)} ${outcome}`)
  }

  /** The jobs that ticks started, in the order of their ticks. */
  async jobs(schedule: { readonly scheduleId: ScheduleId }): Promise<JobWithResult[]> {
    const ids = (await this.ticks(schedule)).flatMap(({ jobId }) => jobId ?? [])
    const jobs = await Promise.all(ids.map((jobId) => this.stores.jobs.find(jobId)))
    return jobs.flatMap((job) => job ?? [])
  }

  /** How many jobs the project has in all. */
  async jobCount(): Promise<number> {
    let count = 0
    for (const counts of (await this.stores.jobs.countByType(this.project.projectId)).values())
      for (const each of Object.values(counts)) count += each
    return count
  }

  async facts<Type extends Fact['type']>(type: Type): Promise<Extract<Fact, { type: Type }>['data'][]> {
    const facts = await this.stores.events.read(this.project.projectId, 0, MANY)
    return facts.flatMap((one) => (one.type === type ? [one.data as never] : []))
  }

  /** The newest version of a definition of that name, of one scenario. */
  async define(name: string): Promise<DefinitionId> {
    const definitionId = newId<'DefinitionId'>() as DefinitionId
    const scenarios = async function* () {
      yield [{ scenarioId: '1', payload: { n: 1 } }]
    }
    const { persistence, clock } = this.adapter
    const staged = await persistence.stores.definitions.stage(scenarios())
    const { projectId } = this.project
    await persistence.transaction(({ definitions }) =>
      definitions.add({ definitionId, projectId, name, jobType: 'work', createdAt: clock.now() }, staged),
    )
    return definitionId
  }

  #deps(zoneData: string) {
    const { persistence: transactions, clock } = this.adapter
    return {
      transactions,
      jobTypes: this.jobTypes,
      clock,
      ids: { next: () => newId<'JobId'>() as string },
      logger: silentLogger,
      metrics: noMetrics,
      nudge: () => undefined,
      zoneData,
    }
  }
}

async function openScheduleWorld(open: OpenAdapter): Promise<ScheduleWorld> {
  const adapter = await open()
  const project = aProject()
  await adapter.persistence.transaction(({ projects }) => projects.add(project))
  return new ScheduleWorld(adapter, project)
}

/** `it`, of cases that get a world of their own. */
export function scheduleCases(open: OpenAdapter) {
  return (name: string, test: (world: ScheduleWorld) => Promise<void>): void => {
    it(name, async () => {
      const world = await openScheduleWorld(open)
      try {
        await test(world)
      } finally {
        await world.adapter.close()
      }
    })
  }
}
