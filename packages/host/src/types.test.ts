import type { JobType, Json, ResultOf, RunId, UserId } from '@muster/core'
import { isUuid, jobType, userId } from '@muster/core'
import type { FeedEvent } from '@muster/core/feed'
import type { Kept } from '@muster/core/rules'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createMuster } from './container.ts'
import type { Muster } from './muster.ts'
import type { StartedRun } from './runs.ts'

// The compiler is the test: `npm run check` fails on a line that compiles and should not, and on one that should and does not.

const shout = jobType({
  name: 'shout',
  payload: z.object({ text: z.string(), times: z.number().default(1) }),
  handler: ({ payload, model }) => `${model}: ${payload.text.repeat(payload.times)}`,
})
const report = jobType({
  name: 'report',
  payload: z.object({ at: z.iso.datetime() }),
  handler: async ({ payload }) => ({
    read: new Date(payload.at),
    note: undefined as string | undefined,
    rows: [{ n: 1, gone: undefined }],
  }),
})
const nothing = jobType({ name: 'nothing', payload: z.null(), handler: () => undefined })
const other = jobType({ name: 'other', payload: z.number(), handler: ({ payload }) => payload })

interface Answer {
  readonly at: Date
  readonly said?: string | undefined
}

describe('Job types', () => {
  it('keep the types of name, payload and result', () => {
    expectTypeOf(shout.name).toEqualTypeOf<'shout'>()
    expectTypeOf<ResultOf<typeof shout>>().toEqualTypeOf<string>()
    expectTypeOf<ResultOf<typeof nothing>>().toEqualTypeOf<null>()
    expectTypeOf<ResultOf<typeof report>['read']>().toEqualTypeOf<string>()
    expectTypeOf<ResultOf<typeof report>['note']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<ResultOf<typeof report>['rows'][number]['n']>().toEqualTypeOf<number>()
    expectTypeOf<ResultOf<JobType>>().toEqualTypeOf<Json>()
    expectTypeOf<Kept<Answer>>().toExtend<{ readonly at: string; readonly said?: string }>()
    const registry: readonly JobType[] = [shout, report, nothing, other]
    expect(registry.map(({ name }) => name)).toEqual(['shout', 'report', 'nothing', 'other'])
  })

  it('take handlers that give JSON, dates and members that may be missing', () => {
    const payload = z.null()
    const types: JobType[] = [
      jobType({ name: 'a', payload, handler: (): Answer => ({ at: new Date() }) }),
      jobType({ name: 'b', payload, handler: async (): Promise<Json> => [1, { a: null }] }),
      jobType({ name: 'c', payload, handler: ({ model }) => (model === 'x' ? { a: 1 } : { b: [true] }) }),
      jobType({
        name: 'd',
        payload,
        handler: () => {
          throw new Error('never')
        },
      }),
      // biome-ignore lint/suspicious/noExplicitAny: whoever has given up types may
      jobType({ name: 'e', payload, handler: (): any => 1 }),
    ]
    expect(types).toHaveLength(5)
  })

  it('refuse handlers that give what JSON cannot carry', () => {
    const payload = z.null()
    const types = [
      // @ts-expect-error a Map
      jobType({ name: 'a', payload, handler: () => new Map([['a', 1]]) }),
      // @ts-expect-error a Set, deep inside
      jobType({ name: 'b', payload, handler: async () => ({ a: [new Set(['a'])] }) }),
      // @ts-expect-error a bigint
      jobType({ name: 'c', payload, handler: () => ({ n: 1n }) }),
      // @ts-expect-error a function
      jobType({ name: 'd', payload, handler: () => ({ call: () => 1 }) }),
      // @ts-expect-error an error
      jobType({ name: 'e', payload, handler: () => new TypeError('no') }),
      // @ts-expect-error nobody knows what
      jobType({ name: 'f', payload, handler: () => JSON.parse('1') as unknown }),
      // @ts-expect-error a payload that the schema does not make
      jobType({ name: 'g', payload: z.object({ a: z.string() }), handler: (job) => job.payload.b }),
      // @ts-expect-error no payload schema
      jobType({ name: 'h', handler: () => 1 }),
    ]
    expect(types).toHaveLength(8)
  })
})

describe('Schedules', () => {
  it('start jobs whose payload their type takes, in which any part may stand for the tick', async () => {
    const muster = await createMuster({ jobTypes: [shout, nothing] })
    const { projectId } = await muster.projects.add({ name: 'Nights' })
    const when = { cron: '30 2 * * *', zone: 'Europe/Berlin' }
    const made = await muster.schedules.add(projectId, {
      name: 'shout',
      when,
      start: { job: { type: shout, payload: { text: { $: '/tick' }, times: 2 } } },
    })
    expect(made.start).toEqual({ job: { type: 'shout', payload: { text: { $: '/tick' }, times: 2 } } })
    await muster.schedules.change(made.scheduleId, { start: { job: { type: nothing, payload: null } } })
    expect((await muster.schedules.get(made.scheduleId)).start).toEqual({
      job: { type: 'nothing', payload: null },
    })
    const start = { job: { type: shout, payload: { text: 1 } } }
    // @ts-expect-error a payload that the type does not take
    const wrong = muster.schedules.add(projectId, { name: 'a', when, start })
    await expect(wrong).rejects.toMatchObject({ issues: [{ path: 'start.job.payload.text' }] })
    await muster.close()
  })
})

/** Never called. */
export function narrowed(event: FeedEvent, text: unknown): UserId {
  if (event.type === 'run_status_changed') expectTypeOf(event.data.runId).toEqualTypeOf<RunId>()
  if (event.type === 'task_reassigned') expectTypeOf(event.data.previousUserId).toEqualTypeOf<UserId>()
  // @ts-expect-error no event in general has a run
  console.log(event.data.runId)
  if (isUuid(text)) return text
  // @ts-expect-error any text is no id
  const wrong: UserId = 'somebody'
  return userId(wrong)
}

it('An id of a person is made from text, in lower case, or refused', () => {
  expect(userId('0189ABCD-0000-7000-8000-000000000000')).toBe('0189abcd-0000-7000-8000-000000000000')
  expect(() => userId('ann')).toThrow(/userId must be a UUID/)
  expect([isUuid(undefined), isUuid(7), isUuid('0189abcd-0000-7000-8000-000000000000')]).toEqual([
    false,
    false,
    true,
  ])
})

/** Never called. */
export async function right(muster: Muster<typeof shout | typeof report>, { projectId, runId }: StartedRun) {
  const run = await muster.runs.start(projectId, {
    jobType: shout,
    scenarios: [{ payload: { text: 'hello' } }, { scenarioId: 'b', payload: { text: 'b', times: 2 } }],
    models: ['ann', 'bob'],
  })
  expectTypeOf(await run.finished({ timeoutMs: 10, signal: AbortSignal.timeout(1) })).toHaveProperty('status')
  expectTypeOf((await run.finished()).status).toEqualTypeOf<'completed' | 'cancelled'>()
  for await (const { model, result, payload } of run.results()) {
    expectTypeOf(model).toEqualTypeOf<string>()
    expectTypeOf(result).toEqualTypeOf<string>()
    expectTypeOf(payload.text).toEqualTypeOf<string>()
    expectTypeOf(payload.times).toEqualTypeOf<number | undefined>()
  }
  for await (const { result } of (await muster.runs.follow(runId, report)).results()) {
    expectTypeOf(result.read).toEqualTypeOf<string>()
  }
  for await (const { result } of (
    await muster.runs.start(projectId, { definitionId: 'x', models: ['m'] })
  ).results()) {
    expectTypeOf(result).toEqualTypeOf<Json>()
  }
  await muster.queue.add(projectId, shout, { text: 'now' }, { delaySeconds: 5 })
  await muster.queue.add(projectId, { type: 'shout', payload: { text: 'now' } })
  await muster.queue.addMany(projectId, shout, [{ text: 'now' }, { text: 'then', times: 2 }], {
    mode: 'atomic',
    priority: 9,
  })
  await muster.queue.addMany(projectId, [{ type: 'shout', payload: { text: 'now' } }])
  await muster.work({ types: ['shout'] })
  // What transports take.
  expectTypeOf(muster).toExtend<Muster>()
  expectTypeOf(await createMuster()).toEqualTypeOf<Muster>()
  expectTypeOf(await createMuster({ jobTypes: [shout] })).toEqualTypeOf<Muster<typeof shout>>()
}

/** Never called. */
export async function wrong(muster: Muster<typeof shout | typeof report>, { projectId, runId }: StartedRun) {
  const models = ['m']
  // @ts-expect-error a type that is not registered
  await muster.runs.start(projectId, { jobType: other, scenarios: [{ payload: 1 }], models })
  // @ts-expect-error a name, which has no types
  await muster.runs.start(projectId, { jobType: 'shout', scenarios: [{ payload: { text: 'a' } }], models })
  // @ts-expect-error a field of another name
  await muster.runs.start(projectId, { jobType: shout, scenarios: [{ payload: { txt: 'a' } }], models })
  // @ts-expect-error a field of another type
  await muster.runs.start(projectId, { jobType: shout, scenarios: [{ payload: { text: 1 } }], models })
  const run = await muster.runs.start(projectId, { jobType: report, scenarios: [], models })
  for await (const { result } of run.results()) {
    // @ts-expect-error a date is text
    result.read.getTime()
    // @ts-expect-error it may be missing
    result.note.trim()
    // @ts-expect-error there is none such
    console.log(result.text)
  }
  // @ts-expect-error a type that is not registered
  await muster.queue.add(projectId, other, 1)
  // @ts-expect-error a payload of another type
  await muster.queue.add(projectId, shout, { text: 1 })
  // @ts-expect-error a payload of another type
  await muster.queue.addMany(projectId, shout, [{ text: 'a' }, { text: 1 }])
  // @ts-expect-error a mode that there is not
  await muster.queue.addMany(projectId, shout, [{ text: 'a' }], { mode: 'some' })
  // @ts-expect-error an option that there is not
  await muster.queue.add(projectId, shout, { text: 'a' }, { delayMs: 5 })
  // @ts-expect-error a name that is not registered
  await muster.work({ types: ['shuot'] })
  // @ts-expect-error a type that is not registered
  await muster.runs.follow(runId, other)
  // @ts-expect-error no job type at all
  await createMuster({ jobTypes: ['shout'] })
}
