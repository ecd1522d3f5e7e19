import { describe, expect, it } from 'vitest'
import type { ProjectId } from '../ids.ts'
import { isKey } from '../limits/key.ts'
import { defaultOf } from '../limits/limit.ts'
import { limitDefaults } from '../limits/limit-input.ts'
import type { JobToLimit, JobType } from './job.ts'
import { limitsOf, limitsOfRun } from './limited.ts'

const projectId = '01900000-0000-7000-8000-000000000001' as ProjectId
const about = (payload: unknown, model: string | null = 'm'): JobToLimit => ({ projectId, model, payload })

function typeWith(said: Partial<Pick<JobType, 'limits' | 'estimate'>>): JobType {
  const payload = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }
  return { name: 'probe', payload, handler: () => null, ...said } as JobType
}

async function* listed(payloads: readonly unknown[], read: unknown[] = []): AsyncGenerator<unknown, void> {
  for (const payload of payloads) {
    read.push(payload)
    yield payload
  }
}

describe('isKey', () => {
  it.each(['model:y', 'project:1:tenant-7', 'é:ø', `a:${'b'.repeat(198)}`])('takes %s', (key) => {
    expect(isKey(key)).toBe(true)
  })

  it.each<unknown>([
    '',
    'model',
    ':y',
    'model:',
    'a: b',
    'a:\u0007',
    'a:e\u0301',
    'budget:1',
    `a:${'b'.repeat(199)}`,
    5,
    null,
  ])('refuses %j', (key) => {
    expect(isKey(key)).toBe(false)
  })
})

describe('limitsOf', () => {
  it('gives nothing for a type without, each key once, and units to two digits, rounded up', () => {
    expect(limitsOf(typeWith({}), about(1))).toBeUndefined()
    expect(limitsOf(typeWith({ limits: () => [] }), about(1))).toBeUndefined()
    const limits = (job: JobToLimit): string[] => [`model:${job.model}`, 'a:1', 'a:1']
    const units = (given: number) =>
      limitsOf(typeWith({ limits, estimate: () => ({ units: given }) }), about(1))?.units
    expect(limitsOf(typeWith({ limits }), about(1))).toEqual({ keys: ['model:m', 'a:1'], units: 0 })
    const estimate = (): { costMicros: number } => ({ costMicros: 1_234 })
    expect(limitsOf(typeWith({ estimate }), about(1))).toEqual({ keys: [], units: 0, costMicros: 1_300 })
    expect([1, 99, 101, 1_500, 1_501, 0.2].map(units)).toEqual([1, 99, 110, 1_500, 1_600, 1])
  })

  it.each<[string, unknown, unknown]>([
    ['limits', ['a:1', 'b:1', 'c:1', 'd:1', 'e:1'], {}],
    ['limits', 'a:1', {}],
    ['limits', Promise.resolve(['a:1']), {}],
    ['limits', new Error('no such model'), {}],
    ['limits[1]', ['a:1', 'b'], {}],
    ['estimate.units', ['a:1'], { units: -1 }],
    ['estimate.units', ['a:1'], { units: '5' }],
    ['estimate.costMicros', ['a:1'], { costMicros: 0 }],
    ['estimate.foo', ['a:1'], { units: 5, foo: 1 }],
    ['estimate', ['a:1'], Promise.resolve({})],
  ])('names %s of what a type says that cannot be meant', (path, limits, estimate) => {
    const said = (answer: unknown) => () => {
      if (answer instanceof Error) throw answer
      return answer as never
    }
    const type = typeWith({ limits: said(limits), estimate: said(estimate) })
    const wrong = expect.objectContaining({
      code: 'job_validation_failed',
      message: expect.stringContaining('probe'),
      issues: [expect.objectContaining({ path })],
    })
    expect(() => limitsOf(type, about(1))).toThrow(wrong)
  })
})

describe('limitsOfRun', () => {
  const models = ['x', 'y']

  it('asks once a model where no payload is read, and reads none', async () => {
    const read: unknown[] = []
    const type = typeWith({ limits: ({ model }) => (model === 'y' ? [] : [`model:${model}`]) })
    const limits = await limitsOfRun(type, { projectId, models }, () => listed([1, 2], read))
    expect(limits).toEqual([{ keys: ['model:x'], units: 0 }, null])
    expect(read).toEqual([])
  })

  it('asks for each job where a payload is read, be it by the estimate or by one model alone', async () => {
    const type = typeWith({
      limits: ({ model }) => [`model:${model}`],
      estimate: ({ model, payload }) => ({ units: model === 'y' ? (payload as { n: number }).n : 5 }),
    })
    const limits = await limitsOfRun(type, { projectId, models }, () => listed([{ n: 7 }, { n: 8 }]))
    expect(limits?.map((one) => one?.units)).toEqual([5, 7, 5, 8])
  })
})

describe('limitDefaults', () => {
  it('says of a key what its name says, else the longest of its beginnings', () => {
    const defaults = limitDefaults({
      'model:*': { concurrency: 8 },
      'model:big*': { concurrency: 2, perMinute: 600 },
      'model:bigger': { paused: true },
    })
    expect(defaultOf('model:a', defaults)).toMatchObject({ concurrency: 8, perMinute: null, burst: null })
    expect(defaultOf('model:big', defaults)).toMatchObject({ concurrency: 2, burst: 6 })
    expect(defaultOf('model:bigger', defaults)).toMatchObject({ concurrency: null, paused: true })
    expect(defaultOf('other:a', defaults)).toMatchObject({ concurrency: null, paused: false })
  })

  it.each<[string, object, string]>([
    ['model', {}, 'limits[model] must be'],
    ['*', {}, 'limits[*] must be'],
    ['a:1', { concurrency: -1 }, 'limits[a:1].concurrency'],
    ['a:1', { concurrency: 1.5 }, 'limits[a:1].concurrency'],
    ['a:1', { perMinute: 0 }, 'limits[a:1].perMinute'],
    ['a:1', { perMinute: '60' }, 'limits[a:1].perMinute'],
    ['a:1', { perMinute: Number.NaN }, 'limits[a:1].perMinute'],
    ['a:1', { burst: 2 }, 'limits[a:1].burst needs perMinute'],
    ['a:1', { perMinute: 5, burst: 6 }, 'limits[a:1].burst must not be greater'],
    ['a:1', { perMinutes: 5 }, 'limits[a:1]'],
  ])('refuses %s: %j', (key, limit, message) => {
    expect(() => limitDefaults({ [key]: limit })).toThrow(message)
  })
})
