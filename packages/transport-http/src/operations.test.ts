import { jobType, NotNowError } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import Fastify from 'fastify'
import { expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { jwtAuthenticator } from './access/jwt-authenticator.ts'
import { promMetrics } from './metrics.ts'
import { musterHttp } from './plugin.ts'

it('tells in /readyz which types wait for a worker, and is ready all the same', async () => {
  const renamed = jobType({ name: 'renamed', payload: z.null(), handler: () => null })
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [renamed] })] })
  onTestFinished(() => muster.close())
  const ask = async () => {
    const app = Fastify()
    const authenticator = jwtAuthenticator({ secret: 's'.repeat(32) })
    await app.register(musterHttp, { muster, authenticator })
    const answer = await app.inject('/readyz')
    await app.close()
    return [answer.statusCode, answer.json()]
  }
  const well = { status: 'ok', checks: { persistence: 'ok' } }
  expect(await ask()).toEqual([200, well])
  const { projectId } = await muster.projects.add({ name: 'p' })
  await muster.queue.add(projectId, { type: 'renamed', payload: null }, null)
  const unattended = { jobsWithoutWorker: { renamed: 1 }, noSchedulerSince: null }
  expect(await ask()).toEqual([200, { ...well, unattended }])
  await muster.work()
  await vi.waitFor(async () => expect(await ask()).toEqual([200, well]))
})

it('tells in /metrics how keys are used, and those behind the first thousand together', async () => {
  const { metrics, registry } = promMetrics()
  const keyed = jobType({
    name: 'keyed',
    payload: z.null(),
    limits: () => ['a:full', 'a:open'],
    handler: () => null,
  })
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [keyed], metrics })] })
  onTestFinished(() => muster.close())
  const { projectId } = await muster.projects.add({ name: 'p' })
  await muster.limits.put('a:full', { concurrency: 0 })
  await muster.limits.put('a:some', { concurrency: 7 })
  await muster.queue.add(projectId, { type: 'keyed', payload: null })
  await muster.work()
  const app = Fastify()
  const authenticator = jwtAuthenticator({ secret: 's'.repeat(32) })
  await app.register(musterHttp, { muster, authenticator, registry })
  onTestFinished(() => app.close())
  const told = async (): Promise<string> => (await app.inject('/metrics')).body
  await vi.waitFor(async () => expect(await told()).toContain('muster_limit_waiting{key="a:full"} 1'))
  const body = await told()
  expect(body).toContain('muster_limit_in_use{key="a:full"} 0')
  expect(body).toContain('muster_limit_room{key="a:full"} 0')
  expect(body).toContain('muster_limit_room{key="a:some"} 7')
  expect(body).not.toContain('muster_limit_room{key="a:open"}')
  expect(body).not.toContain('key="other"')
  for (let nth = 0; nth < 1_000; nth++) await muster.limits.put(`b:${nth}`, {})
  const many = await told()
  expect(many.match(/muster_limit_in_use\{/g)).toHaveLength(1_001)
  expect(many).toContain('muster_limit_waiting{key="other"} 0')
  expect(many.match(/muster_limit_cooldowns_total\{/g)).toHaveLength(1_001)
})

it('counts in /metrics how often keys have cooled, each episode once', async () => {
  const { metrics, registry } = promMetrics()
  let asks = 2
  const busy = jobType({
    name: 'busy',
    payload: z.null(),
    limits: () => ['a:busy', 'a:other'],
    handler: () => {
      if (asks-- > 0) throw new NotNowError({ retryAfterSeconds: 0.01 })
      return null
    },
  })
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [busy], metrics })] })
  onTestFinished(() => muster.close())
  const { projectId } = await muster.projects.add({ name: 'p' })
  const app = Fastify()
  const authenticator = jwtAuthenticator({ secret: 's'.repeat(32) })
  await app.register(musterHttp, { muster, authenticator, registry })
  onTestFinished(() => app.close())
  const told = async (): Promise<string> => (await app.inject('/metrics')).body
  const { jobId } = await muster.queue.add(projectId, { type: 'busy', payload: null })
  expect(await told()).toContain('muster_limit_cooldowns_total{key="a:busy"} 0')
  await muster.work()
  await vi.waitFor(async () => expect((await muster.jobs.get(jobId)).state).toBe('completed'))
  for (let again = 0; again < 2; again++) {
    const body = await told()
    expect(body).toContain('muster_limit_cooldowns_total{key="a:busy"} 2')
    expect(body).toContain('muster_limit_cooldowns_total{key="a:other"} 0')
  }
})

it('is refused by name in a server of another major', async () => {
  const muster = await createMuster()
  onTestFinished(() => muster.close())
  const authenticator = jwtAuthenticator({ secret: 's'.repeat(32) })
  const older = Object.defineProperty(Fastify(), 'version', { value: '4.29.1' })
  const registered = async (): Promise<void> => {
    await older.register(musterHttp, { muster, authenticator })
  }
  await expect(registered()).rejects.toThrow(
    /@muster\/transport-http - expected '5\.x' fastify version, '4\.29\.1'/,
  )
})
