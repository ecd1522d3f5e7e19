import { type Json, jobType, type ProjectId } from '@muster/core'
import type { JobWithResult } from '@muster/core/ports'
import { coreModule, createMuster } from '@muster/host'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { Threads } from './threads.ts'

const DEEDS = new URL('./deeds.test.support.ts', import.meta.url)

async function threadWorld({ size = 2, timeoutMs = 10_000 } = {}) {
  const threads = new Threads({ size })
  const warnings: object[] = []
  const quiet = () => undefined
  const logger = {
    debug: quiet,
    info: quiet,
    warn: (fields: object) => void warnings.push(fields),
    error: quiet,
  }
  const type = jobType({
    name: 'deed',
    payload: z.json(),
    handler: threads.handler(DEEDS),
    concurrency: size,
    timeoutMs,
    retry: { maxAttempts: 1 },
  })
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [type], logger })] })
  onTestFinished(async () => {
    await muster.close({ deadlineMs: 500 })
    await threads.close()
  })
  const { projectId } = await muster.projects.add({ name: 'p' })
  const worker = await muster.work()
  const add = async (payload: Json) =>
    (await muster.queue.add(projectId, { type: 'deed', payload }, null)).jobId
  const job = (itemId: JobWithResult['jobId']) => muster.queue.get(projectId as ProjectId, itemId)
  const ended = async (payload: Json) => {
    const itemId = await add(payload)
    await vi.waitFor(async () => expect((await job(itemId)).finishedAt).not.toBeNull())
    return job(itemId)
  }
  return { muster, worker, projectId, add, job, ended, warnings }
}

describe('A handler in a thread', () => {
  it('has the tools of every handler: steps, the log, results of runs', async () => {
    const { muster, projectId, ended, warnings } = await threadWorld()
    const done = await ended({ do: 'shout', text: 'hello' })
    expect(done).toMatchObject({ state: 'completed', result: 'HELLO', step: { name: 'shout', index: 1 } })
    expect(warnings).toContainEqual(
      expect.objectContaining({ text: 'hello', jobId: done.jobId, type: 'deed' }),
    )
    const scenarios = ['a', 'b', 'c'].map((text) => ({ payload: { do: 'shout', text } }))
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'd',
      jobType: 'deed',
      scenarios,
    })
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
    await vi.waitFor(async () => expect((await muster.runs.get(runId)).status).toBe('completed'))
    expect((await ended({ do: 'count', runId })).result).toBe('ABC')
  })

  it('reports usage, counted outside, and refused there by its path', async () => {
    const { muster, projectId, ended } = await threadWorld()
    const spent = await ended({ do: 'spend', input: 4 })
    expect(spent).toMatchObject({ state: 'completed', result: 'spent', usage: { units: 5, costMicros: 0 } })
    const refused = await ended({ do: 'spend', input: -4 })
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'validation_failed' } })
    expect(refused.error?.message).toContain('input must be a whole number')
    await vi.waitFor(async () =>
      expect((await muster.usage.read(projectId)).total).toMatchObject({ calls: 3, input: 6 }),
    )
  })

  it('asks people: its job sleeps, and begins again with their answer and what it made once', async () => {
    const { muster, projectId, add, job } = await threadWorld()
    await muster.schedule()
    const { workflowId } = await muster.workflows.add({
      name: 'w',
      steps: [{ stepId: 'annotate', stepType: 'annotation' }],
    })
    const { userId, role } = await muster.people.add({ displayName: 'Ann' })
    await muster.projects.addMember(projectId, userId)
    const jobId = await add({ do: 'ask', workflowId })
    await vi.waitFor(async () => expect((await job(jobId)).asleep).toBe(true))

    const claim = await muster.assignments.claimNext({ userId })
    if (claim.kind === 'nothing') throw new Error('There is no task')
    const { assignmentId, taskId } = claim.assignment
    expect((await muster.tasks.get(taskId)).payload).toEqual({ draft: 'of attempt 1' })
    const by = { userId, role, memberships: new Set([projectId]) }
    await muster.assignments.start({ assignmentId, by })
    await muster.assignments.submit({ assignmentId, by, result: { so: true } })
    await vi.waitFor(async () => expect((await job(jobId)).state).toBe('completed'))
    expect(await job(jobId)).toMatchObject({
      attempt: 2,
      result: { draft: 'of attempt 1', answer: { so: true }, people: 1 },
    })
  })

  it('hears why a question is refused, and fails by what its once threw', async () => {
    const { ended } = await threadWorld()
    expect((await ended({ do: 'askNobody' })).result).toEqual(['workflowId'])
    expect((await ended({ do: 'refuseOnce' })).error).toMatchObject({
      message: 'no draft',
      retryable: false,
    })
  })

  it('fails as it would outside: by status, nonsense, or the end of its thread', async () => {
    const { ended } = await threadWorld()
    expect((await ended({ do: 'fail' })).error).toEqual({ code: 'http_400', message: 'no', retryable: false })
    expect((await ended({ do: 'functions' })).error?.retryable).toBe(false)
    expect((await ended({ do: 'exit' })).error).toMatchObject({ code: 'handler_failed', retryable: true })
    expect((await ended({ do: 'shout', text: 'on' })).result).toBe('ON')
  })

  it('fails by what a copy of its error lacks: hidden answers, members, functions', async () => {
    const { muster, ended, add, job } = await threadWorld()
    const waiting = await add({ do: 'hide' })
    await vi.waitFor(async () => expect((await job(waiting)).error).toMatchObject({ code: 'http_429' }))
    expect((await job(waiting)).finishedAt).toBeNull()
    await muster.queue.cancel((await job(waiting)).projectId, waiting)
    expect((await ended({ do: 'gather' })).error).toMatchObject({ code: 'http_404', retryable: false })
    expect((await ended({ do: 'call' })).error).toMatchObject({ code: 'grpc_not_found', retryable: false })
  })

  it('leaves the event loop free while it computes, ends at its time-out, and gives its slot back', async () => {
    const { ended } = await threadWorld({ size: 1, timeoutMs: 3_000 })
    expect(await ended({ do: 'compute' })).toMatchObject({ state: 'failed', error: { code: 'timeout' } })
    // On a busy machine another thread may take longer to start than the time-out of its first job.
    await expect.poll(async () => (await ended({ do: 'shout', text: 'next' })).result).toBe('NEXT')
  })

  it('is told to stop if its job is cancelled, and ended if it does not hear', async () => {
    const { muster, projectId, add, job } = await threadWorld()
    for (const deed of ['wait', 'compute']) {
      const itemId = await add({ do: deed })
      await vi.waitFor(async () => expect((await job(itemId)).step?.name).toBe(deed))
      await muster.queue.cancel(projectId, itemId)
      await vi.waitFor(async () => expect((await job(itemId)).state).toBe('cancelled'))
    }
  })

  it('hands its job back when the worker closes', async () => {
    const { worker, add, job } = await threadWorld({ size: 1 })
    const itemId = await add({ do: 'compute' })
    await vi.waitFor(async () => expect((await job(itemId)).step?.name).toBe('compute'))
    // Long enough for a busy machine to hand it back in the fifth that is left for that.
    await worker.close({ deadlineMs: 2_500 })
    expect(await job(itemId)).toMatchObject({ state: 'pending', attempt: 0 })
  })

  it('refuses sizes that cannot be', () => {
    expect(() => new Threads({ size: 0 })).toThrow(
      'Threads: size must be a whole number from 1 to 1024, not 0',
    )
    expect(() => new Threads({ memoryMb: Number.NaN })).toThrow(
      'Threads: memoryMb must be a number from 1 to',
    )
    expect(() => new Threads({ memoryMB: 5 } as object)).toThrow('did you mean memoryMb?')
  })
})
