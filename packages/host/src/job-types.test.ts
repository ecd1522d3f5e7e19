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
