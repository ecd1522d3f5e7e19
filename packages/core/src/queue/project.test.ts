import { MemoryBroadcast } from '@muster/adapters-memory'
import { aborted, workerWorld } from '@muster/testing/worlds'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import {
  BusyError,
  InvalidTransitionError,
  JobValidationError,
  NotFoundError,
  UnavailableError,
  ValidationError,
} from '../errors.ts'
import type { NewFact } from '../events/event.ts'
import { SYSTEM_TOPIC } from '../events/signals.ts'
import type { JobId, ProjectId, UserId } from '../ids.ts'
import type { NewJob } from '../jobs/job.ts'
import type { UniqueStore } from '../jobs/unique-store.ts'
import type { Json } from '../json/json.ts'
import { systemQueueUseCases } from './system.ts'

const nobody = '01900000-0000-7000-8000-ffffffffffff'
const ann = '01900000-0000-7000-8000-00000000a001' as UserId

async function setup() {
  const world = await workerWorld(
    async (job, { signal }) => {
      const { text } = job.payload as { text: string }
      if (text === 'fail') throw Object.assign(new Error('no'), { status: 422 })
      if (text === 'hang') await aborted(signal)
      return text.toUpperCase()
    },
    { payload: z.object({ text: z.string() }) },
  )
  const { projectId, queue, persistence } = world
  const facts = async () =>
    (await persistence.stores.events.read(projectId, 0, 100)).map(({ type, data }) => [type, data] as const)
  const order = async () => {
    const { items } = await queue.status(projectId, { state: ['pending'] })
    return items.map(({ jobId, position }) => [jobId, position])
  }
  const broadcast = new MemoryBroadcast()
  const heard: Json[] = []
  await broadcast.subscribe(SYSTEM_TOPIC, (message) => heard.push(message))
  const quiet = () => undefined
  const system = systemQueueUseCases({
    transactions: persistence,
    broadcast,
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    nudge: quiet,
  })
  return { ...world, facts, order, system, heard }
}

describe("A project's queue", () => {
  it('takes many items that come at once together, and gives each its own answer', async () => {
    const { queue, projectId, persistence, facts } = await setup()
    const transactions = vi.spyOn(persistence, 'transaction')
    const add = (id: ProjectId, payload: Json) => queue.add(id, { type: 'work', payload }, ann)
    const ends = await Promise.allSettled([
      ...Array.from({ length: 600 }, (_, n) => add(projectId, { text: `${n}` })),
      add(nobody as ProjectId, { text: 'x' }),
      add(projectId, { text: 7 }),
    ])
    expect(transactions.mock.calls.length).toBeLessThan(10)
    const added = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    expect(added).toHaveLength(600)
    expect(new Set(added.map(({ position }) => position)).size).toBe(600)
    expect(ends.slice(600).map((end) => end.status === 'rejected' && end.reason.constructor)).toEqual([
      NotFoundError,
      JobValidationError,
    ])
    expect((await facts()).filter(([type]) => type === 'queue_item_added')).toHaveLength(100)
  })

  it('keeps nobody from the queue for another’s sake, and lets all know if the backend is away', async () => {
    const { queue, projectId, persistence, order } = await setup()
    const real = persistence.transaction.bind(persistence)
    const refusing = vi.spyOn(persistence, 'transaction').mockImplementation((work) =>
      real((stores) => {
        const add = stores.jobs.addPlaced.bind(stores.jobs)
        const addPlaced = (added: readonly NewJob[], ...rest: [readonly NewFact[], Date]) => {
          const texts = added.map(({ payload }) => (payload as { text: string }).text)
          if (texts.includes('away')) return Promise.reject(new UnavailableError('The database is away'))
          return texts.includes('odd') ? Promise.reject(new RangeError('odd')) : add(added, ...rest)
        }
        // A store's own methods cannot be assigned to.
        const jobs = Object.create(stores.jobs, { addPlaced: { value: addPlaced } })
        return work({ ...stores, jobs })
      }),
    )
    const add = (text: string) => queue.add(projectId, { type: 'work', payload: { text } }, ann)
    const ends = await Promise.allSettled(['a', 'odd', 'b'].map(add))
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const away = await Promise.allSettled(['c', 'away', 'd'].map(add))
    expect(away.map((end) => end.status === 'rejected' && end.reason.code)).toEqual(
      Array(3).fill('unavailable'),
    )
    refusing.mockRestore()
    expect(await order()).toHaveLength(2)
  })

  it('takes many at once in their order, and refuses by itself what is at fault', async () => {
    const { queue, projectId, order, facts } = await setup()
    const items = [
      { type: 'work', payload: { text: 'a' } },
      { type: 'work', payload: { text: 7 } },
      { type: 'nothing', payload: null },
      { type: 'work', payload: { text: 'b' }, priority: 4_000 },
      { type: 'work', payload: { text: 'c' }, priority: 9 },
      { type: 'work', payload: { text: 'd', n: 2n } as unknown as Json },
    ]
    const { items: answers, ...counts } = await queue.addMany(projectId, items, { createdBy: ann })
    expect(counts).toEqual({ added: 2, existing: 0, refused: 4 })
    const refused = (code: string, path: string) => ({
      status: 'refused',
      code,
      errors: [expect.objectContaining({ path })],
    })
    expect(answers).toEqual([
      { status: 'added', jobId: expect.any(String) },
      refused('job_validation_failed', 'items[1].payload.text'),
      refused('validation_failed', 'items[2].type'),
      refused('validation_failed', 'items[3].priority'),
      { status: 'added', jobId: expect.any(String) },
      refused('validation_failed', 'items[5].payload.n'),
    ])
    const [first, , , , last] = answers.map((answer) => (answer.status === 'added' ? answer.jobId : null))
    expect(await order()).toEqual([
      [last, 1],
      [first, 2],
    ])
    expect((await facts()).map(([, data]) => data)).toMatchObject([{ itemId: first }, { itemId: last }])
  })

  it('takes all of many or none, and names every one that is at fault', async () => {
    const { queue, projectId, order, facts, persistence } = await setup()
    const some = (texts: readonly Json[]) => texts.map((text) => ({ type: 'work', payload: { text } }))
    await expect(queue.addMany(projectId, some(['a', 1, 'b', 2]), { mode: 'atomic' })).rejects.toMatchObject({
      issues: [{ path: 'items[1].payload.text' }, { path: 'items[3].payload.text' }],
    })
    expect(await facts()).toEqual([])
    const transactions = vi.spyOn(persistence, 'transaction')
    const texts = Array.from({ length: 1_500 }, (_, n) => `${n}`)
    expect(await queue.addMany(projectId, some(texts), { mode: 'atomic', createdBy: ann })).toMatchObject({
      added: 1_500,
      refused: 0,
    })
    expect(transactions).toHaveBeenCalledOnce()
    expect(await facts()).toEqual([
      ['queue_item_added', { count: 1_500, types: { work: 1_500 }, createdBy: ann }],
    ])
    expect((await order())[0]?.[1]).toBe(1)
    await expect(queue.addMany(nobody as ProjectId, some(['a']))).rejects.toThrow(NotFoundError)
    for (const wrong of [[], null, 'x', Array(10_001).fill(null)])
      await expect(queue.addMany(projectId, wrong as never)).rejects.toMatchObject({
        issues: [{ path: 'items' }],
      })
    await expect(queue.addMany(projectId, some(['a']), { mode: 'some' as never })).rejects.toMatchObject({
      issues: [{ path: 'mode' }],
    })
  })

  it('lets an item wait until its time, takes the past for now, and names times that cannot be', async () => {
    const { queue, projectId, clock } = await setup()
    const add = (when: object) => queue.add(projectId, { type: 'work', payload: { text: 'a' }, ...when }, ann)
    const at = (ms: number) => new Date(clock.now().getTime() + ms)
    const later = await add({ runAt: at(60_000) })
    expect(later).toMatchObject({ position: null, availableAt: at(60_000), status: 'added' })
    expect(await add({ runAt: at(-60_000).toISOString() })).toMatchObject({ position: 1, availableAt: at(0) })
    const year = 366 * 24 * 3_600
    for (const [when, code, path] of [
      [{ runAt: at((5 * year + 1) * 1_000) }, 'too_far', 'runAt'],
      [{ delaySeconds: 5 * year + 1 }, 'too_far', 'delaySeconds'],
      [{ delaySeconds: 1, runAt: at(1) }, 'validation_failed', 'runAt'],
      [{ runAt: '2026-03-02T12:00:00' }, 'validation_failed', 'runAt'],
      [{ runAt: 'soon' }, 'validation_failed', 'runAt'],
      [{ delaySeconds: -1 }, 'validation_failed', 'delaySeconds'],
    ] as const)
      await expect(add(when)).rejects.toMatchObject({ code, issues: [{ path }] })
    const many = Array(10_001).fill({ type: 'work', payload: { text: 'a' } })
    await expect(queue.addMany(projectId, many)).rejects.toMatchObject({ code: 'too_many' })
  })

  it('takes a payload at the limit and none that is a byte larger, and makes the others', async () => {
    const { queue, projectId } = await setup()
    // Æ has two bytes.
    const most = 'Æ'.repeat((262_144 - '{"text":""}'.length - 1) / 2)
    const item = (text: string) => ({ type: 'work', payload: { text } })
    const { items } = await queue.addMany(projectId, [item(`${most}x`), item(`${most}xx`), item('a')])
    expect(items).toMatchObject([
      { status: 'added' },
      { status: 'refused', code: 'job_validation_failed', errors: [{ path: 'items[1].payload' }] },
      { status: 'added' },
    ])
  })

  it('adds once for a key while a job holds it, and says which', async () => {
    const { queue, projectId, facts, work, settled } = await setup()
    const item = (text: string, unique: object = {}) => ({
      type: 'work',
      payload: { text },
      unique: { key: 'k', ...unique },
    })
    const [first, again, other] = await Promise.all(
      ['a', 'a', 'b'].map((text) => queue.add(projectId, item(text), ann)),
    )
    const jobId = first?.jobId
    expect([first, again, other]).toMatchObject([
      { status: 'added', position: 1 },
      { status: 'existing', differs: false, jobId, position: 1 },
      { status: 'existing', differs: true, jobId },
    ])
    const many = await queue.addMany(projectId, [
      item('c', { key: 'new' }),
      { type: 'work', payload: { text: 'loose' } },
      item('c', { key: 'new' }),
      item('x', { key: '' }),
      item('a'),
    ])
    expect(many).toMatchObject({
      added: 2,
      existing: 2,
      refused: 1,
      items: [
        { status: 'added' },
        { status: 'added' },
        { status: 'existing', jobId: (many.items[0] as { jobId: JobId }).jobId, differs: false },
        { status: 'refused', errors: [{ path: 'items[3].unique.key' }] },
        { status: 'existing', jobId },
      ],
    })
    const whole = await queue.addMany(projectId, [item('a'), item('d', { key: 'whole' })], { mode: 'atomic' })
    expect(whole).toMatchObject({ added: 1, existing: 1, items: [{ jobId }, { status: 'added' }] })
    expect((await facts()).filter(([type]) => type === 'queue_item_added')).toHaveLength(4)
    for (const [unique, path] of [
      [{ key: 'x'.repeat(201) }, 'unique.key'],
      [{ states: ['active'] }, 'unique.states'],
      [{ windowSeconds: 0 }, 'unique.windowSeconds'],
      [{ windowSeconds: 366 * 24 * 3_600 + 1 }, 'unique.windowSeconds'],
      [{ onExisting: 'drop' }, 'unique.onExisting'],
    ] as const)
      await expect(queue.add(projectId, item('a', unique))).rejects.toMatchObject({ issues: [{ path }] })
    await work()
    await settled(jobId as JobId)
    expect(await queue.add(projectId, item('a'), ann)).toMatchObject({ status: 'added' })
  })

  it('gives up after five seconds behind somebody’s transaction, and lets no other wait for that', async () => {
    const { queue, projectId, persistence, clock, order } = await setup()
    const real = persistence.transaction.bind(persistence)
    vi.spyOn(persistence, 'transaction').mockImplementation((work) =>
      real((stores) => {
        const take: UniqueStore['take'] = async (jobs, now, waitMs) => {
          if (!jobs.some(({ unique }) => unique.key === 'held')) return stores.uniques.take(jobs, now, waitMs)
          await clock.advance(waitMs)
          throw new BusyError('This waited too long')
        }
        return work({ ...stores, uniques: Object.create(stores.uniques, { take: { value: take } }) })
      }),
    )
    const item = (key: string) => ({ type: 'work', payload: { text: key }, unique: { key } })
    const from = clock.now().getTime()
    const ends = await Promise.allSettled(
      ['a', 'held', 'b'].map((key) => queue.add(projectId, item(key), ann)),
    )
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const reason = ends[1]?.status === 'rejected' ? ends[1].reason : undefined
    expect(reason).toMatchObject({ code: 'busy', message: expect.stringContaining('unique key held') })
    expect(clock.now().getTime() - from).toBeGreaterThanOrEqual(5_000)
    const many = await queue.addMany(projectId, ['held', 'c', 'a'].map(item))
    expect(many).toMatchObject({
      added: 1,
      existing: 1,
      refused: 1,
      items: [
        { status: 'refused', code: 'busy', errors: [{ path: 'items[0].unique.key' }] },
        { status: 'added' },
        { status: 'existing' },
      ],
    })
    const whole = queue.addMany(projectId, ['d', 'held'].map(item), { mode: 'atomic' })
    await expect(whole).rejects.toMatchObject({ code: 'busy' })
    expect(await order()).toHaveLength(3)
  })

  it('replaces what has not begun, and keeps what has', async () => {
    const { queue, projectId, work, settled } = await setup()
    const wish = (text: string, more: object = {}) => ({
      type: 'work',
      payload: { text },
      unique: { key: 'k', onExisting: 'replace' as const },
      ...more,
    })
    const { jobId } = await queue.add(projectId, wish('a', { delaySeconds: 60 }), ann)
    expect(await queue.add(projectId, wish('hang', { priority: 9 }), ann)).toMatchObject({
      jobId,
      status: 'existing',
      differs: true,
      priority: 9,
      position: 1,
    })
    expect((await queue.get(projectId, jobId)).payload).toEqual({ text: 'hang' })
    await work()
    await expect.poll(async () => (await queue.get(projectId, jobId)).state).toBe('active')
    await queue.add(projectId, wish('b'), ann)
    expect((await queue.get(projectId, jobId)).payload).toEqual({ text: 'hang' })
    await queue.cancel(projectId, jobId)
    await settled(jobId)
    const both = await queue.addMany(projectId, [wish('c'), wish('d', { delaySeconds: 9 })])
    expect(both.items).toMatchObject([{ status: 'added' }, { status: 'existing' }])
    const { jobId: second } = both.items[0] as { jobId: JobId }
    expect((await queue.get(projectId, second)).payload).toEqual({ text: 'd' })
  })

  it('does not try an item again while another job holds its key', async () => {
    const { queue, projectId, work, settled } = await setup()
    const item = { type: 'work', payload: { text: 'fail' }, unique: { key: 'k' } }
    const first = await queue.add(projectId, item, ann)
    const worker = await work()
    await settled(first.jobId)
    await worker.close()
    const second = await queue.add(projectId, { ...item, payload: { text: 'hang' } }, ann)
    expect(second.status).toBe('added')
    const refusal = queue.retry(projectId, first.jobId)
    await expect(refusal).rejects.toMatchObject({ code: 'unique_held', details: { jobId: second.jobId } })
    await queue.cancel(projectId, second.jobId)
    expect((await queue.retry(projectId, first.jobId)).state).toBe('pending')
    expect(await queue.add(projectId, item, ann)).toMatchObject({ status: 'existing', jobId: first.jobId })
  })

  it('takes items as they come, reads no more than it adds, and answers each in its turn', async () => {
    const { queue, projectId, facts } = await setup()
    let read = 0
    async function* coming() {
      for (let n = 0; n < 2_500; n++) {
        read++
        yield { type: 'work', payload: { text: n === 1_200 ? n : `${n}` } }
      }
    }
    const answers: string[] = []
    const readAt: number[] = []
    for await (const { status } of queue.addAll(projectId, coming())) {
      answers.push(status)
      readAt.push(read)
    }
    expect(answers.flatMap((status, n) => (status === 'refused' ? [n] : []))).toEqual([1_200])
    expect(answers).toHaveLength(2_500)
    expect([readAt[0], readAt[999], readAt[1_000]]).toEqual([1_000, 1_000, 2_000])
    expect((await facts()).map(([, data]) => (data as { count: number }).count)).toEqual([1_000, 999, 500])
  })

  it('refuses an item of a stream that names another by its place, wherever it stands', async () => {
    const { queue, projectId } = await setup()
    async function* coming() {
      for (let n = 0; n < 1_200; n++) {
        const after = n === 2 || n === 1_199 ? { jobs: [{ item: 1 }] } : undefined
        yield { type: 'work', payload: { text: `${n}` }, ...(after && { after }) }
      }
    }
    const refused: unknown[] = []
    for await (const answer of queue.addAll(projectId, coming()))
      if (answer.status === 'refused') refused.push(...answer.errors)
    const message = 'names a place, as in addMany alone: name the job by its id'
    expect(refused).toEqual([
      { path: 'items[2].after.jobs[0].item', message },
      { path: 'items[1199].after.jobs[0].item', message },
    ])
  })

  it('takes an item, at the end of those of its priority', async () => {
    const { queue, projectId, order, facts } = await setup()
    const add = (payload: Json, priority?: number) =>
      queue.add(projectId, { type: 'work', payload, priority }, ann)
    const first = await add({ text: 'a' })
    const second = await add({ text: 'b' })
    const urgent = await add({ text: 'c' }, 6)
    expect(first).toMatchObject({
      state: 'pending',
      priority: 5,
      position: 1,
      globalPosition: 1,
      attempt: 0,
      createdBy: ann,
    })
    expect(await order()).toEqual([
      [urgent.jobId, 1],
      [first.jobId, 2],
      [second.jobId, 3],
    ])
    expect(await facts()).toEqual(
      [first, second, urgent].map(({ jobId, priority }) => [
        'queue_item_added',
        { itemId: jobId, type: 'work', priority, createdBy: ann },
      ]),
    )
    expect(await queue.get(projectId, first.jobId)).toMatchObject({ payload: { text: 'a' }, result: null })
  })

  it.each<[string, object, new (...args: never[]) => Error, RegExp]>([
    ['of an unknown type', { type: 'nobody' }, ValidationError, /type names no registered job type: nobody/],
    ['whose payload its type refuses', { payload: { text: 1 } }, JobValidationError, /payload\.text /],
    ['of too high a priority', { priority: 1_001 }, ValidationError, /priority /],
    ['delayed by less than nothing', { delaySeconds: -1 }, ValidationError, /delaySeconds /],
    ['with an unknown field', { prio: 1 }, ValidationError, /prio is not a known field/],
  ])('refuses an item %s', async (_, change, error, message) => {
    const { queue, projectId, facts } = await setup()
    const adding = queue.add(projectId, { type: 'work', payload: { text: 'a' }, ...change }, null)
    await expect(adding).rejects.toThrow(error)
    await expect(adding).rejects.toThrow(message)
    expect(await facts()).toEqual([])
  })

  it('is not narrowed to a type that is neither registered nor of any of its jobs', async () => {
    const { queue, projectId } = await setup()
    expect(await queue.status(projectId, { type: 'work' })).toMatchObject({ items: [] })
    await expect(queue.status(projectId, { type: 'wrok' })).rejects.toThrow(
      'type names no registered job type: wrok',
    )
  })

  it('knows its own items alone', async () => {
    const { queue, projectId } = await setup()
    const { jobId: itemId } = await queue.add(projectId, { type: 'work', payload: { text: 'a' } }, null)
    for (const call of ['get', 'cancel', 'retry'] as const) {
      await expect(queue[call](nobody as ProjectId, itemId)).rejects.toThrow(NotFoundError)
      await expect(queue[call](projectId, nobody as JobId)).rejects.toThrow(NotFoundError)
    }
    await expect(queue.status(nobody as ProjectId, {})).rejects.toThrow(NotFoundError)
  })

  it('lets a delayed item wait until its time', async () => {
    const { queue, projectId, clock, schedule, work, settled } = await setup()
    const { jobId } = await queue.add(
      projectId,
      { type: 'work', payload: { text: 'later' }, delaySeconds: 5 },
      null,
    )
    schedule()
    await work()
    await clock.advance(4_900)
    expect(await queue.get(projectId, jobId)).toMatchObject({ state: 'pending', position: null })
    await settled(jobId)
    expect(await queue.get(projectId, jobId)).toMatchObject({ state: 'completed', result: 'LATER' })
  })

  it('cancels a pending item at once, and no settled one', async () => {
    const { queue, projectId, order, facts } = await setup()
    const { jobId } = await queue.add(projectId, { type: 'work', payload: { text: 'a' } }, ann)
    expect(await queue.cancel(projectId, jobId)).toMatchObject({ state: 'cancelled', position: null })
    expect(await order()).toEqual([])
    expect((await facts()).at(-1)).toEqual([
      'queue_item_removed',
      { itemId: jobId, type: 'work', priority: 5, createdBy: ann },
    ])
    await expect(queue.cancel(projectId, jobId)).rejects.toThrow(InvalidTransitionError)
    await expect(queue.setPriority(projectId, jobId, 1)).rejects.toThrow(InvalidTransitionError)
    await expect(queue.retry(projectId, jobId)).rejects.toThrow(InvalidTransitionError)
  })

  it('tells an active item to stop, as often as it is asked', async () => {
    const { queue, projectId, work, job, until, settled } = await setup()
    const { jobId } = await queue.add(projectId, { type: 'work', payload: { text: 'hang' } }, null)
    await work()
    await until(async () => (await job(jobId)).state === 'active')
    for (let time = 0; time < 2; time++) {
      expect(await queue.cancel(projectId, jobId)).toMatchObject({ state: 'active', cancelling: true })
    }
    await settled(jobId)
    expect((await job(jobId)).state).toBe('cancelled')
  })

  it('re-prioritises an item, and leaves one alone that has that priority', async () => {
    const { queue, projectId, order } = await setup()
    const add = async (text: string) =>
      (await queue.add(projectId, { type: 'work', payload: { text } }, null)).jobId
    const [a, b, c] = [await add('a'), await add('b'), await add('c')]
    await queue.setPriority(projectId, a, 5)
    expect(await queue.setPriority(projectId, c, 9)).toMatchObject({ priority: 9, position: 1 })
    expect(await order()).toEqual([
      [c, 1],
      [a, 2],
      [b, 3],
    ])
    await expect(queue.setPriority(projectId, a, 0.5)).rejects.toThrow(ValidationError)
  })

  it('tries a failed item again from the beginning', async () => {
    const { queue, projectId, work, job, settled, facts } = await setup()
    const { jobId } = await queue.add(projectId, { type: 'work', payload: { text: 'fail' } }, ann)
    const worker = await work()
    await settled(jobId)
    await worker.close()
    expect(await queue.retry(projectId, jobId)).toMatchObject({ state: 'pending', attempt: 0, position: 1 })
    expect((await facts()).map(([type]) => type)).toEqual([
      'queue_item_added',
      'job_failed',
      'queue_item_added',
    ])
    expect((await job(jobId)).state).toBe('pending')
  })

  it('clears what is pending, run jobs included and counted', async () => {
    const { queue, projectId, runs, definitions, facts } = await setup()
    const scenarios = ['x', 'y', 'z'].map((text) => ({ payload: { text } }))
    const { definitionId } = await definitions.add(projectId, { name: 'd', jobType: 'work', scenarios })
    const run = await runs.start(projectId, { definitionId, models: ['m'] })
    await queue.add(projectId, { type: 'work', payload: { text: 'a' } }, null)
    expect(await queue.clear(projectId)).toEqual({ cancelled: 4 })
    expect(await queue.clear(projectId)).toEqual({ cancelled: 0 })
    expect(await runs.get(run.runId)).toMatchObject({ tallies: { cancelled: 3 } })
    expect((await facts()).filter(([type]) => type === 'queue_cleared')).toEqual([
      ['queue_cleared', { cancelled: 4 }],
    ])
    expect((await queue.status(projectId, {})).counts).toMatchObject({ pending: 0, cancelled: 4 })
  })

  it('pauses and resumes, saying so only when something changed', async () => {
    const { queue, projectId, work, job, clock, settled, facts } = await setup()
    expect(await queue.pause(projectId)).toMatchObject({ paused: true })
    expect(await queue.pause(projectId)).toMatchObject({ paused: true })
    await work()
    const { jobId } = await queue.add(projectId, { type: 'work', payload: { text: 'a' } }, null)
    await clock.advance(5_000)
    expect((await job(jobId)).state).toBe('pending')
    expect(await queue.resume(projectId)).toMatchObject({ paused: false })
    await settled(jobId)
    expect((await facts()).filter(([type]) => /paused|resumed/.test(type))).toEqual([
      ['queue_paused', { global: false }],
      ['queue_resumed', { global: false }],
    ])
  })
})

describe('All queues together', () => {
  it('pause and resume for everybody, by a signal and no fact', async () => {
    const { queue, projectId, system, heard, work, job, clock, settled, facts } = await setup()
    expect(await system.pause()).toMatchObject({ paused: true })
    await system.pause()
    await work()
    const { jobId } = await queue.add(projectId, { type: 'work', payload: { text: 'a' } }, null)
    await clock.advance(5_000)
    expect((await job(jobId)).state).toBe('pending')
    expect(await queue.status(projectId, {})).toMatchObject({ paused: true })
    expect(await system.status()).toMatchObject({
      paused: true,
      counts: { pending: 1 },
      types: [{ type: 'work', pending: 1 }],
    })
    await system.resume()
    await settled(jobId)
    expect(heard).toEqual([
      { type: 'queue_paused', data: { global: true } },
      { type: 'queue_resumed', data: { global: true } },
    ])
    expect((await facts()).map(([type]) => type)).toEqual(['queue_item_added'])
  })
})
