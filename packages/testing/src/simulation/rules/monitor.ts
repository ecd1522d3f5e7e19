import type { ProjectId } from '@muster/core'
import type { ActiveJob, Persistence, SettleReceipt, Stores, Taken, WorkerStore } from '@muster/core/ports'
import type { SimulatedTime } from '../simulated-time.ts'
import { BudgetRules } from './budget-rules.ts'
import { FeedRules } from './feed-rules.ts'
import { FlowRules } from './flow-rules.ts'
import { type Gates, JobRules } from './job-rules.ts'
import { LimitRules } from './limit-rules.ts'
import { LinkRules } from './link-rules.ts'
import { PeopleRules, type PeopleWorld } from './people-rules.ts'
import { ScheduleRules } from './schedule-rules.ts'
import { SleeperRules } from './sleeper-rules.ts'
import { must, ViolationError } from './violation.ts'
import { WaitingRules } from './waiting-rules.ts'

/** One call of a store method, as a transaction of its own. */
export interface StoreCall {
  readonly store: keyof Stores
  readonly method: string
  readonly args: readonly unknown[]
}

/** Methods that only read; nothing needs to be looked at after them. */
const READS =
  /^(find|list|count|head|read|recent|queueStats|membershipsOf|qualityOf|systemPaused|scenario|look|life|isCarried)/

/** Methods that move nothing that a rule is about. */
const MOVE_NOTHING: ReadonlySet<string> = new Set<keyof WorkerStore>([
  'beat',
  'openWorker',
  'feed',
  'reportSteps',
])

/** Methods of the worker store that no task hangs on. */
const JOBS_ONLY: ReadonlySet<string> = new Set<keyof WorkerStore>([
  'begin',
  'take',
  'settle',
  'closeWorker',
  'reapWorkers',
  'wakeDue',
  'sweepCancelled',
])

/** Rules that are asked where a history has what they are about. */
type Asked = 'schedules' | 'flows' | 'limits' | 'sleepers' | 'budgets'

const NO_PARTS = { schedules: false, flows: false, limits: false, sleepers: false, budgets: false }

/**
 * Stands between every process and the store, and asks every rule at each commit, inside of the transaction and so before anybody else can
 * change a thing. The first violation is kept, and its transaction undone.
 */
export class Monitor {
  violation: ViolationError | undefined
  commits = 0
  readonly feed = new FeedRules()
  readonly people: PeopleRules
  readonly jobs = new JobRules()
  readonly waiting = new WaitingRules()
  readonly schedules = new ScheduleRules()
  readonly flows = new FlowRules()
  readonly limits = new LimitRules()
  readonly sleepers = new SleeperRules()
  readonly budgets = new BudgetRules()
  readonly links = new LinkRules()
  /** The rules that are asked beside those that always are. */
  parts: Readonly<Record<Asked, boolean>> = NO_PARTS
  readonly #persistence: Persistence
  readonly #time: SimulatedTime
  readonly #projectIds: readonly ProjectId[]
  #gates: Gates = { systemPaused: false, pausedProjects: new Set() }

  constructor(persistence: Persistence, time: SimulatedTime, world: PeopleWorld) {
    this.#persistence = persistence
    this.#time = time
    this.#projectIds = [...world.projects.keys()]
    this.people = new PeopleRules(world)
  }

  /** Does `work` as one transaction, and asks the rules before it commits. */
  transaction<T>(work: (stores: Stores) => Promise<T>, call?: StoreCall): Promise<T> {
    return this.#persistence.transaction(async (stores) => {
      const calls: [StoreCall, unknown][] = []
      const result = await work(call === undefined ? hearing(stores, calls) : stores)
      if (call === undefined || !(READS.test(call.method) || MOVE_NOTHING.has(call.method))) {
        this.commits++
        const heard = call === undefined ? calls : [[call, result] as const]
        await this.noting(() => this.#look(stores, call, heard))
      }
      return result
    })
  }

  /** Keeps the violation that `ask` may throw. */
  async noting(ask: () => Promise<void> | void): Promise<void> {
    try {
      await ask()
    } catch (error) {
      if (error instanceof ViolationError) this.violation ??= error
      throw error
    }
  }

  async #look(
    stores: Stores,
    call: StoreCall | undefined,
    heard: readonly (readonly [StoreCall, unknown])[],
  ): Promise<void> {
    const begun = heard.flatMap(([one, result]) =>
      one.store === 'workers' ? this.#lookAtCall(one, result) : [],
    )
    const gates = await this.#readGates(stores)
    const facts = await this.feed.look(stores, this.#projectIds)
    if (!(call?.store === 'workers' && JOBS_ONLY.has(call.method))) {
      await this.people.look(stores, this.feed, facts, this.#time.now)
      this.waiting.hear(facts)
      this.#checkPause(gates)
    }
    if (this.feed.jobs.size > 0 || this.feed.runs.size > 0) await this.jobs.look(stores, this.feed, gates)
    const { jobs } = this.jobs
    if (this.parts.schedules) await this.schedules.look(stores, jobs, this.#projectIds)
    if (this.parts.flows) {
      this.flows.look(begun, jobs)
      this.links.look(this.jobs.runs, jobs)
    }
    if (this.parts.limits) await this.limits.look(stores, begun, jobs, this.#time.now)
    if (this.parts.sleepers) await this.sleepers.look(stores, begun, jobs)
    if (this.parts.budgets) {
      const isReport = heard.some(([{ store }]) => store === 'usage')
      await this.budgets.look(stores, begun, isReport, new Date(this.#time.now))
    }
    this.#gates = gates
  }

  /** Gives the jobs that have just begun. */
  #lookAtCall({ method, args }: StoreCall, result: unknown): readonly ActiveJob[] {
    if (method === 'begin' || method === 'take') {
      const [{ workerId }] = args as Parameters<WorkerStore['begin' | 'take']>
      const jobs = method === 'take' ? (result as Taken).jobs : (result as readonly ActiveJob[])
      this.jobs.began(jobs, workerId)
      return jobs
    }
    if (method === 'settle') {
      const [{ outcomes, workerId }] = args as Parameters<WorkerStore['settle']>
      this.jobs.settled(outcomes, result as SettleReceipt, workerId)
    }
    return []
  }

  async #readGates({ projects }: Stores): Promise<Gates> {
    const pausedProjects = new Set<ProjectId>()
    for (const projectId of this.#projectIds) {
      if ((await projects.find(projectId))?.paused) pausedProjects.add(projectId)
    }
    return { systemPaused: await projects.systemPaused(), pausedProjects }
  }

  /** A commit under a shut gate gives nothing out; what a review sends back was given out before. */
  #checkPause(gates: Gates): void {
    for (const { projectId, data } of this.feed.givenOut) {
      const shut = [gates, this.#gates].every(
        ({ systemPaused, pausedProjects }) => systemPaused || pausedProjects.has(projectId),
      )
      must('Paused gives nothing out', !shut, () => JSON.stringify(data))
    }
  }
}

/** `stores` that write down what they were asked, and the answer: a transaction settles a job that falls asleep, and counts usage. */
function hearing(stores: Stores, calls: [StoreCall, unknown][]): Stores {
  const heard = <Name extends 'workers' | 'usage'>(store: Name, method: string): Stores[Name] =>
    new Proxy(stores[store], {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name)
        if (name !== method) return found
        return async (...args: unknown[]) => {
          const answer = await (found as (...given: unknown[]) => Promise<unknown>).apply(target, args)
          calls.push([{ store, method, args }, answer])
          return answer
        }
      },
    })
  return { ...stores, workers: heard('workers', 'settle'), usage: heard('usage', 'record') }
}
