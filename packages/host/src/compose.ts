import type { AssignmentStrategy, JobType } from '@muster/core'
import { ClosedError, ValidationError } from '@muster/core'
import { sweepEscalations } from '@muster/core/escalation'
import type { FeedUseCases } from '@muster/core/feed'
import type {
  Broadcast,
  Clock,
  Ids,
  JobQueue,
  Logger,
  Metrics,
  Persistence,
  PresenceStore,
  Random,
  Stores,
  Tracing,
} from '@muster/core/ports'
import type { Outages } from '@muster/core/support'
import {
  assertCloseOptions,
  assignmentUseCases,
  atMost,
  type CloseOptions,
  closingMs,
  definitionUseCases,
  elapsedMs,
  endHoldsWith,
  eventUseCases,
  Feed,
  formUseCases,
  hint,
  hintFacts,
  JobSignals,
  Lookout,
  peopleUseCases,
  personalQueueUseCases,
  presenceUseCases,
  projectQueueUseCases,
  projectRunResults,
  projectUseCases,
  runUseCases,
  Scheduler,
  StoreClock,
  settleTask,
  systemQueueUseCases,
  taskUseCases,
  tellingFacts,
  ticketUseCases,
  traceEnqueued,
  Worker,
  workflowUseCases,
} from '@muster/core/use-cases'
import { untilClosed } from './closing.ts'
import { FollowedCalls, notingCalls } from './current-call.ts'
import type { Muster } from './muster.ts'
import { queueOf } from './queue.ts'
import { runsOf } from './runs.ts'

/** Every part that Muster is made of. */
export interface Parts {
  readonly persistence: Persistence
  readonly jobQueue: JobQueue | undefined
  readonly broadcast: Broadcast
  readonly presence: PresenceStore
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly strategies: ReadonlyMap<string, AssignmentStrategy>
  readonly logger: Logger
  readonly outages: Outages
  readonly metrics: Metrics
  readonly tracing?: Tracing | undefined
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly keepEventsHours: number
}

/** A loop that runs in the background until it is closed. */
interface Running {
  close(options?: CloseOptions): Promise<void>
}

/** Where processes tell each other that jobs may have become ready. */
const READY = 'jobs:ready'
/** Where they tell each other that scenarios may be ready to be decided. */
const SCENARIOS_READY = 'scenarios:ready'

/** Time left for each backend's goodbye, in ms, if all else has taken the time that a close has. */
const LAST_WORDS_MS = 20

/** Puts Muster together. */
export function compose(given: Parts): Muster {
  const clock = given.clock instanceof StoreClock ? given.clock : new StoreClock(given.clock)
  const calls = new FollowedCalls()
  const parts = { ...given, clock, calls }
  const { jobQueue, broadcast, presence, jobTypes, logger, outages, metrics, ids } = parts
  const { time } = parts.persistence
  if (time) clock.follow({ time, logger, metrics })
  const noting = notingCalls(parts.persistence, calls)
  const persistence = tellingFacts(noting, clock, (facts, since) => {
    hintFacts(parts, facts)
    if (parts.tracing) traceEnqueued(parts.tracing, facts, since)
  })
  const { stores } = persistence
  const running = new Set<Running>()
  // A process that does not hear it polls, a moment later.
  const nudging = (topic: string) => (): void => {
    broadcast.publish(topic, null).catch((error: unknown) => logger.debug({ err: error }, 'A nudge was lost'))
  }
  const nudgeDeciding = nudging(SCENARIOS_READY)
  const deps = { ...parts, transactions: persistence, nudge: nudging(READY), nudgeDeciding }
  const withHolds = { ...deps, endHolds: endHoldsWith(deps) }
  const assignments = assignmentUseCases(deps)
  const people = peopleUseCases(withHolds)
  const feed = new Feed({ ...deps, persistence, people })
  const lookout = new Lookout({ jobs: stores.jobs, workers: stores.workers, clock, logger, metrics })
  let closed: Promise<void> | undefined
  const ending = new AbortController()
  /** Handlers of a worker that closes may still call, until it has closed. */
  let over = false
  const gated = <Group extends object>(group: Group, ...streams: (keyof Group & string)[]): Group =>
    untilClosed(group, () => over, streams)
  /** One scheduler for all of this process who want one; gives what ends their wish. */
  const scheduling = sharing(() => {
    const scheduler = new Scheduler({
      ...deps,
      workers: stores.workers,
      events: stores.events,
      idempotency: stores.idempotency,
      queue: jobQueue,
      expireDue: () => assignments.expireDue(),
      escalate: () => sweepEscalations(deps),
    })
    scheduler.start()
    // Without it the scheduler polls.
    const deafen = broadcast
      .subscribe(SCENARIOS_READY, () => scheduler.nudge())
      .catch((error: unknown) => {
        logger.debug({ err: error }, 'Nudges are not heard')
        return undefined
      })
    return {
      async close() {
        const deaf = deafen.then((leave) => leave?.())
        await Promise.all([scheduler.close(), deaf])
      },
    }
  })
  const gatedFeed = gated<FeedUseCases>({ subscribe: (request) => feed.subscribe(request) })

  return {
    people: gated(people),
    projects: gated(projectUseCases(withHolds)),
    workflows: gated(workflowUseCases(deps)),
    forms: gated(formUseCases(deps)),
    tasks: gated(taskUseCases(deps), 'results'),
    assignments: gated(assignments),
    personalQueue: gated(
      personalQueueUseCases({ ...deps, settleTask: (taskId) => settleTask(deps, taskId) }),
    ),
    definitions: gated(definitionUseCases(deps)),
    runs: runsOf({
      runs: gated(runUseCases(deps), 'results'),
      feed: gatedFeed,
      clock,
      ids,
      closing: ending.signal,
    }),
    queue: queueOf(
      gated(
        projectQueueUseCases({
          ...deps,
          changed: (projectId) => void hint(parts, projectId, 'queue'),
        }),
      ),
    ),
    system: gated({ ...systemQueueUseCases(deps), unattended: () => lookout.look() }),
    presence: gated(
      presenceUseCases({
        ...deps,
        presence,
        changed: (projectId) => void hint(parts, projectId, 'presence'),
      }),
    ),
    feed: gatedFeed,
    events: gated(eventUseCases({ stores })),
    tickets: gated(ticketUseCases({ ...deps, idempotency: stores.idempotency })),
    within(call, work) {
      if (over) throw new ClosedError()
      return calls.within(call, work)
    },
    persistence: gatedPersistence(persistence, gated),
    broadcast: gated(broadcast),
    clock,
    ids,
    logger,
    outages,
    metrics,

    async work({ schedule: schedules = true, ...options } = {}) {
      if (closed) throw new ClosedError()
      if (typeof schedules !== 'boolean') {
        throw new ValidationError([{ path: 'schedule', message: 'must be true or false' }])
      }
      const signals = new JobSignals({
        ...deps,
        jobs: stores.jobs,
        runs: stores.runs,
        ready: nudgeDeciding,
      })
      const worker = new Worker(
        {
          ...deps,
          workers: stores.workers,
          queue: jobQueue,
          jobTypes,
          results: projectRunResults(stores.runs),
          watch: signals,
        },
        options,
      )
      const deafen = await broadcast.subscribe(READY, () => worker.nudge())
      const closing = async (how: CloseOptions): Promise<void> => {
        const worked = worker.close(how).then(() => signals.close())
        await Promise.all([deafen(), leave(), unschedule?.(), worked])
        running.delete(handle)
      }
      const close = async (how: CloseOptions = {}): Promise<void> => {
        assertCloseOptions(how)
        await atMost(clock, closing(how), closingMs(how.deadlineMs))
      }
      const handle = { close }
      running.add(handle)
      await worker.start()
      const unschedule = schedules ? scheduling() : undefined
      const leave = lookout.enter({ schedules })
      return handle
    },

    async schedule() {
      if (closed) throw new ClosedError()
      const handle = {
        async close() {
          await Promise.all([leave(), unschedule()])
          running.delete(handle)
        },
      }
      running.add(handle)
      const unschedule = scheduling()
      const leave = lookout.enter({ schedules: true })
      return handle
    },

    async close(how = {}) {
      assertCloseOptions(how)
      closed ??= (async () => {
        const until = elapsedMs(clock) + closingMs(how.deadlineMs)
        const inTime = (work: Promise<unknown> | undefined): Promise<void> =>
          atMost(clock, work ?? Promise.resolve(), Math.max(LAST_WORDS_MS, until - elapsedMs(clock)))
        over = running.size === 0
        ending.abort(new ClosedError())
        await inTime(Promise.all([feed.close(), ...[...running].map((part) => part.close(how))]))
        over = true
        await inTime(jobQueue?.close())
        await inTime(persistence.close())
        outages.close()
      })()
      await closed
    },
  }
}

/** Opens one for the first that wants it; the last that no longer wants it closes it. */
function sharing(open: () => Running): () => () => Promise<void> {
  let shared: Running | undefined
  let holders = 0
  return () => {
    holders++
    shared ??= open()
    const mine = shared
    let held = true
    return async () => {
      if (held) holders--
      held = false
      if (holders > 0 || shared !== mine) return
      shared = undefined
      await mine.close()
    }
  }
}

/** The persistence as hosts and transports have it; closing still uses the persistence itself. */
function gatedPersistence(
  persistence: Persistence,
  gated: <Group extends object>(group: Group) => Group,
): Persistence {
  const stores = Object.fromEntries(
    Object.entries(persistence.stores).map(([name, store]) => [name, gated(store as object)]),
  ) as unknown as Stores
  const { time } = persistence
  const calls = gated({
    transaction: <T>(work: (stores: Stores) => Promise<T>) => persistence.transaction(work),
    snapshot: <T>(work: (stores: Stores) => Promise<T>) => persistence.snapshot(work),
    check: () => persistence.check(),
    ...(time && { time }),
  })
  return { ...calls, stores, close: () => persistence.close() }
}
