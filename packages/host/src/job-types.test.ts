import type { JobType } from '@muster/core'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { coreModule, createMuster } from './container.ts'
import { silentLogger } from './system/index.ts'

const fine: JobType = { name: 'a', payload: z.unknown(), handler: () => null }

it.each<[string, object]>([
  ['jobTypes[0].name', { name: '' }],
  ['jobTypes[0].name', { name: 'a\u0000' }],
  ['jobTypes[0].name', { name: 'a'.repeat(201) }],
  ['jobTypes[a].handler', { handler: undefined }],
  ['jobTypes[a].payload', { payload: {} }],
  ['jobTypes[a].payload', { payload: undefined }],
  ['jobTypes[a].concurrency', { concurrency: 0 }],
  ['jobTypes[a].concurrency', { concurrency: 1.5 }],
  ['jobTypes[a].timeoutMs', { timeoutMs: Number.NaN }],
  ['jobTypes[a].timeoutMs', { timeoutMs: 0 }],
  ['jobTypes[a].timeoutMs', { timeoutMs: '5' }],
  ['jobTypes[a].retry.maxAttempts', { retry: { maxAttempts: 0 } }],
  ['jobTypes[a].retry.baseMs', { retry: { baseMs: -1 } }],
  ['jobTypes[a].retry.capMs', { retry: { capMs: Number.POSITIVE_INFINITY } }],
])('names %s of a type that cannot be meant: %j', (path, wrong) => {
  expect(() => coreModule({ jobTypes: [{ ...fine, ...wrong }] })).toThrow(`${path} must be`)
})

it.each<[string, object]>([
  ['jobTypes[a].timeoutMS is not known: did you mean timeoutMs?', { timeoutMS: 5 }],
  [
    'jobTypes[a].retry.maxAttempt is not known: did you mean retry.maxAttempts?',
    { retry: { maxAttempt: 5 } },
  ],
])('says %s', (message, wrong) => {
  expect(() => coreModule({ jobTypes: [{ ...fine, ...wrong }] })).toThrow(message)
})

it('leaves fields of a host’s own alone', () => {
  const jobTypes = [{ ...fine, description: 'Ours' } as JobType]
  expect(() => coreModule({ jobTypes })).not.toThrow()
})

it.each<[object, string, string]>([
  [{ types: [] }, 'types', 'a list of names of job types, or left out for all that are registered, not an'],
  [{ types: 'a' }, 'types', 'must be a list of names'],
  [{ types: ['b'] }, 'types', 'has b, which is not registered: did you mean a?'],
  [{ concurrency: '5' }, 'concurrency', 'must be an integer from 1 to 10000, not a text'],
  [{ leaseSeconds: Number.NaN }, 'leaseSeconds', 'must be a number from 2 to 3600, not NaN'],
  [{ concurency: 5 }, 'concurency', 'is not known: did you mean concurrency?'],
])('starts no worker with %j', async (options, path, message) => {
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [fine], logger: silentLogger })] })
  await expect(muster.work(options)).rejects.toMatchObject({
    code: 'validation_failed',
    issues: [{ path, message: expect.stringContaining(message) }],
  })
  await muster.close()
})

it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '5'])(
  'closes by no deadline of %s',
  async (deadlineMs) => {
    const muster = await createMuster({ modules: [coreModule({ jobTypes: [fine], logger: silentLogger })] })
    const worker = await muster.work()
    const how = { deadlineMs: deadlineMs as number }
    for (const closing of [worker.close(how), muster.close(how)])
      await expect(closing).rejects.toThrow('close: deadlineMs must be a number from 0 to')
    await muster.close()
  },
)

it.each<[object, string]>([
  [{ keepEventHours: 5 }, 'coreModule: keepEventHours is not known: did you mean keepEventsHours?'],
  [{ jobTypes: fine }, 'coreModule: jobTypes must be a list, not an object'],
  [{ logger: {} }, 'coreModule: logger must be an object with the methods debug, info, warn, error'],
])('refuses the options %j of core', (options, message) => {
  expect(() => coreModule(options)).toThrow(message)
})

it('refuses options of createMuster that are not known', async () => {
  const options = { module: [] } as object
  await expect(createMuster(options)).rejects.toThrow(
    'createMuster: module is not known: did you mean modules?',
  )
})

it('starts no worker with slots that cannot be', async () => {
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [fine], logger: silentLogger })] })
  for (const concurrency of [0, Number.NaN, 2.5]) {
    await expect(muster.work({ concurrency })).rejects.toMatchObject({
      code: 'validation_failed',
      issues: [{ path: 'concurrency' }],
    })
  }
  await muster.close()
})
