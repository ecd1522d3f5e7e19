import { jobType, type ProjectId } from '@muster/core'
import type { Clock } from '@muster/core/ports'
import { coreModule, createMuster, type Muster, systemClock } from '@muster/host'
import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { pgModule } from '../pg-module.ts'

const MINUTE = 60_000

/** A machine's clock that is off, and can be set. */
function clockOffBy(offMs: number): Clock & { offMs: number } {
  return {
    offMs,
    now() {
      return new Date(Date.now() + this.offMs)
    },
    wait: (ms, signal) => systemClock.wait(ms, signal),
  }
}

interface Deed {
  readonly n: number
  readonly failsFirst: boolean
  readonly ms: number
}

/** A schema that takes what the tests give. */
const deed = {
  '~standard': { version: 1, vendor: 'muster', validate: (value: unknown) => ({ value: value as Deed }) },
} as const

interface Started {
  readonly n: number
  readonly attempt: number
}

async function fleet() {
  const connectionString = await freshDatabase()
  const starts: Started[] = []
  const warnings: string[] = []
  const type = jobType({
    name: 'deed',
    payload: deed,
    retry: { baseMs: 50, capMs: 50 },
    handler: async ({ payload: { n, failsFirst, ms }, attempt }) => {
      starts.push({ n, attempt })
      if (failsFirst && attempt === 1) throw new Error('not yet')
      await systemClock.wait(ms)
      return n
    },
  })
  const quiet = () => undefined
  const logger = {
    debug: quiet,
    info: quiet,
    warn: (_: object, message: string) => void warnings.push(message),
    error: quiet,
  }
  const process = async (clock: Clock): Promise<Muster> => {
    const muster = await createMuster({
      modules: [coreModule({ jobTypes: [type], clock, logger }), pgModule({ connectionString, poolSize: 3 })],
    })
    onTestFinished(() => muster.close({ deadlineMs: 1_000 }))
    return muster
  }
  return { process, starts, warnings }
}

const reached = (condition: () => Promise<boolean>): Promise<void> =>
  vi.waitFor(async () => expect(await condition()).toBe(true))

/** Eight jobs that take so long, each second of which fails at first. */
function addJobs(muster: Muster, projectId: ProjectId, ms: number) {
  return Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      muster.queue.add(projectId, { type: 'deed', payload: { n, failsFirst: n % 2 === 0, ms } }, null),
    ),
  )
}

describe.each([
  ['behind', -MINUTE],
  ['ahead', MINUTE],
])('A process whose clock is a minute %s', (_, offMs) => {
  it('does each job once beside a scheduler that is right, retries in time, writes facts of now', async () => {
    const { process, starts, warnings } = await fleet()
    const right = await process(systemClock)
    const wrong = await process(clockOffBy(offMs))
    await right.schedule()
    const { projectId } = await wrong.projects.add({ name: 'Deeds' })
    const before = Date.now()
    await wrong.work({ schedule: false })
    const jobs = await addJobs(wrong, projectId, 1_200)
    await reached(async () => (await right.queue.status(projectId, {})).counts.completed === jobs.length)
    const after = Date.now()
    expect(starts.map(({ n, attempt }) => `${n}:${attempt}`).sort()).toEqual([
      '0:1',
      '0:2',
      '1:1',
      '2:1',
      '2:2',
      '3:1',
      '4:1',
      '4:2',
      '5:1',
      '6:1',
      '6:2',
      '7:1',
    ])
    const isNow = (moment: Date | null): boolean =>
      moment !== null && moment.getTime() > before - 1_000 && moment.getTime() < after + 1_000
    for (const { jobId } of jobs) {
      const { createdAt, startedAt, finishedAt } = await right.queue.get(projectId, jobId)
      expect([createdAt, startedAt, finishedAt].map(isNow)).toEqual([true, true, true])
    }
    const facts = await right.persistence.stores.events.read(projectId, 0, 1_000)
    expect(facts.length).toBeGreaterThanOrEqual(8)
    expect(facts.filter(({ occurredAt }) => !isNow(occurredAt))).toEqual([])
    expect(warnings.filter((line) => line.includes("This machine's clock is 60.0 s"))).toHaveLength(1)
    expect(warnings.filter((line) => line.includes('died') || line.includes('dead'))).toEqual([])
  })

  it("as a scheduler ends nobody's work early, though its clock is set again while it runs", async () => {
    const { process, starts, warnings } = await fleet()
    const right = await process(systemClock)
    const clock = clockOffBy(offMs)
    const wrong = await process(clock)
    const workflow = await right.workflows.add({
      name: 'w',
      steps: [{ stepId: 'annotate', stepType: 'annotation', assignmentsRequired: 1 }],
    })
    const { projectId } = await right.projects.add({
      name: 'Deeds',
      workflowId: workflow.workflowId,
      assignment: { leaseMinutes: 1 },
    })
    const { userId } = await right.people.add({ displayName: 'Ada' })
    await right.projects.addMember(projectId, userId)
    await right.tasks.add(projectId, [{ payload: null }])
    const claimed = await right.assignments.claimNext({ userId })
    if (claimed.kind !== 'claimed') throw new Error('nothing was claimed')
    await wrong.schedule()
    await right.work({ schedule: false })
    for (const off of [offMs, -offMs, 61 * MINUTE]) {
      clock.offMs = off
      const jobs = await addJobs(right, projectId, 0)
      const isDone = async (): Promise<boolean> => {
        const items = await Promise.all(jobs.map(({ jobId }) => right.queue.get(projectId, jobId)))
        return items.every(({ state }) => state === 'completed')
      }
      await reached(isDone)
    }
    expect(starts).toHaveLength(3 * 12)
    expect((await right.assignments.get(claimed.assignment.assignmentId)).status).toBe(
      claimed.assignment.status,
    )
    expect(warnings.filter((line) => line.includes('died') || line.includes('dead'))).toEqual([])
  })
})
