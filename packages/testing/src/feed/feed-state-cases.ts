import type { JobId, ProjectId, User } from '@muster/core'
import { hintTopic, type Snapshot, signalTopic } from '@muster/core/feed'
import { OPEN } from '@muster/core/limits'
import { describe, expect, it } from 'vitest'
import { JobWorld } from '../jobs/job-world.ts'
import { newId } from '../worlds/samples.ts'
import { about, cleared, type FeedWorld, type Follower } from './feed-world.ts'

interface Place {
  readonly position: number | null
  readonly globalPosition: number | null
}

const NO_ITEM = newId<'JobId'>()

/** Signals end at the latest state, whoever follows, from when and over how many connections. */
export function feedStateCases(
  given: () => { readonly world: FeedWorld; readonly projectId: ProjectId; readonly manager: User },
): void {
  const project = () => ({ channel: { kind: 'project', projectId: given().projectId } as const })
  const queues = { channel: { kind: 'queues', projectId: null } } as const
  const nodes = () => given().world.feeds
  const follow = (
    node: number,
    request: Parameters<FeedWorld['follow']>[2],
    user: User = given().manager,
  ): Promise<Follower> => given().world.follow(nodes()[node] as never, user, request)
  const add = async (projectId: ProjectId, priority = 5): Promise<JobId> =>
    (await given().world.queue.add(projectId, { type: 'echo', payload: 1, priority }, null)).jobId
  const addMany = async (projectId: ProjectId, count: number, priority = 5): Promise<JobId[]> => {
    const added: JobId[] = []
    while (added.length < count) added.push(await add(projectId, priority))
    return added
  }
  /** Whatever was told of places is what is, or null where it is not followed so far. */
  const expectPlaces = async (told: ReadonlyMap<JobId, Place>, least: number): Promise<void> => {
    expect(told.size).toBeGreaterThanOrEqual(least)
    for (const [itemId, place] of told) {
      const { position, globalPosition } = await given().world.queue.get(given().projectId, itemId)
      if (position === null || position <= 50 || place.position !== null)
        expect([itemId, place]).toEqual([itemId, { position, globalPosition }])
    }
  }

  it('tells the last progress of a run, however short it was', async () => {
    const { world, projectId } = given()
    const jobs = new JobWorld(world)
    const workerId = await jobs.worker()
    const { runId } = await jobs.run(projectId, { scenarios: 2 })
    const followers = [
      await follow(0, project()),
      await follow(1, { channel: { kind: 'run', runId } }),
      await follow(0, { channel: { kind: 'run', runId } }),
    ]
    await jobs.settle(await jobs.take(2, workerId), { kind: 'completed', result: 'done' }, workerId)
    for (const each of followers)
      await each.until(() =>
        expect(lastOf(each, 'run_progress')).toMatchObject({ runId, status: 'completed', completed: 2 }),
      )
  })

  it('tells members that there is something to do, once a second at most, however many free it', async () => {
    const { world, projectId, manager } = given()
    const ann = await world.person('annotator', projectId)
    const elsewhere = await world.person('annotator', await world.project())
    const mine = await follow(1, { channel: { kind: 'me' } }, ann)
    const bare = await follow(1, { channel: { kind: 'me' }, states: false }, manager)
    const others = [await follow(0, { channel: { kind: 'me' } }, elsewhere), await follow(0, queues), bare]
    const all = await follow(0, project())
    const opened = (type: string, count: number): Promise<void> =>
      world.broadcast.publish(hintTopic(projectId), { opened: { [type]: count } })
    const told = (follower: Follower): object[] =>
      follower.signals.flatMap(({ type, data }) => (type === 'task_opened' ? [data] : []))
    await opened('annotation', 3)
    await opened('review', 1)
    const first = [
      { projectId, stepType: 'annotation', count: 3 },
      { projectId, stepType: 'review', count: 1 },
    ]
    for (const each of [mine, all]) await each.until(() => expect(told(each)).toEqual(first))
    const since = world.clock.now().getTime()
    await opened('annotation', 1)
    await opened('annotation', 1)
    await mine.until(() =>
      expect(told(mine)).toEqual([...first, { projectId, stepType: 'annotation', count: 2 }]),
    )
    expect(world.clock.now().getTime() - since).toBeGreaterThan(500)
    for (const each of others) expect(told(each)).toEqual([])
  })

  it('tells managers and admins how keys stand, twice a second at most, and ends at the latest', async () => {
    const { world, projectId } = given()
    const jobs = new JobWorld(world)
    const { limits } = world.persistence.stores
    const [key, named] = ['model:y', `project:${projectId}:tenant`]
    await limits.put(key, { ...OPEN, concurrency: 1 })
    await limits.put(named, { ...OPEN, paused: true })
    await limits.put('other:1', OPEN)
    await jobs.loose(projectId, 3, { type: 'keyed', limits: { keys: [key], units: 0 } })
    const elsewhere = await world.project()
    const admin = await world.person('admin')
    const everything = await follow(0, { channel: { kind: 'admin' } }, admin)
    const [mine, other] = [await follow(1, project()), await follow(0, project(), admin)]
    const others = [
      await follow(0, project(), await world.person('annotator', projectId)),
      await follow(
        1,
        { channel: { kind: 'project', projectId: elsewhere } },
        await world.person('manager', elsewhere),
      ),
      await follow(1, queues),
      await follow(1, { ...project(), states: false }),
    ]
    const idle = { inUse: 0, waiting: 0, opensAt: null }
    for (const each of [mine, other])
      await each.until(() => expect(keysOf(each)).toEqual({ [key]: idle, [named]: idle }))
    await everything.until(() =>
      expect(keysOf(everything)).toEqual({ [key]: idle, [named]: idle, 'other:1': idle }),
    )
    const workerId = await jobs.worker()
    const [running] = await jobs.take(3, workerId, ['keyed'])
    for (const each of [mine, everything])
      await each.until(() => expect(keysOf(each)[key]).toEqual({ inUse: 1, waiting: 2, opensAt: null }))
    const counts = [mine, everything].map(toldKeys)
    const since = world.clock.now().getTime()
    for (let seconds = 60; seconds > 30; seconds--) {
      await limits.cool(key, new Date(world.clock.now().getTime() + seconds * 1_000))
      await world.clock.advance(100)
    }
    const opensAt = new Date(world.clock.now().getTime() + 600_000)
    await limits.cool(key, opensAt)
    await limits.put(key, { ...OPEN, concurrency: 2 })
    for (const each of [mine, everything])
      await each.until(() => expect(keysOf(each)[key]).toMatchObject({ opensAt: opensAt.toISOString() }))
    const most = 1 + (world.clock.now().getTime() - since) / 500
    for (const [nth, each] of [mine, everything].entries())
      expect(toldKeys(each) - (counts[nth] ?? 0)).toBeLessThanOrEqual(most)
    // It opens by time alone, and nobody asks for a job.
    await world.clock.advance(600_000)
    for (const each of [mine, everything])
      await each.until(() => expect(keysOf(each)[key]).toEqual({ inUse: 1, waiting: 2, opensAt: null }))
    expect(running?.projectId).toBe(projectId)
    for (const each of others) expect(toldKeys(each)).toBe(0)
  })

  it('tells who comes back, to any process, how keys stand by now', async () => {
    const { world, projectId, manager } = given()
    const { limits } = world.persistence.stores
    const key = `project:${projectId}:tenant`
    await limits.put(key, { ...OPEN, concurrency: 1 })
    const until = new Date(world.clock.now().getTime() + 60_000)
    await limits.cool(key, until)
    const first = await follow(0, project())
    await first.until(() => expect(keysOf(first)[key]).toMatchObject({ opensAt: until.toISOString() }))
    first.close()
    await limits.cool(key, world.clock.now())
    const back = await follow(1, { ...project(), after: first.cursor }, manager)
    expect(back.subscription.opening.resumed).toBe(true)
    await back.until(() => expect(keysOf(back)).toEqual({ [key]: { inUse: 0, waiting: 0, opensAt: null } }))
  })

  it('tells who comes back, to any process, what has ended, moved and left meanwhile', async () => {
    const { world, projectId } = given()
    const jobs = new JobWorld(world)
    const workerId = await jobs.worker()
    const ann = await world.person('annotator', projectId)
    const [, second = NO_ITEM] = await addMany(projectId, 2, -5)
    const { runId } = await jobs.run(projectId, { scenarios: 2 })
    await world.presence.see('tab', ann.userId, projectId)
    const first = [await follow(0, project()), await follow(0, queues)] as const
    for (const each of first) each.close()
    await jobs.settle(await jobs.take(2, workerId), { kind: 'completed', result: 'done' }, workerId)
    await world.queue.setPriority(projectId, second, 9)
    await world.presence.leave('tab', projectId)
    const [all, lines] = [
      await follow(1, { ...project(), after: first[0].cursor }),
      await follow(1, { ...queues, after: first[1].cursor }),
    ]
    for (const each of [all, lines]) {
      expect(each.subscription.opening.resumed).toBe(true)
      await each.until(() => expect(placesOf(each).get(second)).toEqual({ position: 1, globalPosition: 1 }))
    }
    await all.until(() => {
      expect(lastOf(all, 'run_progress')).toMatchObject({ runId, status: 'completed', completed: 2 })
      expect(lastOf(all, 'presence_update')).toMatchObject({ userId: ann.userId, state: 'left' })
      expect(lastOf(all, 'queue_count_changed')).toMatchObject({ counts: { pending: 2, completed: 2 } })
    })
  })

  it('tells who comes back how far what had begun is, and not what had ended long before', async () => {
    const { world, projectId } = given()
    const jobs = new JobWorld(world)
    const done = { kind: 'completed', result: 'done' } as const
    const { runId } = await jobs.run(projectId, { scenarios: 4 })
    const early = await jobs.worker()
    const [old] = await jobs.take(1, early)
    await jobs.settle(old === undefined ? [] : [old], done, early)
    await world.clock.advance(60_000)
    await world.append(cleared(projectId, 1))
    const workerId = await jobs.worker()
    const [ends, fails] = await jobs.take(2, workerId)
    const requests = [queues, project(), { channel: { kind: 'run', runId } }] as const
    const cursors: string[] = []
    for (const request of requests) {
      const first = await follow(0, request)
      cursors.push(first.cursor)
      first.close()
    }
    await jobs.settle(ends === undefined ? [] : [ends], done, workerId)
    await jobs.settle(fails === undefined ? [] : [fails], jobs.retryIn(60_000), workerId)
    const [begins] = await jobs.take(1, workerId)
    for (const [nth, request] of requests.entries()) {
      const back = await follow(1, { ...request, after: cursors[nth] })
      expect(back.subscription.opening.resumed).toBe(true)
      await back.until(() =>
        expect(jobsOf(back)).toEqual(
          new Map([
            [ends?.jobId, 'job_completed'],
            [fails?.jobId, 'job_retried'],
            [begins?.jobId, 'job_started'],
          ]),
        ),
      )
    }
  })

  it('tells a slow reader of what was dropped how it stands, and not what had ended long before', async () => {
    const { world, projectId } = given()
    const jobs = new JobWorld(world)
    const done = { kind: 'completed', result: 'done' } as const
    await jobs.run(projectId, { scenarios: 2 })
    const early = await jobs.worker()
    const old = await jobs.take(1, early)
    await jobs.settle(old, done, early)
    await world.clock.advance(60_000)
    await world.append(cleared(projectId, 1))
    const follower = await follow(0, project())
    follower.stall()
    const workerId = await jobs.worker()
    const recent = await jobs.take(1, workerId)
    await jobs.settle(recent, done, workerId)
    const itemId = recent[0]?.jobId ?? NO_ITEM
    const others = Array.from({ length: 1_100 }, () => newId<'JobId'>())
    const signals = [
      { type: 'job_completed', data: { itemId } },
      ...others.map((other) => ({ type: 'job_retried', data: { itemId: other } })),
    ]
    await world.broadcast.publish(signalTopic(projectId), { signals })
    follower.goOn()
    await follower.until((each) => expect(jobsOf(each).get(itemId)).toBe('job_completed'))
    expect(jobsOf(follower).has(old[0]?.jobId)).toBe(false)
  })

  it('tells that a job has ended also if nobody says so', async () => {
    const { world, projectId } = given()
    const jobs = new JobWorld(world)
    const workerId = await jobs.worker()
    const { runId } = await jobs.run(projectId, { scenarios: 2 })
    const followers = [await follow(0, queues), await follow(1, project())]
    const begun = await jobs.take(2, workerId)
    const signals = begun.map(({ jobId: itemId, type }) => {
      return { type: 'job_started', data: { itemId, runId, type, attempt: 1 } }
    })
    await world.broadcast.publish(signalTopic(projectId), { signals })
    const saying = (type: string) => new Map(begun.map(({ jobId }) => [jobId, type]))
    for (const each of followers) await each.until(() => expect(jobsOf(each)).toEqual(saying('job_started')))
    await jobs.settle(begun, { kind: 'completed', result: 'done' }, workerId)
    for (const each of followers)
      await each.until(() => expect(jobsOf(each)).toEqual(saying('job_completed')))
  })

  it('tells a new place to who follows queues alone, whatever changed it', async () => {
    const { world, projectId } = given()
    const { queue } = world
    await queue.pause(projectId)
    const [first = NO_ITEM, , third = NO_ITEM] = await addMany(projectId, 3)
    const ann = await world.person('annotator', projectId)
    const follower = await follow(0, queues, ann)
    const at = (itemId: JobId, position: number | null) =>
      follower.until(() =>
        expect(placesOf(follower).get(itemId)).toEqual({ position, globalPosition: position }),
      )
    await queue.setPriority(projectId, third, 9)
    await at(third, 1)
    await at(first, 2)
    await queue.cancel(projectId, third)
    await at(first, 1)
    await queue.clear(projectId)
    await at(first, null)
  })

  it('tells the latest place of each item to a reader that is slow', async () => {
    const { world, projectId } = given()
    const items = await addMany(projectId, 12)
    const followers = [await follow(0, queues), await follow(0, project())]
    for (const each of followers) each.stall()
    for (const [nth, itemId] of [...items, ...items].entries()) {
      await world.queue.setPriority(projectId, itemId, ((nth * 7) % 20) - 10)
      if (nth % 2 === 0) await world.append(cleared(projectId, nth))
      await world.clock.advance(300)
    }
    for (const each of followers) {
      each.goOn()
      await world.until(() => expectPlaces(placesOf(each), 12))
    }
  })

  it('holds a place that a wire told by itself against what is, for that reader alone', async () => {
    const { world, projectId } = given()
    const [first, other] = [await follow(0, queues), await follow(0, queues)]
    const stays = await add(projectId)
    const goes = await add(projectId)
    await world.queue.cancel(projectId, goes)
    for (const each of [first, other])
      await each.until(() => expect(placesOf(each).get(stays)).toEqual({ position: 1, globalPosition: 1 }))
    const before = other.signals.length
    for (const itemId of [stays, goes])
      first.subscription.toldPlace(projectId, itemId, { position: 8, globalPosition: 13 })
    await first.until(() => {
      expect(placesOf(first).get(stays)).toEqual({ position: 1, globalPosition: 1 })
      expect(placesOf(first).get(goes)).toEqual({ position: null, globalPosition: null })
    })
    expect(other.signals).toHaveLength(before)
  })

  it('corrects what was told of items that others push behind all that is told', async () => {
    const { world, projectId } = given()
    await addMany(projectId, 48)
    const followers = [await follow(0, queues), await follow(1, project())]
    for (const each of followers) await each.until(() => expect(placesOf(each).size).toBeGreaterThan(47))
    await addMany(projectId, 6, 9)
    for (const each of followers) await world.until(() => expectPlaces(placesOf(each), 54))
  })

  it('tells the place among all projects when another project changes it', async () => {
    const { world, projectId } = given()
    const other = await world.project()
    const itemId = await add(projectId)
    const followers = [await follow(0, queues), await follow(1, project())]
    await addMany(other, 3, 9)
    for (const each of followers)
      await each.until(() => expect(placesOf(each).get(itemId)).toEqual({ position: 1, globalPosition: 4 }))
  })

  it('has who regains a right begin again: what was passed over meanwhile is in the snapshot', async () => {
    const { world, projectId } = given()
    const { people } = world.persistence.stores
    const other = await world.project()
    const ann = await world.person('annotator', projectId, other)
    const me = { channel: { kind: 'me' } } as const
    const first = await follow(0, me, ann)
    first.close()
    await world.append(about(projectId, ann))
    await people.removeMember(projectId, ann.userId)
    const [stays, leaves] = [
      await follow(0, { ...me, after: first.cursor }, ann),
      await follow(1, { ...me, after: first.cursor }, ann),
    ]
    await world.append(about(other, ann))
    for (const each of [stays, leaves])
      await each.until(({ facts }) => expect(facts).toMatchObject([{ projectId: other }]))
    leaves.close()
    await people.addMember(projectId, ann.userId)
    await stays.until((each) =>
      expect(each.of('reload')).toMatchObject([{ reason: 'access_changed', snapshot: { channel: 'me' } }]),
    )
    const back = await follow(1, { ...me, after: leaves.cursor }, ann)
    expect(back.subscription.opening).toMatchObject({ resumed: false, snapshot: { channel: 'me' } })
    await world.append(about(projectId, ann))
    for (const each of [stays, back])
      await each.until(({ facts }) => expect(facts.at(-1)).toMatchObject({ projectId, seq: 2 }))
  })

  describe('on what is one’s own, who is present on a project that is shown', () => {
    const me = { channel: { kind: 'me' } } as const
    const person = () => given().world.person('annotator', given().projectId)
    const isTold = (follower: Follower, { userId }: User, state: string) =>
      follower.until(({ signals }) =>
        expect(signals.findLast(({ data }) => Reflect.get(data, 'userId') === userId)?.data).toMatchObject({
          state,
        }),
      )

    it('is told to who has come to be a member a moment ago', async () => {
      const { world, projectId } = given()
      const [ann, ben] = [await world.person('annotator', await world.project()), await person()]
      await world.presence.see('tab', ben.userId, projectId)
      const mine = await follow(0, me, ann)
      await world.persistence.stores.people.addMember(projectId, ann.userId)
      mine.subscription.showPresence(projectId, true)
      await isTold(mine, ben, 'active')
    })

    it('is told as it is when the project is lost and regained, those too who left meanwhile', async () => {
      const { world, projectId } = given()
      const { people } = world.persistence.stores
      const [ann, ben] = [await person(), await person()]
      const [mine, hers] = [await follow(0, me, ann), await follow(0, project(), ann)]
      const other = await follow(0, project())
      mine.subscription.showPresence(projectId, true)
      await world.presence.see('tab', ben.userId, projectId)
      await isTold(mine, ben, 'joined')
      await people.removeMember(projectId, ann.userId)
      await hers.until((each) => expect(each.of('closed')).toHaveLength(1))
      await world.presence.leave('tab', projectId)
      await isTold(other, ben, 'left')
      expect(mine.signals).toHaveLength(1)
      await people.addMember(projectId, ann.userId)
      await mine.until((each) => expect(each.of('reload')).toMatchObject([{ reason: 'access_changed' }]))
      await isTold(mine, ben, 'left')
    })

    it('is told no more once it is hidden, and whole once it is shown again', async () => {
      const { world, projectId } = given()
      const [ann, ben] = [await person(), await person()]
      const [mine, other] = [await follow(0, me, ann), await follow(0, project())]
      mine.subscription.showPresence(projectId, true)
      await world.presence.see('tab', ben.userId, projectId)
      for (const each of [mine, other]) await isTold(each, ben, 'joined')
      mine.stall()
      await world.clock.advance(100)
      await world.presence.see('tab', ben.userId, projectId)
      await isTold(other, ben, 'active')
      mine.subscription.showPresence(projectId, false)
      mine.goOn()
      expect(mine.signals).toHaveLength(1)
      await world.presence.leave('tab', projectId)
      await isTold(other, ben, 'left')
      expect(mine.signals).toHaveLength(1)
      mine.subscription.showPresence(projectId, true)
      await isTold(mine, ben, 'left')
    })
  })

  it('gives nothing twice of a project that was lost, also while its reader was away, and is theirs again', async () => {
    const { world, projectId } = given()
    const { people } = world.persistence.stores
    const ann = await world.person('annotator', projectId, await world.project())
    const first = await follow(0, queues, ann)
    await world.append(cleared(projectId, 1), cleared(projectId, 2))
    await first.until(({ seqs }) => expect(seqs).toEqual([1, 2]))
    first.close()
    await people.removeMember(projectId, ann.userId)
    const second = await follow(1, { ...queues, after: first.cursor }, ann)
    expect(second.subscription.opening.resumed).toBe(true)
    await people.addMember(projectId, ann.userId)
    await second.until((each) => expect(each.of('reload')).toMatchObject([{ reason: 'access_changed' }]))
    await world.append(cleared(projectId, 3))
    await second.until(({ seqs }) => expect(seqs).toEqual([3]))
  })

  it('takes one snapshot for all who begin again at the same moment', async () => {
    const { world, projectId } = given()
    let snapshots = 0
    const { persistence } = world
    const node = world.node({
      ...persistence,
      transaction: (work) => persistence.transaction(work),
      snapshot: (work) => {
        snapshots += 1
        return persistence.snapshot(work)
      },
    })
    const followers: Follower[] = []
    const { manager } = given()
    while (followers.length < 20) followers.push(await world.follow(node, manager, project()))
    for (const each of followers) each.stall()
    for (let batch = 0; batch < 5; batch++)
      await world.append(...Array.from({ length: 300 }, (_, index) => cleared(projectId, index)))
    await world.until(() => expect(followers[0]?.subscription.behind).toBeGreaterThanOrEqual(1_500))
    await world.clock.advance(1_000)
    await persistence.stores.events.prune(world.clock.now(), 10_000)
    snapshots = 0
    for (const each of followers) each.goOn()
    await world.until(() => {
      for (const each of followers) expect(each.of('reload')).toHaveLength(1)
    })
    // Looks at the states of the project are among them.
    expect(snapshots).toBeLessThan(10)
  })
}

/** What was told last of each key. */
function keysOf({ signals }: Follower): Record<string, object> {
  const told = signals.filter(({ type }) => type === 'limit_changed')
  const states = told.map(({ data }) => data as { readonly key: string })
  return Object.fromEntries(states.map(({ key, ...state }) => [key, state]))
}

function toldKeys({ signals }: Follower): number {
  return signals.filter(({ type }) => type === 'limit_changed').length
}

function lastOf({ signals }: Follower, type: string): object | undefined {
  return signals.findLast((signal) => signal.type === type)?.data
}

/** The last signal of each job that this follower was told. */
function jobsOf({ signals }: Follower): ReadonlyMap<unknown, string> {
  const told = signals.filter(({ type }) => type.startsWith('job_'))
  return new Map(told.map(({ type, data }) => [Reflect.get(data, 'itemId'), type]))
}

/** Where each item stands, as far as this follower was told. */
function placesOf(follower: Follower): ReadonlyMap<JobId, Place> {
  const places = new Map<JobId, Place>()
  const learn = (snapshot: Snapshot): void => {
    const queues =
      snapshot.channel === 'project' ? [snapshot.queue] : snapshot.channel === 'queues' ? snapshot.queues : []
    for (const { items } of queues)
      for (const { jobId, position, globalPosition } of items) places.set(jobId, { position, globalPosition })
  }
  const { opening } = follower.subscription
  if (!opening.resumed) learn(opening.snapshot)
  for (const item of follower.items) {
    if (item.kind === 'reload') learn(item.snapshot)
    if (item.kind !== 'event' || item.event.type !== 'position_updated') continue
    const { items } = item.event.data as unknown as { items: (Place & { itemId: JobId })[] }
    expect(items.length).toBeLessThanOrEqual(50)
    for (const { itemId, position, globalPosition } of items) places.set(itemId, { position, globalPosition })
  }
  return places
}
