import { expect, it } from 'vitest'
import { loadWords, type Process, shortDuration, type TypeParts, typeRows, unattendedWords } from './data.ts'

const NONE = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
const parts = {
  queue: { paused: false, counts: NONE, types: [{ type: 'a', ...NONE, pending: 1_204, failed: 3 }] },
  processes: {
    workers: [
      { type: 'a', workers: 0 },
      { type: 'b', workers: 2 },
    ],
    durations: [{ type: 'b', ended: 9, p50Ms: 5, p95Ms: 70 }],
  },
  rates: {
    from: '2026-03-02T11:00:00Z',
    to: '2026-03-02T12:00:00Z',
    step: 60,
    steps: [],
    jobs: [
      { type: 'b', at: '2026-03-02T11:20:00Z', settled: 500, failed: 0, retried: 0, lost: 4 },
      { type: 'b', at: '2026-03-02T11:58:00Z', settled: 30, failed: 0, retried: 0, lost: 1 },
    ],
  },
  causes: [
    { type: 'a', code: 'worker_lost', failed: 2 },
    { type: 'a', code: 'timeout', failed: 1 },
  ],
} as unknown as TypeParts

const alive = (roles: Process['roles']): Process => ({ silentSince: null, roles }) as Process

it('puts together what each type has, how fast it goes now and what it lost', () => {
  expect(typeRows(parts)).toEqual([
    {
      type: 'a',
      workers: 0,
      pending: 1_204,
      active: 0,
      failed: 3,
      rate: 0,
      p95Ms: null,
      lost: 0,
      workerLost: 2,
    },
    {
      type: 'b',
      workers: 2,
      pending: 0,
      active: 0,
      failed: 0,
      rate: 0.1,
      p95Ms: 70,
      lost: 5,
      workerLost: 0,
    },
  ])
})

it('says in words what nobody does', () => {
  const rows = typeRows(parts)
  expect(unattendedWords(rows, [alive(['scheduler'])])).toEqual([
    'No worker that is alive does jobs of type a, and 1\u202f204 wait for one.',
  ])
  const silent = { ...alive(['scheduler']), silentSince: '2026-03-02T11:58:00Z' }
  expect(unattendedWords([], [alive(['worker']), silent])[0]).toContain('No process that is alive schedules')
  expect(unattendedWords([], [])).toEqual([])
})

it('says what a process works on, and short times', () => {
  expect(loadWords({ types: [{ type: 'a', slots: 4, active: 2 }] })).toBe('a 2 of 4')
  expect([shortDuration(12), shortDuration(61_000), shortDuration(null)]).toEqual(['12 ms', '1 min 1 s', '–'])
})
