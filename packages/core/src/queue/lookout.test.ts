import { workerWorld } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { NonRetryableError, ValidationError } from '../errors.ts'
import { LOOK_MS, Lookout, REMINDER_MS } from './lookout.ts'

async function lookoutWorld() {
  const world = await workerWorld(() => 'done', { retry: { baseMs: 1 } })
  const lines: string[] = []
  const gauges = new Map<string, number>()
  const say = (_: object, message: string) => void lines.push(message)
  const quiet = () => undefined
  const lookout = new Lookout({
    jobs: world.persistence.stores.jobs,
    workers: world.persistence.stores.workers,
    clock: world.clock,
    logger: { debug: quiet, info: say, warn: say, error: say },
    metrics: {
      count: quiet,
      observe: quiet,
      gauge: (name, value, labels) => void gauges.set(`${name} ${labels?.['type'] ?? ''}`.trim(), value),
    },
  })
  return { ...world, lookout, lines, gauges }
}

describe('A process that looks for what nobody does', () => {
  it('names types that are pending without a live worker, once for each change and now and then again', async () => {
    const { lookout, lines, gauges, clock, add, work } = await lookoutWorld()
    const leave = lookout.enter({ schedules: true })
    await clock.advance(3 * LOOK_MS)
    expect(lines).toEqual([])
    await add(null)
    await add(null)
    await clock.advance(5 * LOOK_MS)
    expect(lines).toEqual(['Jobs of these types are pending, and no live worker does any of them'])
    expect(gauges.get('muster_jobs_without_worker work')).toBe(2)
    expect(await lookout.look()).toEqual({ jobsWithoutWorker: { work: 2 }, noSchedulerSince: null })
    await clock.advance(REMINDER_MS)
    expect(lines).toHaveLength(2)
    const worker = await work()
    await clock.advance(3 * LOOK_MS)
    expect(lines).toHaveLength(3)
    expect(lines[2]).toContain('has somebody')
    expect(gauges.get('muster_jobs_without_worker work')).toBe(0)
    await Promise.all([worker.close(), clock.advance(1_000)])
    await leave()
  })

  it('does not miss a worker that is just replaced', async () => {
    const { lookout, lines, clock, add, work } = await lookoutWorld()
    const leave = lookout.enter({ schedules: true })
    await add(null)
    await clock.advance(LOOK_MS - 2)
    // Probes ask far more often than it looks by itself.
    await lookout.look()
    await lookout.look()
    await clock.advance(1)
    await work()
    await clock.advance(3 * LOOK_MS)
    expect(lines).toEqual([])
    await leave()
  })

  it('says that no scheduler is alive while something is due, until one is', async () => {
    const { lookout, lines, clock, queue, projectId, work } = await lookoutWorld()
    await work()
    const leave = lookout.enter({ schedules: false })
    await queue.add(projectId, { type: 'work', payload: null, delaySeconds: 1 }, null)
    await clock.advance(5 * LOOK_MS)
    expect(lines).toEqual([
      'Work of a scheduler is due, such as retries, schedules and imports, and none is alive: call schedule() in a process, or work() without { schedule: false }',
    ])
    expect((await lookout.look()).noSchedulerSince).not.toBeNull()
    const leaveAgain = lookout.enter({ schedules: true })
    await clock.advance(3 * LOOK_MS)
    expect((await lookout.look()).noSchedulerSince).toBeNull()
    expect(lines).toHaveLength(2)
    await leave()
    await leaveAgain()
  })
})

describe('A process that does not have a job type', () => {
  it('refuses by name whatever would make or bring back jobs of it', async () => {
    const world = await workerWorld(
      () => {
        throw new NonRetryableError('no')
      },
      { retry: { maxAttempts: 1 } },
    )
    const { jobTypes, projectId, definitions, runs, queue } = world
    await world.work()
    const jobId = await world.add(null)
    await world.settled(jobId)
    const scenarios = [{ payload: null }]
    const { definitionId } = await definitions.add(projectId, { name: 'd', jobType: 'work', scenarios })
    const { runId } = await runs.start(projectId, { definitionId, models: ['m'] })
    await world.until(async () => (await runs.get(runId)).status === 'completed')
    jobTypes.delete('work')
    for (const refused of [
      () => world.add(null),
      () => queue.retry(projectId, jobId),
      () => definitions.add(projectId, { name: 'e', jobType: 'work', scenarios }),
      () => runs.start(projectId, { definitionId, models: ['m'] }),
      () => runs.retryFailed(runId),
    ]) {
      await expect(refused()).rejects.toThrow(ValidationError)
      await expect(refused()).rejects.toThrow(/work|registered/)
    }
    expect((await world.job(jobId)).state).toBe('failed')
  })
})
