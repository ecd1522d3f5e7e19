import { PROCESS_KEPT_MS, type ProcessReport } from '@muster/core/operating'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { newId } from '../worlds/samples.ts'

const START = Date.UTC(2026, 0, 5, 9)
const at = (seconds: number): Date => new Date(START + seconds * 1_000)

function report(change: Partial<ProcessReport> = {}): ProcessReport {
  return {
    processId: newId<'ProcessId'>(),
    roles: ['api', 'worker'],
    host: 'høst-1 🦊',
    pid: 7,
    version: '1.2.3',
    since: at(-60),
    slots: 50,
    active: 47,
    types: [{ type: 'say "x", {y}', slots: 50, active: 47, took: { 0: 3, 64: 9 } }],
    lagP99Ms: 12.5,
    ...change,
  }
}

/** Every promise of {@link ProcessStore}, on whatever `open` opens: empty each time. */
export function processStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a ProcessStore`, () => {
    let adapter: OpenPersistence
    beforeEach(async () => {
      adapter = await open()
    })
    afterEach(() => adapter.close())

    it('keeps the last report of each process, by host and pid', async () => {
      const { processes } = adapter.persistence.stores
      expect(await processes.list(at(0))).toEqual([])
      const second = report({ pid: 10 })
      const first = report({ pid: 9, lagP99Ms: null, types: [], roles: [] })
      const elsewhere = report({ host: 'Host' })
      for (const one of [second, first, elsewhere]) {
        await processes.report(one, { now: at(0), until: at(45) })
      }
      const moved = { ...second, active: 3, roles: ['worker'] as const }
      await processes.report(moved, { now: at(10), until: at(55) })
      const alive = { silentSince: null, seenAt: at(0) }
      expect(await processes.list(at(45))).toEqual([
        { ...elsewhere, ...alive },
        { ...first, ...alive },
        { ...moved, ...alive, seenAt: at(10) },
      ])
      await processes.leave(first.processId)
      await processes.leave(first.processId)
      expect((await processes.list(at(45))).map(({ processId }) => processId)).toEqual([
        elsewhere.processId,
        second.processId,
      ])
    })

    it('tells for ten minutes of one that fell silent, and takes it back if it speaks again', async () => {
      const { processes } = adapter.persistence.stores
      const [silent, other] = [report(), report({ pid: 8 })]
      await processes.report(silent, { now: at(0), until: at(45) })
      expect(await processes.list(at(46))).toEqual([{ ...silent, seenAt: at(0), silentSince: at(45) }])
      const last = 45 + PROCESS_KEPT_MS / 1_000
      expect(await processes.list(at(last))).toHaveLength(1)
      expect(await processes.list(at(last + 1))).toEqual([])
      await processes.report(silent, { now: at(last + 2), until: at(last + 9) })
      expect(await processes.list(at(last + 3))).toMatchObject([{ silentSince: null }])
      const later = 2 * last + 10
      await processes.report(other, { now: at(later), until: at(later + 45) })
      // Not even one who asks for the past hears of it: it is gone.
      expect(await processes.list(at(last + 3))).toMatchObject([{ processId: other.processId }])
    })
  })
}
