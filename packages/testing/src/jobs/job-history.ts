import type { JobId, JobState, ProjectId, RunId, RunStatus } from '@muster/core'
import type { JobCounts } from '@muster/core/calls'
import type { ActiveJob, Outcome, Tally, WorkerId } from '@muster/core/ports'
import { JOB_MOVES, MOST_DEATHS, RUN_MOVES, RUN_PRIORITIES } from '@muster/core/rules'
import { expect } from 'vitest'
import { LineModel, type ModelJob } from './job-line-model.ts'
import type { Step } from './job-steps.ts'
import { broken, done, handedBack, type JobWorld, LEASE_MS, stopped } from './job-world.ts'

/** Delayed jobs have lanes of their own, so that "oldest first" and "due again first" say the same of them. */
const DELAYED_LANE = -7

/** Takes step after step on an adapter and on the model, and compares what both make of it. */
export class JobHistory {
  readonly #world: JobWorld
  readonly #model = new LineModel()
  readonly #projects: readonly ProjectId[]
  readonly #workers: WorkerId[]
  /** What jobs and runs were when they were looked at last: a step moves each once at most. */
  readonly #states = new Map<JobId, JobState>()
  readonly #statuses = new Map<RunId, RunStatus>()

  static async begin(world: JobWorld): Promise<JobHistory> {
    return new JobHistory(
      world,
      [await world.project(), await world.project()],
      [await world.worker(), await world.worker()],
    )
  }

  private constructor(world: JobWorld, projects: readonly ProjectId[], workers: WorkerId[]) {
    this.#world = world
    this.#projects = projects
    this.#workers = workers
  }

  async take(step: Step): Promise<void> {
    const world = this.#world
    const model = this.#model
    switch (step.does) {
      case 'add': {
        const projectId = this.#project(step.project)
        const priority = step.delayed ? DELAYED_LANE : step.priority
        const delayMs = step.delayed ? 1_500 : 0
        const dueAt = step.delayed ? world.in(delayMs).getTime() : undefined
        for (const jobId of await world.loose(projectId, step.count, { priority, delayMs })) {
          model.add({ jobId, projectId, runId: null, model: null, type: 'analyze', priority, dueAt })
        }
        return
      }
      case 'startRun': {
        const projectId = this.#project(step.project)
        const models = ['x', 'y'].slice(0, step.models)
        const { runId } = await world.run(projectId, {
          scenarios: step.scenarios,
          models,
          priority: step.priority,
        })
        model.addRun(runId, projectId)
        for (const { jobId, type, model: name } of await world.jobsOf(runId)) {
          const priority = RUN_PRIORITIES[step.priority]
          model.add({ jobId, projectId, runId, model: name, type, priority, dueAt: undefined })
        }
        return
      }
      case 'feed': {
        const ready = model.ready()
        const fed = await world.feed(step.limit)
        expect(fed.map(({ jobId }) => jobId)).toEqual(ready.slice(0, step.limit))
        model.handOver(fed)
        return
      }
      case 'take': {
        const ready = model.ready()
        const workerId = this.#worker(step.worker)
        const taken = await world.take(step.limit, workerId)
        expect(taken.map(({ jobId }) => jobId)).toEqual(ready.slice(0, step.limit))
        for (const begun of taken) {
          this.#expectNewStart(begun)
          model.take(begun, workerId)
        }
        return
      }
      case 'begin':
        return this.#begin(step.picks, this.#worker(step.worker))
      case 'settle':
        return this.#settle(step.picks, this.#worker(step.worker))
      case 'cancelItem': {
        const job = choose(
          step.pick,
          model.list(({ state }) => state === 'pending'),
        )
        if (!job) return
        await world.cancelPending(job.jobId)
        model.end(job.jobId, 'cancelled')
        return
      }
      case 'requestCancel': {
        const job = choose(
          step.pick,
          model.list(({ state }) => state === 'active'),
        )
        if (!job) return
        await world.requestCancel(job.jobId)
        job.cancelling = true
        return
      }
      case 'retry': {
        const retriable = ({ state, runId }: ModelJob): boolean =>
          state === 'failed' && (runId === null || model.runs.get(runId)?.status !== 'cancelled')
        const job = choose(step.pick, model.list(retriable))
        if (!job) return
        await world.retry(job.jobId)
        model.retry(job.jobId)
        return
      }
      case 'move': {
        const job = choose(
          step.pick,
          model.list(({ state, dueAt }) => state === 'pending' && dueAt === undefined),
        )
        if (!job || job.lane.priority === step.priority || job.lane.priority === DELAYED_LANE) return
        await world.setPriority(job.jobId, step.priority)
        model.move(job.jobId, step.priority)
        return
      }
      case 'pauseRun':
      case 'resumeRun':
      case 'cancelRun':
      case 'reopen':
        return this.#control(step.does, step.pick)
      case 'gate': {
        const gate = step.gate === null ? null : this.#project(step.gate)
        expect(await world.setPaused(gate, step.paused)).toBe(model.shut.has(gate) !== step.paused)
        if (step.paused) model.shut.add(gate)
        else model.shut.delete(gate)
        return
      }
      case 'clear': {
        const projectId = this.#project(step.project)
        const cancelled = model.cut(({ lane }) => lane.projectId === projectId, false)
        expect(await world.clear(projectId)).toBe(cancelled)
        return
      }
      case 'wake': {
        await world.clock.advance(step.ms)
        for (const workerId of this.#workers) {
          await world.stores.workers.beat({ workerId, leaseUntil: world.in(LEASE_MS) })
        }
        expect((await world.wake()).woken).toBe(model.wake(world.clock.now().getTime()))
        return
      }
      case 'kill':
        return this.#kill(step.worker)
      case 'sweep':
        expect(await world.stores.workers.sweepCancelled(step.limit)).toBeLessThanOrEqual(step.limit)
    }
  }

  /** Delivers anything that was ever handed over, and what was not; only what may begin does. Held ones are left out: they may stay or go back. */
  async #begin(picks: readonly number[], workerId: WorkerId): Promise<void> {
    const model = this.#model
    const delivered = model.list(
      (job) =>
        job.delivery !== undefined &&
        (job.state !== 'pending' || (job.handed !== undefined ? !model.isHeld(job) : !job.fed)),
    )
    const chosen = new Set(picks.map((at) => choose(at, delivered)).filter((job) => job !== undefined))
    const may = [...chosen].filter(({ handed }) => handed !== undefined).map(({ jobId }) => jobId)
    const deliveries = [...chosen].flatMap(({ delivery }) => (delivery ? [delivery] : []))
    if (deliveries.length === 0) return
    const begun = await this.#world.begin(deliveries, workerId)
    expect(begun.map(({ jobId }) => jobId).sort()).toEqual(may.sort())
    for (const job of begun) {
      this.#expectNewStart(job)
      model.begin(job, workerId)
    }
  }

  #expectNewStart({ jobId, attempt, start, notNows }: ActiveJob): void {
    const before = this.#model.jobs.get(jobId)
    expect({ attempt, notNows }).toEqual({ attempt: (before?.attempt ?? 0) + 1, notNows: before?.notNows })
    expect(start).not.toBe(before?.start)
  }

  async #settle(picks: readonly (readonly [number, string])[], workerId: WorkerId): Promise<void> {
    const world = this.#world
    const active = this.#model.list((job) => job.state === 'active' && job.workerId === workerId)
    const chosen = new Map(picks.map(([at, kind]) => [choose(at, active), kind] as const))
    const availableAt = world.in(1_000)
    const outcomes = [...chosen].flatMap(
      ([job, kind]): { readonly job: ModelJob | undefined; readonly ending: Outcome }[] => {
        if (!job) return []
        const { jobId, start } = job
        switch (kind) {
          case 'completed':
            return [{ job, ending: { jobId, start, ...done } }]
          case 'failed':
            return [{ job, ending: { jobId, start, ...broken } }]
          case 'retry':
            return [{ job, ending: { jobId, start, ...world.retryIn(1_000) } }]
          case 'notNow':
            return [{ job, ending: { jobId, start, ...world.notNowFor(1_000) } }]
          case 'notNow once too often':
            return [{ job, ending: { jobId, start, ...world.retryIn(1_000, true) } }]
          case 'returned':
            return [{ job, ending: { jobId, start, ...handedBack } }]
          case 'cancelled':
            return [{ job, ending: { jobId, start, ...stopped } }]
          default:
            return [{ job: undefined, ending: { jobId, start: start - 1, ...done } }]
        }
      },
    )
    const recorded = await world.settleEach(
      outcomes.map(({ ending }) => ending),
      workerId,
    )
    expect([...recorded].sort()).toEqual(outcomes.flatMap(({ job }) => (job ? [job.jobId] : [])).sort())
    for (const { job, ending } of outcomes) {
      if (!job) continue
      const { jobId, attempt, notNows } = job
      const dueAt = availableAt.getTime()
      switch (ending.kind) {
        case 'retry':
          this.#model.end(jobId, 'pending', { dueAt, notNows: ending.notNow ? notNows : 0 })
          break
        case 'notNow':
          this.#model.end(jobId, 'pending', { dueAt, attempt: attempt - 1, notNows: notNows + 1 })
          break
        case 'returned':
          this.#model.end(jobId, 'pending', { attempt: attempt - 1 })
          break
        case 'asleep':
          throw new TypeError('No attempt of a history asks people')
        case 'completed':
        case 'failed':
        case 'cancelled':
          this.#model.end(jobId, ending.kind)
      }
    }
  }

  async #control(does: 'pauseRun' | 'resumeRun' | 'cancelRun' | 'reopen', at: number): Promise<void> {
    const world = this.#world
    const model = this.#model
    const from = {
      pauseRun: ['pending', 'running'],
      resumeRun: ['paused'],
      cancelRun: ['pending', 'running', 'paused'],
      reopen: ['completed'],
    }[does]
    const run = choose(
      at,
      [...model.runs.values()].filter(({ status }) => from.includes(status)),
    )
    if (!run) return
    const { runId } = run
    switch (does) {
      case 'pauseRun':
        await world.pauseRun(runId)
        run.status = 'paused'
        return
      case 'resumeRun':
        run.status = run.started ? 'running' : 'pending'
        await world.resumeRun(runId, run.status)
        return
      case 'cancelRun':
        await world.cancelRun(runId)
        run.status = 'cancelled'
        model.cut((job) => job.runId === runId, true)
        return
      case 'reopen': {
        const failed = model.list((job) => job.runId === runId && job.state === 'failed')
        const byAge = failed.toSorted((a, b) => a.seq - b.seq)
        // Jobs that were moved or retried are older by id than by their place: which counts is not promised.
        if (failed.length === 0 || byAge.some((job, index) => job !== failed[index])) return
        await world.reopenFailed(runId)
        for (const { jobId } of failed) model.retry(jobId)
      }
    }
  }

  /** Lets one worker's lease end while the other beats. */
  async #kill(at: number): Promise<void> {
    const world = this.#world
    const model = this.#model
    const dead = this.#worker(at)
    await world.clock.advance(LEASE_MS + 1)
    for (const workerId of this.#workers) {
      if (workerId === dead) continue
      await world.stores.workers.beat({ workerId, leaseUntil: world.in(LEASE_MS) })
    }
    const lost = model.list((job) => job.state === 'active' && job.workerId === dead)
    expect(await world.reap()).toBe(lost.length)
    for (const job of lost) {
      const deaths = job.deaths + 1
      const state = deaths === MOST_DEATHS && !job.cut && !job.cancelling ? 'failed' : 'pending'
      model.end(job.jobId, state, { attempt: job.attempt - 1, deaths })
    }
    this.#workers[at] = await world.worker()
  }

  /** Both projects' lists, counts and runs against the model. */
  async compare(): Promise<void> {
    const world = this.#world
    const model = this.#model
    const global = model.line(null)
    for (const projectId of this.#projects) {
      const mine = model.list(({ lane }) => lane.projectId === projectId)
      const items = await world.items(projectId)
      expect(items).toHaveLength(mine.length)
      const inLine = items.filter(({ position }) => position !== null)
      const line = model.line(projectId)
      expect(inLine.map(({ jobId }) => jobId)).toEqual(line)
      expect(inLine.map(({ position }) => position)).toEqual(line.map((_, index) => index + 1))
      expect(inLine.map(({ globalPosition }) => globalPosition)).toEqual(
        line.map((jobId) => global.indexOf(jobId) + 1),
      )
      for (const { jobId, state, attempt, cancelling, priority } of items) {
        const job = model.jobs.get(jobId)
        expectMove(JOB_MOVES, this.#states, jobId, state)
        // Whether an attempt that was cancelled instead of tried again is shown as used is not promised.
        if (state !== 'cancelled') expect(attempt).toBe(job?.attempt)
        expect({ jobId, state, cancelling, priority }).toEqual({
          jobId,
          state: job?.state,
          cancelling: job?.cancelling,
          priority: job?.lane.priority,
        })
      }
      expect(counted(await world.stores.jobs.countByType(projectId))).toEqual(countOf(mine))
    }
    expect(counted(await world.stores.jobs.countByType(null))).toEqual(countOf(model.list()))
    const runs = await world.stores.runs.findMany([...model.runs.keys()])
    expect(runs).toHaveLength(model.runs.size)
    for (const run of runs) {
      const jobs = model.list(({ runId }) => runId === run.runId)
      const byModel = Object.fromEntries(
        run.config.models.map((name) => [name, tallyOf(jobs.filter((job) => job.model === name))]),
      )
      expectMove(RUN_MOVES, this.#statuses, run.runId, run.status)
      expect(run.status).toBe(model.runs.get(run.runId)?.status)
      expect(run.tallies).toEqual({ ...tallyOf(jobs), byModel })
    }
  }

  /** Each item by itself shows what the lists show. */
  async compareEach(): Promise<void> {
    for (const projectId of this.#projects) {
      for (const item of await this.#world.items(projectId)) {
        expect(await this.#world.item(item.jobId)).toEqual(item)
      }
    }
  }

  #project(at: number): ProjectId {
    return this.#projects[at] as ProjectId
  }

  #worker(at: number): WorkerId {
    return this.#workers[at] as WorkerId
  }
}

/** Nothing but what the table of moves knows leads from the state before to this one. */
function expectMove<Key, State extends string>(
  moves: Readonly<Record<State, readonly State[]>>,
  states: Map<Key, State>,
  key: Key,
  state: State,
): void {
  const before = states.get(key)
  states.set(key, state)
  if (before !== undefined && before !== state) expect(moves[before], `${before} → ${state}`).toContain(state)
}

function choose<Item>(at: number, items: readonly Item[]): Item | undefined {
  return items[at % items.length]
}

function tallyOf(jobs: readonly ModelJob[]): Tally {
  const { completed, failed, cancelled } = jobCounts(jobs)
  return { total: jobs.length, completed, failed, cancelled }
}

function jobCounts(jobs: readonly ModelJob[]): JobCounts {
  const counts = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
  for (const { state } of jobs) counts[state]++
  return counts
}

function countOf(jobs: readonly ModelJob[]): Record<string, JobCounts> {
  return Object.fromEntries(
    [...Map.groupBy(jobs, ({ type }) => type)].map(([type, of]) => [type, jobCounts(of)] as const),
  )
}

function counted(counts: ReadonlyMap<string, JobCounts>): Record<string, JobCounts> {
  return Object.fromEntries(counts)
}
