import { workerWorld } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { ProcessId } from '../../ids.ts'
import { durationAt, durationBucket } from './durations.ts'
import { PROCESS_LEASE_MS, type ProcessReport } from './process.ts'
import { IDLE_REPORT_MS, ProcessReporter, REPORT_MS } from './process-reporter.ts'

async function reporterWorld() {
  const world = await workerWorld(() => 'done')
  const { processes } = world.persistence.stores
  const written: ProcessReport[] = []
  let lag: number | null = 3
  let measured = 0
  let away = false
  const reporter = new ProcessReporter({
    processes: {
      list: (now) => processes.list(now),
      leave: (processId) => processes.leave(processId),
      async report(report, at) {
        if (away) throw new Error('away')
        written.push(report)
        await processes.report(report, at)
      },
    },
    broadcast: { publish: async () => undefined, subscribe: async () => async () => undefined },
    processId: '01890000-0000-7000-8000-000000000001' as ProcessId,
    process: {
      host: 'here',
      pid: 7,
      version: '1.2.3',
      measureLag() {
        measured++
        return { read: () => lag, end: () => void measured-- }
      },
    },
    clock: world.clock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  return {
    ...world,
    reporter,
    written,
    processes,
    measured: () => measured,
    lagIs: (ms: number | null) => {
      lag = ms
    },
    goAway: (isAway: boolean) => {
      away = isAway
    },
  }
}

describe('A process that tells what it does', () => {
  it('tells its parts at once, what is new soon, and else now and then that it is alive', async () => {
    const { reporter, written, clock, lagIs } = await reporterWorld()
    let active = 0
    const load = () => ({ slots: 9, active, types: [{ type: 'work', slots: 9, active, took: {} }] })
    const leaves = [reporter.enter('worker', load)]
    await clock.advance(0)
    expect(written).toMatchObject([{ roles: ['worker'], host: 'here', slots: 9, active: 0, lagP99Ms: 3 }])
    leaves.push(reporter.enter('api'), reporter.enter('worker', load))
    await clock.advance(0)
    expect(written).toHaveLength(2)
    expect(written[1]).toMatchObject({ roles: ['api', 'worker'], slots: 18, types: [{ slots: 18 }] })
    await clock.advance(IDLE_REPORT_MS - 1)
    expect(written).toHaveLength(2)
    await clock.advance(REPORT_MS)
    expect(written).toHaveLength(3)
    active = 4
    lagIs(5)
    await clock.advance(REPORT_MS)
    expect(written[3]).toMatchObject({ active: 8 })
    lagIs(80)
    await clock.advance(REPORT_MS)
    expect(written[4]).toMatchObject({ lagP99Ms: 80 })
    await Promise.all(leaves.map((leave) => leave()))
  })

  it('goes with its last part, and can come again', async () => {
    const { reporter, processes, clock, measured } = await reporterWorld()
    const [first, second] = [reporter.enter('api'), reporter.enter('scheduler')]
    await clock.advance(0)
    await first()
    await clock.advance(0)
    expect(await processes.list(clock.now())).toMatchObject([{ roles: ['scheduler'] }])
    await second()
    await second()
    expect(await processes.list(clock.now())).toEqual([])
    expect(measured()).toBe(0)
    const again = reporter.enter('worker')
    await clock.advance(0)
    expect(await processes.list(clock.now())).toHaveLength(1)
    await again()
  })

  it('tells later what it could not tell, and counts as silent until then', async () => {
    const { reporter, processes, clock, goAway } = await reporterWorld()
    const leave = reporter.enter('api')
    await clock.advance(0)
    const seenAt = clock.now()
    goAway(true)
    await clock.advance(PROCESS_LEASE_MS + 1)
    const silentSince = new Date(seenAt.getTime() + PROCESS_LEASE_MS)
    expect(await processes.list(clock.now())).toMatchObject([{ seenAt, silentSince }])
    goAway(false)
    await clock.advance(REPORT_MS)
    expect(await processes.list(clock.now())).toMatchObject([{ silentSince: null }])
    await leave()
  })
})

describe('Durations', () => {
  it('give percentiles that are at most 5 % off', () => {
    const counts: Record<string, number> = {}
    for (let ms = 1; ms <= 10_000; ms++) {
      const bucket = durationBucket(ms)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    for (const share of [0.5, 0.95, 1]) {
      const ratio = (durationAt(share, counts) ?? 0) / (share * 10_000)
      expect(Math.abs(ratio - 1)).toBeLessThan(0.05)
    }
    expect(durationAt(0.5, {})).toBeNull()
  })
})
