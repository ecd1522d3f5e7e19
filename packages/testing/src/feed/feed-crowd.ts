import { MemoryBroadcast } from '@muster/adapters-memory'
import type { JobId, ProjectId, RunId, User, UserId } from '@muster/core'
import type { FeedItem, Snapshot } from '@muster/core/feed'
import { progressOf } from '@muster/core/rules'
import type { Feed } from '@muster/core/use-cases'
import { expect } from 'vitest'
import { JobWorld } from '../jobs/job-world.ts'
import type { OpenPersistence } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { DEAF, FeedWorld, type Follower } from './feed-world.ts'

/** A crowd on several projects of one database. */
export interface CrowdOptions {
  readonly adapter: OpenPersistence
  /** The same seed does the same. */
  readonly seed: number
  readonly rounds: number
  readonly projects: number
  readonly nodes: number
}

interface Place {
  readonly position: number | null
  readonly globalPosition: number | null
}

/** What somebody who follows takes for true, over all their connections. */
class Belief {
  readonly places = new Map<JobId, Place>()
  readonly runs = new Map<RunId, string>()
  readonly present = new Set<UserId>()
  counts = ''
  seq = 0
  readonly isWhole: boolean

  constructor(isWhole: boolean) {
    this.isWhole = isWhole
  }

  learn(snapshot: Snapshot, projectId: ProjectId): void {
    if (snapshot.channel === 'queues')
      for (const queue of snapshot.queues) if (queue.projectId === projectId) this.#queue(queue.items)
    if (snapshot.channel !== 'project') return
    this.#queue(snapshot.queue.items)
    this.counts = JSON.stringify(snapshot.queue.counts)
    this.runs.clear()
    for (const run of snapshot.runs) this.runs.set(run.runId, tallyOf({ ...progressOf(run) }))
    this.present.clear()
    for (const { userId } of snapshot.presence) this.present.add(userId)
  }

  hear(item: FeedItem, projectId: ProjectId): void {
    if (item.kind === 'reload') this.learn(item.snapshot, projectId)
    if (item.kind !== 'event' || item.event.projectId !== projectId) return
    const { type, data, seq, prev } = item.event
    const told = data as Readonly<Record<string, unknown>>
    if (seq !== null && prev !== null) {
      expect(seq).toBeGreaterThan(this.seq)
      if (this.isWhole) expect(seq).toBe(prev + 1)
      this.seq = seq
    }
    if (type === 'position_updated')
      for (const { itemId, ...place } of told['items'] as (Place & { itemId: JobId })[])
        this.places.set(itemId, place)
    if (type === 'run_progress') this.runs.set(told['runId'] as RunId, tallyOf(told))
    if (type === 'queue_count_changed') this.counts = JSON.stringify(told['counts'])
    if (type !== 'presence_update') return
    if (told['state'] === 'left') this.present.delete(told['userId'] as UserId)
    else this.present.add(told['userId'] as UserId)
  }

  #queue(items: readonly (Place & { readonly jobId: JobId })[]): void {
    this.places.clear()
    for (const { jobId, position, globalPosition } of items)
      this.places.set(jobId, { position, globalPosition })
  }
}

function tallyOf({ status, total, completed, failed, cancelled }: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ status, total, completed, failed, cancelled })
}

interface Viewer {
  readonly user: User
  readonly projectId: ProjectId
  readonly kind: 'project' | 'queues'
  readonly belief: Belief
  follower: Follower | undefined
  heard: number
  cursor: string | undefined
}

/**
 * People on several projects who add, move, cancel, do and retry, who come, go and lose their rights; and others who follow: late, slowly, over reconnects to
 * any process. At the end each must take for true what is, of what they follow.
 */
export async function feedCrowd({ adapter, seed, rounds, projects, nodes }: CrowdOptions): Promise<void> {
  const random = new SeededRandom(seed)
  const chance = (likely: number): boolean => random.next() < likely
  const below = (end: number): number => Math.floor(random.next() * end)
  const oneOf = <T>(all: readonly T[]): T => all[below(all.length)] as T
  const world = new FeedWorld(adapter, chance(0.5) ? new MemoryBroadcast() : DEAF)
  const jobs = new JobWorld(adapter)
  const { stores } = adapter.persistence
  const feeds = Array.from({ length: nodes }, () => world.node())
  const projectIds: ProjectId[] = []
  const viewers: Viewer[] = []
  const items = new Map<ProjectId, JobId[]>()
  const runs = new Map<ProjectId, RunId[]>()
  try {
    const workerId = await jobs.worker(3_600_000)
    while (projectIds.length < projects) {
      const projectId = await world.project()
      projectIds.push(projectId)
      items.set(projectId, [])
      runs.set(projectId, [])
      for (const kind of ['project', 'project', 'queues'] as const) {
        const user = await world.person('manager', projectId)
        const belief = new Belief(kind === 'project')
        viewers.push({ user, projectId, kind, belief, follower: undefined, heard: 0, cursor: undefined })
      }
    }
    const take = (viewer: Viewer): void => {
      const { follower, belief, projectId } = viewer
      if (follower === undefined) return
      for (const item of follower.items.slice(viewer.heard)) belief.hear(item, projectId)
      viewer.heard = follower.items.length
      viewer.cursor = follower.cursor
      if (follower.of('closed').length > 0) viewer.follower = undefined
    }
    const connect = async (viewer: Viewer, feed: Feed): Promise<void> => {
      const { user, projectId, kind, cursor } = viewer
      const after = cursor === undefined ? {} : { after: cursor }
      viewer.follower = await world.follow(feed, user, { channel: { kind, projectId }, ...after })
      viewer.heard = 0
      const { opening } = viewer.follower.subscription
      if (!opening.resumed) viewer.belief.learn(opening.snapshot, projectId)
    }
    const leave = (viewer: Viewer): void => {
      take(viewer)
      viewer.follower?.close()
      viewer.follower = undefined
    }
    const quietly = (doing: Promise<unknown>): Promise<unknown> => doing.catch(() => undefined)
    const act = async (projectId: ProjectId): Promise<unknown> => {
      const known = items.get(projectId) ?? []
      const item = known.length > 0 ? oneOf(known) : undefined
      switch (below(10)) {
        case 0:
        case 1:
        case 2: {
          const wish = { type: 'echo', payload: 1, priority: below(20) - 10 }
          for (let count = below(8); count >= 0; count--)
            known.push((await world.queue.add(projectId, wish, null)).jobId)
          return undefined
        }
        case 3:
          return item && quietly(world.queue.setPriority(projectId, item, below(20) - 10))
        case 4:
          return item && quietly(world.queue.cancel(projectId, item))
        case 5: {
          const run = await jobs.run(projectId, { scenarios: 1 + below(3) })
          return runs.get(projectId)?.push(run.runId)
        }
        case 6: {
          const active = await jobs.take(1 + below(12), workerId, ['echo', 'probe:scenario'])
          const error = { code: 'odd', message: 'odd', retryable: false }
          const ending = chance(0.3)
            ? ({ kind: 'failed', error } as const)
            : ({ kind: 'completed', result: 'done' } as const)
          return jobs.settle(active, ending, workerId)
        }
        case 7:
          return chance(0.2)
            ? world.queue.clear(projectId)
            : chance(0.5)
              ? world.queue.pause(projectId)
              : world.queue.resume(projectId)
        case 8: {
          const { items: failed } = await world.queue.status(projectId, { state: ['failed'] })
          const one = failed[0]
          return (
            one &&
            quietly(
              adapter.persistence.transaction(async (inside) => {
                await inside.jobs.lock(one.jobId)
                await inside.jobs.retry(one.jobId, world.clock.now())
              }),
            )
          )
        }
        default: {
          const { user } = oneOf(viewers.filter((viewer) => viewer.projectId === projectId))
          return chance(0.5)
            ? world.presence.see(`tab of ${user.userId}`, user.userId, projectId)
            : world.presence.leave(`tab of ${user.userId}`, projectId)
        }
      }
    }

    for (let round = 0; round < rounds; round++) {
      for (const projectId of projectIds) if (chance(0.7)) await act(projectId)
      if (chance(0.6)) await world.clock.advance(50 + below(500))
      for (const viewer of viewers) {
        take(viewer)
        if (chance(0.1)) viewer.follower?.stall()
        if (chance(0.2)) viewer.follower?.goOn()
        if (chance(0.15)) leave(viewer)
        const { user, projectId } = viewer
        if (chance(0.05)) await stores.people.removeMember(projectId, user.userId)
        if (chance(0.3)) await stores.people.addMember(projectId, user.userId)
        if (viewer.follower === undefined && chance(0.4)) await quietly(connect(viewer, oneOf(feeds)))
      }
    }

    for (const { user, projectId } of viewers) await stores.people.addMember(projectId, user.userId)
    // Presence lapses and comes again: it is seen once more, and then everybody looks at what is.
    for (const viewer of viewers) {
      viewer.follower?.goOn()
      await world.until(async () => {
        take(viewer)
        if (viewer.follower === undefined) await connect(viewer, oneOf(feeds))
        take(viewer)
        await expectTruth(world, viewer, runs.get(viewer.projectId) ?? [])
      }, 4_000)
    }
  } catch (error) {
    throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  } finally {
    await world.close()
  }
}

async function expectTruth(
  world: FeedWorld,
  { projectId, belief, kind }: Viewer,
  runIds: readonly RunId[],
): Promise<void> {
  const status = await world.queue.status(projectId, {})
  for (const { jobId, position, globalPosition } of status.items)
    if (position !== null) expect(belief.places.get(jobId)).toEqual({ position, globalPosition })
  for (const [itemId, place] of belief.places) {
    const { position, globalPosition } = await world.queue.get(projectId, itemId)
    const isFar = position !== null && position > 50 && place.position === null
    if (!isFar) expect([itemId, place]).toEqual([itemId, { position, globalPosition }])
  }
  if (kind !== 'project') return
  expect(belief.counts).toBe(JSON.stringify(status.counts))
  expect(belief.seq).toBeLessThanOrEqual(await world.persistence.stores.events.head(projectId))
  const runs = await world.persistence.stores.runs.findMany(runIds)
  for (const run of runs) {
    const believed = belief.runs.get(run.runId)
    const isLive = ['pending', 'running', 'paused'].includes(run.status)
    if (isLive || believed !== undefined) expect(believed).toBe(tallyOf({ ...progressOf(run) }))
  }
  const present = (await world.presence.list(projectId)).map(({ userId }) => userId)
  expect([...belief.present].sort()).toEqual(present.sort())
}
