import { SeededRandom, SequentialIds, VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { UnavailableError } from '../../errors.ts'
import type { JobId, WorkerId } from '../../ids.ts'
import { BEAT_MS, LEASE_MS, type Lease, LeaseKeeper } from './lease.ts'

function setup() {
  const clock = new VirtualClock()
  const store = { away: false, beats: 0, open: new Map<WorkerId, Date>(), cancelling: [] as JobId[] }
  const lost: Lease[] = []
  const late: number[] = []
  const cancelled: JobId[] = []
  const quiet = () => undefined
  const reach = () => {
    if (store.away) throw new UnavailableError('away')
  }
  const keeper = new LeaseKeeper(
    {
      workers: {
        async openWorker({ workerId, leaseUntil }) {
          reach()
          store.open.set(workerId, leaseUntil)
        },
        async beat({ workerId, leaseUntil }) {
          reach()
          store.beats++
          const alive = store.open.has(workerId)
          if (alive) store.open.set(workerId, leaseUntil)
          return { alive, cancelling: alive ? store.cancelling : [] }
        },
        async closeWorker(workerId) {
          reach()
          store.open.delete(workerId)
        },
      },
      clock,
      ids: new SequentialIds(),
      random: new SeededRandom(7),
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
    { leaseMs: LEASE_MS, types: ['work'] },
    {
      late: (ms) => late.push(ms),
      typesInHand: () => [],
      lost: (lease) => lost.push(lease),
      cancelling: (jobIds) => cancelled.push(...jobIds),
      opened: quiet,
    },
  )
  keeper.start()
  const current = () => {
    const lease = keeper.current
    if (!lease) throw new Error('no lease is open')
    return lease
  }
  return { clock, store, keeper, lost, late, cancelled, current }
}

describe('A worker registration', () => {
  it('lives as long as it beats', async () => {
    const { clock, store, current } = setup()
    await clock.advance(0)
    current().held = 1
    await clock.advance(10 * LEASE_MS)
    expect(store.open.get(current().workerId)?.getTime()).toBeGreaterThan(
      clock.now().getTime() + LEASE_MS - 2 * BEAT_MS,
    )
    expect(store.open.size).toBe(1)
  })

  it('beats less often while it has nothing in hand, and never less than its lease needs', async () => {
    const { clock, store, current } = setup()
    await clock.advance(BEAT_MS)
    let before = store.beats
    await clock.advance(10 * LEASE_MS)
    expect(store.beats - before).toBeLessThanOrEqual(40)
    expect(store.open.get(current().workerId)?.getTime()).toBeGreaterThan(
      clock.now().getTime() + LEASE_MS / 2,
    )
    current().held = 1
    before = store.beats
    await clock.advance(10 * BEAT_MS)
    expect(store.beats - before).toBe(10)
  })

  it('hears within a beat which jobs are to stop', async () => {
    const { clock, store, cancelled, current } = setup()
    await clock.advance(BEAT_MS)
    current().held = 1
    store.cancelling = ['j1' as JobId]
    await clock.advance(BEAT_MS)
    expect(cancelled).toEqual(['j1'])
  })

  it('is made anew under a new id when it was declared dead', async () => {
    const { clock, store, lost, current } = setup()
    await clock.advance(0)
    const before = current()
    before.held = 1
    store.open.clear()
    await clock.advance(BEAT_MS)
    expect(lost).toEqual([before])
    expect(before.state).toBe('lost')
    expect(current().workerId).not.toBe(before.workerId)
    expect([...store.open.keys()]).toEqual([current().workerId])
  })

  it('is left to lapse when it became doubtful, once its work is done', async () => {
    const { clock, store, keeper, lost, current } = setup()
    await clock.advance(0)
    const doubtful = current()
    doubtful.held = 1
    keeper.suspect(doubtful)
    await clock.advance(3 * LEASE_MS)
    expect(current().workerId).not.toBe(doubtful.workerId)
    expect(store.open.get(doubtful.workerId)?.getTime()).toBeGreaterThan(clock.now().getTime())
    doubtful.held = 0
    await clock.advance(2 * LEASE_MS)
    expect(store.open.get(doubtful.workerId)?.getTime()).toBeLessThan(clock.now().getTime())
    expect(lost).toEqual([])
  })

  it('survives a store that is away, and opens when it is back', async () => {
    const { clock, store, keeper, current } = setup()
    store.away = true
    await clock.advance(60_000)
    const opened = keeper.opened()
    store.away = false
    await clock.advance(5_000)
    expect((await opened)?.workerId).toBe(current().workerId)
  })

  it('ends when closed, or is left to lapse if the store is away', async () => {
    const { clock, store, keeper } = setup()
    await clock.advance(0)
    await keeper.close()
    expect(store.open.size).toBe(0)
    expect(await keeper.opened()).toBeUndefined()
    const other = setup()
    await other.clock.advance(0)
    other.store.away = true
    await other.keeper.close()
    expect(other.store.open.size).toBe(1)
  })

  it('says for how long the event loop stood still, if that was long for its lease', async () => {
    const { clock, late } = setup()
    const blocked = { ms: 0 }
    const now = clock.now.bind(clock)
    clock.now = () => new Date(now().getTime() + blocked.ms)
    await clock.advance(4 * BEAT_MS)
    expect(late).toEqual([])
    blocked.ms = 12_000
    await clock.advance(BEAT_MS)
    expect(late).toEqual([12_000])
    await clock.advance(4 * BEAT_MS)
    expect(late).toEqual([12_000])
  })
})
