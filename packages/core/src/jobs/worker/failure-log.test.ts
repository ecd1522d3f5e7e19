import { workerWorld } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { NonRetryableError } from '../../errors.ts'
import { TOLD_SINGLY, WINDOW_MS } from './failure-log.ts'

/** An error as clients of databases and models throw them: what was sent hangs on it. */
class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly command = { args: ['AUTH', 'a secret'] }
  readonly body = 'a secret'
}

describe('A failed attempt', () => {
  it('is logged with its job, its attempt, how long it took and the stack, and nothing else of the error', async () => {
    const world = await workerWorld(async ({ attempt }) => {
      await world.clock.wait(40)
      if (attempt === 1) throw new ClientError('busy', { cause: new RangeError('too deep') })
      throw new NonRetryableError('no use', { secret: 'a secret' })
    })
    world.schedule()
    await world.work()
    const jobId = await world.add({ password: 'a secret' })
    await world.settled(jobId)
    const [first, last, ...more] = world.warned
    expect(more).toEqual([])
    expect(first).toMatchObject({
      message: 'An attempt failed, the job is tried again',
      fields: {
        jobId,
        type: 'work',
        attempt: 1,
        maxAttempts: 3,
        code: 'handler_failed',
        final: false,
        durationMs: 40,
        err: { type: 'ClientError', message: 'busy', stack: expect.stringMatching(/caused by RangeError/) },
      },
    })
    expect(last).toMatchObject({
      message: 'A job failed',
      fields: { jobId, attempt: 2, code: 'non_retryable', final: true, err: { message: 'no use' } },
    })
    expect(JSON.stringify(world.warned)).not.toContain('a secret')
  })

  it('is logged as well if it ran out of time, gave nonsense, or threw what is no error', async () => {
    const world = await workerWorld(
      ({ payload }) => {
        if (payload === 'nonsense') return 1n
        if (payload === 'throws') return Promise.reject()
        return world.clock.wait(60_000)
      },
      { timeoutMs: 100, retry: { maxAttempts: 1 } },
    )
    await world.work()
    for (const payload of ['nonsense', 'throws', 'slow']) await world.settled(await world.add(payload))
    const codes = world.warned.map(({ fields }) => (fields as { readonly code?: string }).code)
    expect(codes.filter((code) => code !== undefined)).toEqual([
      'invalid_result',
      'handler_failed',
      'timeout',
    ])
  })

  it('is counted in a storm: few lines for each type and code, and the number of the others', async () => {
    const world = await workerWorld(
      ({ payload }) => {
        throw (payload as { n: number }).n === 1 ? new NonRetryableError('no') : new Error('busy')
      },
      { retry: { maxAttempts: 1 } },
    )
    const worker = await world.work()
    await world.start(1_000)
    await world.until(() => world.warned.length > TOLD_SINGLY)
    await world.clock.advance(WINDOW_MS)
    const counted = { type: 'work', code: 'handler_failed', attempts: 999 - TOLD_SINGLY }
    expect(world.warned).toHaveLength(TOLD_SINGLY + 2)
    expect(world.warned.at(-1)).toEqual({
      message: 'More attempts failed in the same way',
      fields: counted,
    })
    await world.start(20)
    await world.clock.advance(50)
    const closed = worker.close()
    await world.clock.advance(1_000)
    await closed
    expect(world.warned.at(-1)?.fields).toMatchObject({ ...counted, attempts: 19 - TOLD_SINGLY })
  })
})
