import type { JobId, Json, ProjectId } from '@muster/core'
import type { JobWithResult, Stores } from '@muster/core/ports'
import { isTick, type KeptSchedule, type ScheduleId, type ScheduleTick } from '@muster/core/schedules'
import { must } from './violation.ts'

/** Schedules and ticks of one history are fewer. */
const MOST = 200

/** The rules about ticks: each comes once, with the work that it starts. */
export class ScheduleRules {
  readonly #schedules = new Map<ScheduleId, KeptSchedule>()
  /** By outcome, how many ticks there are. */
  readonly ticks = new Map<string, number>()

  /** Schedules that are there, as of the last commit. */
  get known(): Iterable<ScheduleId> {
    return this.#schedules.keys()
  }

  /** Whether a tick is still to come. */
  get isOpen(): boolean {
    return [...this.#schedules.values()].some(({ dueAt }) => dueAt !== null)
  }

  /** @throws ViolationError */
  async look(
    { schedules }: Stores,
    jobs: ReadonlyMap<JobId, JobWithResult>,
    projectIds: readonly ProjectId[],
  ): Promise<void> {
    const before = new Map(this.#schedules)
    this.#schedules.clear()
    this.ticks.clear()
    const started = jobsByTick(jobs)
    for (const projectId of projectIds) {
      for (const schedule of await schedules.list(projectId, { limit: MOST })) {
        const { scheduleId } = schedule
        this.#schedules.set(scheduleId, schedule)
        this.#checkNext(before.get(scheduleId), schedule)
        const ticks = await schedules.listTicks(scheduleId, {}, { limit: MOST })
        for (const tick of ticks) this.#checkTick(schedule, tick, jobs)
        const named = new Map<string, number>()
        for (const { plannedAt } of ticks)
          named.set(plannedAt.toISOString(), (named.get(plannedAt.toISOString()) ?? 0) + 1)
        for (const [at, ids] of started.get(scheduleId) ?? []) {
          const what = (): string => `${scheduleId} at ${at}: ${ids.join()}`
          must('A job of a schedule has its tick', named.has(at), what)
          // By hand an instant may be fired again, as a tick of its own.
          must('A tick starts once', ids.length <= (named.get(at) ?? 0), what)
        }
      }
    }
  }

  #checkNext(before: KeptSchedule | undefined, { nextAt, version, scheduleId }: KeptSchedule): void {
    const goesBack =
      before?.version === version && before.nextAt !== null && nextAt !== null && nextAt < before.nextAt
    must('The next tick never goes back', !goesBack, () => `${scheduleId}: ${nextAt?.toISOString()}`)
  }

  #checkTick(
    { scheduleId, when }: KeptSchedule,
    tick: ScheduleTick,
    jobs: ReadonlyMap<JobId, JobWithResult>,
  ): void {
    const { plannedAt, again, outcome, jobId, count } = tick
    this.ticks.set(outcome, (this.ticks.get(outcome) ?? 0) + count)
    const what = (): string => `${scheduleId} at ${plannedAt.toISOString()} #${again}`
    must('A tick is one of its rule', again > 0 || isTick(when, plannedAt), what)
    must('A started tick has its job', outcome !== 'started' || (jobId !== null && jobs.has(jobId)), what)
  }
}

/** The jobs that say of which tick they are, by schedule and tick. */
function jobsByTick(jobs: ReadonlyMap<JobId, JobWithResult>): Map<string, Map<string, JobId[]>> {
  const found = new Map<string, Map<string, JobId[]>>()
  for (const { jobId, payload } of jobs.values()) {
    const { of, at } = (payload ?? {}) as { readonly of?: Json; readonly at?: Json }
    if (typeof of !== 'string' || typeof at !== 'string') continue
    const ticks = found.get(of) ?? new Map<string, JobId[]>()
    ticks.set(at, [...(ticks.get(at) ?? []), jobId])
    found.set(of, ticks)
  }
  return found
}
