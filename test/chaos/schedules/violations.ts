import type { JobId } from '@muster/core'
import type { ScheduleTick } from '@muster/core/schedules'
import type { Muster } from '@muster/host'
import type { Pool } from 'pg'
import type { Violation } from '../findings.ts'
import type { Planned } from './world.ts'

const PAGE = 1_000

/** Every way in which what came differs from what was planned: each tick once, with one job that says so. */
export async function findViolations(
  muster: Muster,
  pool: Pool,
  planned: readonly Planned[],
): Promise<readonly Violation[]> {
  const found: Violation[] = []
  const jobs = await jobsByTick(pool)
  for (const { scheduleId, ticks } of planned) {
    const came = new Map<string, ScheduleTick>()
    for (const tick of await ticksOf(muster, scheduleId)) came.set(tick.plannedAt.toISOString(), tick)
    for (const at of ticks.map((one) => one.toISOString())) {
      const tick = came.get(at)
      const started = jobs.get(`${scheduleId} ${at}`) ?? []
      jobs.delete(`${scheduleId} ${at}`)
      if (tick?.outcome !== 'started')
        found.push({ rule: 'every tick comes', what: `${scheduleId} at ${at}: ${tick?.outcome}` })
      if (started.length !== 1)
        found.push({ rule: 'a tick starts once', what: `${scheduleId} at ${at}: ${started.length} jobs` })
      else if (tick && tick.jobId !== started[0])
        found.push({ rule: 'a tick names its job', what: `${scheduleId} at ${at}: ${tick.jobId}` })
      came.delete(at)
    }
    for (const at of came.keys()) found.push({ rule: 'no other tick comes', what: `${scheduleId} at ${at}` })
  }
  for (const tick of jobs.keys()) found.push({ rule: 'no other tick comes', what: `a job of ${tick}` })
  return found
}

async function ticksOf({ persistence }: Muster, scheduleId: Planned['scheduleId']): Promise<ScheduleTick[]> {
  const all: ScheduleTick[] = []
  for (;;) {
    const after = all.at(-1)
    const some = await persistence.stores.schedules.listTicks(scheduleId, {}, { limit: PAGE, after })
    all.push(...some)
    if (some.length < PAGE) return all
  }
}

/** The jobs that there are, by the tick that their payload names. */
async function jobsByTick(pool: Pool): Promise<Map<string, JobId[]>> {
  const { rows } = await pool.query<{ id: JobId; payload: { of: string; at: string } }>(
    'select job_id as id, payload from job',
  )
  const byTick = new Map<string, JobId[]>()
  for (const { id, payload } of rows) {
    const tick = `${payload.of} ${payload.at}`
    byTick.set(tick, [...(byTick.get(tick) ?? []), id])
  }
  return byTick
}
