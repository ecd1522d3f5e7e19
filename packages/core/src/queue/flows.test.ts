import { workerWorld } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { InvalidTransitionError, NotFoundError, ParentFailedError, ValidationError } from '../errors.ts'
import type { JobId, ProjectId } from '../ids.ts'
import type { ParentJob } from '../jobs/job.ts'
import { jobUseCases } from './job-calls.ts'
import type { AfterWish, NewQueueItem } from './queues.ts'
import { mending, sweeping } from './sweeping.ts'

const unknown = '01900000-0000-7000-8000-ffffffffffff' as JobId

async function setup() {
  const seen: (readonly [JobId, readonly ParentJob[]])[] = []
  const world = await workerWorld(async (job) => {
    const parents: ParentJob[] = []
    for await (const parent of job.parents()) parents.push(parent)
    seen.push([job.jobId, parents])
    if (job.payload === 'fail') throw Object.assign(new Error('no'), { status: 422 })
    return job.payload
  })
  const { clock, persistence, projectId, queue } = world
  const errors: object[] = []
  const quiet = () => undefined
  const logger = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (fields: object) => void errors.push(fields),
  }
  const deps = { transactions: persistence, clock, logger, nudge: quiet }
  const sweep = sweeping(deps)
  const item = (payload: string, after?: AfterWish, more: Partial<NewQueueItem> = {}): NewQueueItem => ({
    type: 'work',
    payload,
    ...(after && { after }),
    ...more,
  })
  const add = async (payload: string, after?: AfterWish): Promise<JobId> =>
    (await queue.add(projectId, item(payload, after), null)).jobId
  const stateOf = async (jobId: JobId) => (await world.job(jobId)).state
  const facts = async () =>
    (await persistence.stores.events.read(projectId, 0, 1_000)).map(({ type, data }) => [type, data] as const)
  const ids = { next: () => unknown }
  const jobs = jobUseCases({ ...deps, ids, broadcast: undefined as never })
  return { ...world, ...deps, jobs, errors, seen, sweep, item, add, stateOf, facts }
}

describe('Work after work', () => {
  it('begins a job once those that it waits for have completed, and hands it their results', async () => {
    const { add, seen, settled, work, schedule, queue, projectId } = await setup()
    const parents = [await add('a'), await add('b')]
    const child = await add('c', { jobs: [parents[1] as JobId, parents[0] as JobId] })
    expect(await queue.get(projectId, child)).toMatchObject({ state: 'pending', position: null })
    const [worker, scheduler] = [await work(), schedule()]
    await settled(child)
    expect(seen.find(([jobId]) => jobId === child)?.[1]).toEqual([
      { jobId: parents[1], type: 'work', state: 'completed', result: 'b', error: null },
      { jobId: parents[0], type: 'work', state: 'completed', result: 'a', error: null },
    ])
    expect(seen.map(([, of]) => of.length)).toEqual([0, 0, 2])
    await scheduler.close()
    await worker.close()
  })

  it('hands over more than a page of those that it waited for, in their order', async () => {
    const { add, seen, settled, work, schedule, queue, projectId, item } = await setup()
    const { items } = await queue.addMany(
      projectId,
      Array.from({ length: 250 }, (_, nth) => item(`${nth}`)),
    )
    const jobs = items.map((one) => ('jobId' in one ? one.jobId : unknown)).reverse()
    const child = await add('c', { jobs })
    const [worker, scheduler] = [await work({ concurrency: 50 }), schedule()]
    await settled(child)
    expect(seen.at(-1)?.[1].map(({ jobId }) => jobId)).toEqual(jobs)
    await scheduler.close()
    await worker.close()
  })

  it('tells the nearest thousand of a flow one by one, and all of it in numbers', async () => {
    const { queue, projectId, item, add, jobs } = await setup()
    const top = await add('a')
    const { items } = await queue.addMany(
      projectId,
      Array.from({ length: 1_200 }, (_, nth) => item(`${nth}`, { jobs: [top] })),
    )
    const ids = items.map((one) => ('jobId' in one ? one.jobId : unknown))
    const end = await add('z', { jobs: ids })
    const counts = (count: number) => [{ type: 'work', state: 'pending', count }]
    const flow = await jobs.flow(top)
    expect(flow.levels.map(({ level, nodes, counts: all }) => [level, nodes.length, all])).toEqual([
      [0, 1, counts(1)],
      [1, 999, counts(1_200)],
      [2, 0, counts(1)],
    ])
    expect(flow.links).toHaveLength(999)
    expect(flow.complete).toBe(true)
    expect((await jobs.flow(end)).levels.map(({ level }) => level)).toEqual([-2, -1, 0])
    await expect(jobs.flow(unknown)).rejects.toThrow(NotFoundError)
  })

  it('tells of those that ended because of another', async () => {
    const { add, facts, sweep, queue, projectId } = await setup()
    const parent = await add('a')
    const failed = await add('b', { jobs: [parent] })
    const dropped = await add('c', { jobs: [parent], onFailure: 'cancel' })
    const before = (await facts()).length
    await queue.cancel(projectId, parent)
    while ((await sweep()) > 0);
    expect((await facts()).slice(before)).toEqual([
      ['queue_item_removed', { itemId: parent, type: 'work', priority: 5, createdBy: null }],
      [
        'job_failed',
        {
          itemId: failed,
          runId: null,
          type: 'work',
          attempt: 0,
          error: {
            code: 'parent_failed',
            message: `A job that it waits for did not complete: ${parent}`,
          },
        },
      ],
      ['queue_item_removed', { itemId: dropped, type: 'work', priority: 5, createdBy: null }],
    ])
  })

  it('refuses jobs to wait for that cannot be, each with its path', async () => {
    const { add, queue, projectId, item, persistence } = await setup()
    const parent = await add('a')
    const foreign = '01900000-0000-7000-8000-00000000f001' as ProjectId
    const project = await persistence.stores.projects.find(projectId)
    await persistence.stores.projects.add({ ...project, projectId: foreign } as never)
    const { jobId: elsewhere } = await queue.add(foreign, item('x'))
    const refused: [AfterWish, string, string][] = [
      [{ jobs: [unknown] }, 'parent_unknown', 'after.jobs[0]'],
      [{ jobs: [parent, elsewhere] }, 'parent_unknown', 'after.jobs[1]'],
      [{ jobs: [parent, parent] }, 'validation_failed', 'after.jobs[1]'],
      [{ jobs: [{ item: 0 }] }, 'validation_failed', 'after.jobs[0].item'],
      [{ jobs: [] }, 'validation_failed', 'after.jobs'],
      [{ jobs: [parent], need: 'some' as 'ended' }, 'validation_failed', 'after.need'],
      [{ jobs: [parent], onFailure: 'stop' as 'run' }, 'validation_failed', 'after.onFailure'],
      [{ jobs: Array(10_001).fill(parent) }, 'too_many', 'after.jobs'],
    ]
    for (const [after, code, path] of refused) {
      const error = await queue.add(projectId, item('b', after)).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ValidationError)
      expect(error).toMatchObject({ code, issues: [{ path }] })
    }
    expect((await queue.status(projectId, {})).counts).toMatchObject({ pending: 1 })
  })

  it('refuses an 10 001st job that waits for one', async () => {
    const { add, queue, projectId, item } = await setup()
    const parent = await add('a')
    const items = Array.from({ length: 10_000 }, () => item('b', { jobs: [parent] }))
    expect(await queue.addMany(projectId, items.slice(1))).toMatchObject({ added: 9_999 })
    const { items: answers } = await queue.addMany(projectId, items.slice(0, 2))
    expect(answers).toMatchObject([
      { status: 'added' },
      { status: 'refused', code: 'too_many', errors: [{ path: 'items[1].after.jobs[0]' }] },
    ])
    await expect(queue.add(projectId, item('b', { jobs: [parent] }))).rejects.toMatchObject({
      code: 'too_many',
    })
  })

  it('lets items wait for earlier ones of the call, and refuses those behind one that is refused', async () => {
    const { queue, projectId, item, persistence } = await setup()
    const wait = (...places: number[]): AfterWish => ({ jobs: places.map((place) => ({ item: place })) })
    const items = [
      item('a'),
      item('b', wait(0)),
      item('c', wait(0, 1)),
      item('d', wait(3)),
      item('e', wait(3)),
      item('f', wait(6)),
      item('g', { jobs: [unknown] }),
      item('h', wait(6)),
    ]
    const each = await queue.addMany(projectId, items)
    expect(each).toMatchObject({ added: 3, refused: 5 })
    expect(each.items.slice(3)).toMatchObject([
      { code: 'validation_failed', errors: [{ path: 'items[3].after.jobs[0].item' }] },
      { code: 'parent_unknown', errors: [{ path: 'items[4].after.jobs[0].item' }] },
      { code: 'validation_failed', errors: [{ path: 'items[5].after.jobs[0].item' }] },
      { code: 'parent_unknown', errors: [{ path: 'items[6].after.jobs[0]' }] },
      { code: 'parent_unknown', errors: [{ path: 'items[7].after.jobs[0]' }] },
    ])
    const ids = each.items.flatMap((one) => ('jobId' in one ? [one.jobId] : []))
    expect(await persistence.stores.flows.listChildren(ids, 10)).toEqual([
      { parentId: ids[0], childId: ids[1] },
      { parentId: ids[0], childId: ids[2] },
      { parentId: ids[1], childId: ids[2] },
    ])
    await expect(queue.addMany(projectId, items, { mode: 'atomic' })).rejects.toBeInstanceOf(ValidationError)
    expect(await queue.addMany(projectId, items.slice(0, 3), { mode: 'atomic' })).toMatchObject({ added: 3 })
    expect((await queue.status(projectId, {})).counts).toMatchObject({ pending: 6 })
  })

  it.each(['each', 'atomic'] as const)(
    'lets an item wait for the job that holds the key of an earlier one: %s',
    async (mode) => {
      const { queue, projectId, item, persistence } = await setup()
      const unique = { key: 'k' }
      const { jobId: holder } = await queue.add(projectId, item('a', undefined, { unique }))
      const { items } = await queue.addMany(
        projectId,
        [item('b', undefined, { unique }), item('c', { jobs: [{ item: 0 }] })],
        { mode },
      )
      expect(items).toMatchObject([{ status: 'existing', jobId: holder }, { status: 'added' }])
      expect(await persistence.stores.flows.listChildren([holder], 10)).toHaveLength(1)
    },
  )

  it('cancels a job with all that waits for it, and tells what is active to stop', async () => {
    const { add, queue, projectId, stateOf, facts, persistence } = await setup()
    const parent = await add('a')
    const [one, other] = [await add('b', { jobs: [parent] }), await add('c', { jobs: [parent] })]
    const last = await add('d', { jobs: [one, other] })
    const beside = await add('e')
    const before = (await facts()).length
    expect(await queue.cancel(projectId, one, { flow: true })).toMatchObject({ state: 'cancelled' })
    expect(await Promise.all([parent, other, last, beside].map(stateOf))).toEqual([
      'pending',
      'pending',
      'cancelled',
      'pending',
    ])
    await queue.cancel(projectId, parent, { flow: true })
    expect((await facts()).slice(before).map(([, data]) => (data as { itemId: JobId }).itemId)).toEqual([
      one,
      last,
      parent,
      other,
    ])
    await expect(queue.cancel(projectId, parent, { flow: true })).rejects.toBeInstanceOf(
      InvalidTransitionError,
    )
    expect((await queue.status(projectId, {})).counts).toMatchObject({ pending: 1, cancelled: 4 })
    expect(await persistence.stores.jobs.find(last)).toMatchObject({ error: null })
  })

  it('retries one that ended because of another only if it is forced', async () => {
    const { add, queue, projectId, sweep, settled, work } = await setup()
    const parent = await add('fail')
    const child = await add('b', { jobs: [parent] })
    const worker = await work()
    await settled(parent)
    while ((await sweep()) > 0);
    const refused = await queue.retry(projectId, child).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ParentFailedError)
    expect(refused).toMatchObject({ code: 'parent_failed', details: { jobId: parent, type: 'work' } })
    expect(await queue.retry(projectId, child, { force: true })).toMatchObject({
      state: 'pending',
      error: null,
    })
    await settled(child)
    await worker.close()
  })

  it('says for how many of its jobs one waits', async () => {
    const { add, projectId, queue, jobs, sweep } = await setup()
    const [one, other] = [await add('a'), await add('b')]
    const child = await add('c', { jobs: [one, other], need: 'ended' })
    await queue.cancel(projectId, one)
    await sweep()
    expect((await jobs.get(child)).waitsFor).toContainEqual({ kind: 'parents', used: 1, of: 2 })
    expect((await jobs.get(other)).waitsFor).not.toContainEqual(expect.objectContaining({ kind: 'parents' }))
  })

  it('says in the log that jobs waited for none, page after page', async () => {
    const { persistence, logger, errors, projectId } = await setup()
    const pages = [
      { mended: [], goesOn: unknown },
      { mended: [unknown], goesOn: null },
    ]
    const asked: (JobId | null)[] = []
    const flows = {
      mend: async (after: JobId | null) => {
        asked.push(after)
        return pages.shift()
      },
    }
    const transactions = Object.create(persistence, {
      transaction: { value: (work: (stores: object) => unknown) => work({ flows }) },
    })
    await mending({ transactions, logger })()
    expect(asked).toEqual([null, unknown])
    expect(errors).toEqual([{ jobs: 1, first: unknown }])
    expect(projectId).toBeDefined()
  })
})
