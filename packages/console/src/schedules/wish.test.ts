import { expect, it } from 'vitest'
import { lookOfSchedule, type Schedule } from './data.ts'
import { bodyOf, changesOf, faultsAt, freshWish, localOf, merged, pathsOf, wishOf } from './wish.ts'

const KEPT: Schedule = {
  scheduleId: 's',
  projectId: 'p',
  name: 'Nightly',
  when: { cron: '30 2 * * MON-FRI', zone: 'Asia/Calcutta' },
  says: 'every weekday at 02:30 in Calcutta',
  start: { job: { type: 'rescore', payload: { until: { $: '/tick' } }, priority: 5 } },
  missed: 'all',
  maxCatchUp: 7,
  graceSeconds: 0,
  overlap: 'cancel',
  jitterSeconds: 30,
  startsAt: '2026-12-01T08:00:00.000Z',
  endsAt: null,
  paused: false,
  version: 3,
  nextAt: '2026-12-01T08:00:00.000Z',
  lastTick: null,
  zoneData: '2026c',
  createdBy: null,
  createdAt: '2026-11-01T00:00:00.000Z',
}
const RUN = {
  models: ['a', 'b'],
  repeats: 2,
  samplePercentage: 10,
  sampleSeed: 4,
  priority: 'high',
  maxJobsPerSecond: null,
}

it.each<Partial<Schedule>>([
  {},
  { when: { everySeconds: 90, anchor: '2026-11-03T07:01:02.345Z' } },
  { when: { everySeconds: 7_200, anchor: '2026-11-03T07:00:00.000Z' } },
  { when: { at: '2027-01-01T00:00:30.000Z' } },
  { start: { run: { definition: 'a: b', ...RUN } } },
  { start: { run: { definitionId: 'd1', ...RUN, maxJobsPerSecond: 0.5 } } },
  { start: { run: { definitionId: 'd1', ...RUN, budgetMicros: 5, escalation: { when: [] } } } },
  { start: { refit: {} } },
  { start: { refit: { stepId: 'label', question: 'tone' } } },
])('gives back what is kept if nothing is typed: %j', (kept) => {
  const schedule = { ...KEPT, ...kept }
  const { name, when, start, missed, maxCatchUp, graceSeconds, overlap, jitterSeconds, startsAt, endsAt } =
    schedule
  expect(bodyOf(wishOf(schedule, 'UTC'))).toEqual({
    body: { name, when, start, missed, maxCatchUp, graceSeconds, overlap, jitterSeconds, startsAt, endsAt },
  })
})

it('sends what is no number, no instant and no JSON as a fault of its field', () => {
  const wish = { ...freshWish('UTC'), rule: 'every', every: '1,5', anchor: 'soon', starts: 'refit' } as const
  expect(bodyOf(wish)).toMatchObject({ body: { when: { everySeconds: '1,5', anchor: 'soon' } } })
  expect(bodyOf({ ...wish, starts: 'job', payload: '{' })).toMatchObject({
    fault: { path: 'start.job.payload', message: expect.stringMatching(/^is no JSON/) },
  })
  expect(bodyOf({ ...wish, starts: 'json', json: '' })).toMatchObject({ fault: { path: 'start' } })
})

it('tells the changed members alone, on top of what others changed', () => {
  const before = wishOf(KEPT, 'UTC')
  const fresh = wishOf({ ...KEPT, name: 'Weekly', graceSeconds: 10 }, 'UTC')
  const typed = merged({ ...before, cron: '0 3 * * *' }, before, fresh)
  expect(changesOf(bodyOf(typed).body ?? {}, bodyOf(fresh).body ?? {})).toEqual({
    when: { cron: '0 3 * * *', zone: 'Asia/Calcutta' },
  })
})

it('puts each fault at its field, with the rest of its place', () => {
  const at = faultsAt(pathsOf({ ...freshWish('UTC'), starts: 'job' }))
  const faults = [
    { path: 'start.job.payload.text[0]', message: 'must be text' },
    { path: 'when.cron', message: 'never comes' },
    { path: 'when.at', message: 'has no field now' },
    { path: 'start.job.typed', message: 'is another place' },
  ]
  expect(Object.fromEntries(at(faults))).toEqual({
    'start.job.payload': 'text[0]: must be text',
    'when.cron': 'never comes',
  })
  const ofRun = faultsAt(pathsOf(freshWish('UTC')))
  expect(ofRun([{ path: 'start.run.definitionId', message: 'is gone' }]).get('start.run.definition')).toBe(
    'is gone',
  )
})

it('shows no instant as an empty field, and seconds only where they count', () => {
  expect(localOf(null)).toBe('')
  expect(localOf('2026-11-03T07:01:00.000Z')).toMatch(/^2026-11-0\dT\d\d:\d\d$/)
  expect(localOf('2026-11-03T07:01:02.345Z')).toMatch(/:02\.345$/)
})

it('says of a schedule whose tick nobody fires that nobody does, once its jitter is over', () => {
  const due = Date.parse(KEPT.nextAt ?? '')
  expect(lookOfSchedule(KEPT, due + 59_000).word).toBe('on')
  expect(lookOfSchedule(KEPT, due + 61_000).word).toBe('nobody fires')
  expect(lookOfSchedule({ ...KEPT, paused: true }, due + 61_000).word).toBe('paused')
  expect(lookOfSchedule({ ...KEPT, nextAt: null }, due).word).toBe('ended')
})
