import { MemoryBroadcast } from '@muster/adapters-memory'
import type { Principal, User } from '@muster/core'
import type { Fact } from '@muster/core/feed'
import type { Persistence } from '@muster/core/ports'
import type { Feed } from '@muster/core/use-cases'
import { mayKnow } from '@muster/core/use-cases'
import { expect } from 'vitest'
import type { OpenPersistence } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { about, cleared, DEAF, FeedWorld, type Follower } from './feed-world.ts'

/** A random history of a feed, on one database. */
export interface HistoryOptions {
  readonly adapter: OpenPersistence
  /** The same seed writes, breaks off and comes back in the same order. */
  readonly seed: number
  readonly rounds: number
  readonly nodes: number
  /** What each process has of the database. */
  readonly readThrough?: (persistence: Persistence) => Persistence
  /** How long the last facts are waited for; default 20 s. */
  readonly patienceMs?: number
}

/** Somebody who follows, over all their connections. */
interface Viewer {
  readonly user: User
  follower: Follower
  /** Numbers of facts that came, and where a snapshot took the place of some. */
  readonly story: (number | 'snapshot')[]
  taken: number
}

/**
 * Writers, and viewers who break off and come back to any process at any time: with a broadcast or without, reading slowly or not. At the end each must
 * have had all that was theirs to know, once, in order.
 */
export async function feedHistory({
  adapter,
  seed,
  rounds,
  nodes,
  readThrough = (all) => all,
  patienceMs = 20_000,
}: HistoryOptions): Promise<void> {
  const random = new SeededRandom(seed)
  const chance = (likely: number): boolean => random.next() < likely
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random.next() * all.length)] as T
  const world = new FeedWorld(adapter, chance(0.5) ? new MemoryBroadcast() : DEAF)
  const feeds = Array.from({ length: nodes }, () => world.node(readThrough(adapter.persistence)))
  try {
    const projectId = await world.project()
    const people = [
      await world.person('manager', projectId),
      await world.person('annotator', projectId),
      await world.person('annotator', projectId),
    ]
    const channel = { kind: 'project', projectId } as const
    const begin = (user: User, feed: Feed, after?: string) =>
      world.follow(feed, user, { channel, ...(after === undefined ? {} : { after }) })
    const viewers: Viewer[] = []
    for (const user of people)
      viewers.push({ user, follower: await begin(user, oneOf(feeds)), story: [], taken: 0 })
    let written = 0
    for (let round = 0; round < rounds; round++) {
      const writing = Array.from({ length: 1 + Math.floor(random.next() * 4) }, () => {
        const facts = Array.from({ length: 1 + Math.floor(random.next() * 3) }, () =>
          chance(0.5) ? cleared(projectId, ++written) : about(projectId, oneOf(people)),
        )
        return world.append(...facts)
      })
      if (chance(0.7)) await world.clock.advance(100 + Math.floor(random.next() * 300))
      for (const viewer of viewers) {
        if (chance(0.2)) viewer.follower.stall()
        if (chance(0.3)) viewer.follower.goOn()
        if (!chance(0.35)) continue
        take(viewer)
        viewer.follower.close()
        viewer.follower = await begin(viewer.user, oneOf(feeds), viewer.follower.cursor)
        viewer.taken = 0
        if (!viewer.follower.subscription.opening.resumed) viewer.story.push('snapshot')
      }
      await Promise.all(writing)
    }
    const facts = await adapter.persistence.stores.events.read(projectId, 0, 100_000)
    for (const viewer of viewers) {
      viewer.follower.goOn()
      const theirs = seqsFor(viewer.user, facts)
      await world.until(() => {
        take(viewer)
        expect(viewer.story.at(-1) ?? 0).toBe(theirs.at(-1) ?? 0)
      }, patienceMs)
      expect(viewer.story, `seed ${seed}: what ${viewer.user.role} had`).toEqual(theirs)
    }
  } finally {
    await world.close()
  }
}

/** Notes what has come, and that each says rightly what came before it. */
function take(viewer: Viewer): void {
  const { facts } = viewer.follower
  for (const { seq } of facts.slice(viewer.taken)) viewer.story.push(seq ?? Number.NaN)
  viewer.taken = facts.length
}

function seqsFor({ userId, role }: User, facts: readonly Fact[]): number[] {
  return facts
    .filter((each) => {
      const viewer: Principal = { userId, role, memberships: new Set([each.projectId]) }
      return mayKnow(viewer, each)
    })
    .map(({ seq }) => seq)
}
