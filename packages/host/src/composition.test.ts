import { MemoryJobQueue } from '@muster/adapters-memory'
import { jobType } from '@muster/core'
import { ContainerModule } from 'inversify'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { coreModule, createMuster, JOB_QUEUE } from './container.ts'
import { silentLogger, systemClock } from './system/index.ts'

const nap = jobType({ name: 'nap', payload: z.null(), handler: () => null })

describe('What does not fit together', () => {
  it.each<[string, object, string]>([
    ['two job types of one name', { jobTypes: [nap, nap] }, 'jobTypes has two of the name nap'],
    [
      'a type without a schema',
      { jobTypes: [{ ...nap, payload: undefined }] },
      'jobTypes[nap].payload must be',
    ],
    ['a negative time-out', { jobTypes: [{ ...nap, timeoutMs: -1 }] }, 'jobTypes[nap].timeoutMs must be'],
    ['no slots', { jobTypes: [{ ...nap, concurrency: 0 }] }, 'jobTypes[nap].concurrency must be'],
    ['an option of another name', { jobTipes: [] }, 'jobTipes'],
    [
      'job types beside a coreModule',
      { jobTypes: [nap], modules: [coreModule()] },
      'jobTypes must be given to coreModule',
    ],
    [
      'a module of a container of another major',
      { modules: [{ id: 1, registry() {} }] },
      'modules must be a list of ContainerModules of inversify 8',
    ],
    [
      'a container of another major',
      { container: { getAsync() {}, loadAsync() {}, applyMiddleware() {} } },
      'container must be',
    ],
  ])('is refused by name: %s', async (_, options, message) => {
    await expect(createMuster(options)).rejects.toThrow(message)
  })

  it('is refused by name: a broker for many processes, and a memory for one', async () => {
    const broker = new ContainerModule(({ bind }) => {
      bind(JOB_QUEUE).toConstantValue(new MemoryJobQueue({ clock: systemClock }))
    })
    const composing = createMuster({ modules: [broker], logger: silentLogger })
    await expect(composing).rejects.toThrow(TypeError)
    await expect(composing).rejects.toThrow(/modules bring a job queue .* no database/)
  })
})
