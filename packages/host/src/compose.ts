import type { AssignmentStrategy, JobType, ProjectId, UserId } from '@muster/core'
import { ClosedError } from '@muster/core'
import { askDesk, askSweeper, cancelSleeper } from '@muster/core/asks'
import { escalationSweeper } from '@muster/core/escalation'
import {
  calibrationUseCases,
  comparisonUseCases,
  gateUseCases,
  type ScoreFunction,
} from '@muster/core/evaluation'
import {
  type ExportParts,
  exportPruner,
  exportUseCases,
  exportWorker,
  type FileReader,
  importUseCases,
  importWorker,
} from '@muster/core/exchange'
import type { FeedUseCases, NewFact } from '@muster/core/feed'
import { limitUseCases } from '@muster/core/limits'
import { collecting, joiningUseCases, mending, parentsOf, sweeping } from '@muster/core/making'
import {
  jobUseCases,
  moveJobs,
  type OperationDeps,
  operationUseCases,
  operationWorker,
  type ProcessId,
  ProcessReporter,
  readProcesses,
} from '@muster/core/operating'
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
import { fitUseCases, refitDue } from '@muster/core/quality'
import { FailureLog, remoteWorkerUseCases } from '@muster/core/remote'
import { linkSweeper, matrixUseCases, rateUseCases } from '@muster/core/runs'
import { refitScheduled, scheduleFiring, scheduleUseCases } from '@muster/core/schedules'
import type { Outages } from '@muster/core/support'
import { budgetUseCases, budgetWatch, usageSink, usageUseCases } from '@muster/core/usage'
import {
  AgreementSignals,
  assignmentUseCases,
  CalibrationSignals,
  definitionUseCases,
  durableTakes,
  elapsedMs,
  endHoldsWith,
  eventUseCases,
  Feed,
  formUseCases,
  hint,
  hintFacts,
  JobSignals,
  Lookout,
  moveTasksWith,
  OpenedSignals,
  peopleUseCases,
  personalQueueUseCases,
  presenceUseCases,
  projectPeopleUseCases,
  projectQueueUseCases,
  projectRunResults,
  projectUseCases,
  qualityUseCases,
  remembering,
  runUseCases,
  Scheduler,
  StoreClock,
  settingsUseCases,
  settleSubmissions,
  settleTask,
  systemQueueUseCases,
  taskUseCases,
  tellingChanges,
  tellingCounts,
  tellingFacts,
  tellingLabels,
  tellingOpened,
  ticketUseCases,
  traceEnqueued,
  Worker,
  workflowUseCases,
} from '@muster/core/use-cases'
import { WebhookDeliverer, type WebhookSender, webhookUseCases } from '@muster/core/webhooks'
import { Background, type BackgroundParts, READY, SCENARIOS_READY } from './background.ts'
import { untilClosed } from './closing.ts'
import { FollowedCalls, notingCalls } from './current-call.ts'
import { exportsOf } from './exports.ts'
import { importsOf } from './imports.ts'
import type { Muster } from './muster.ts'
import { queueOf } from './queue.ts'
import { runsOf } from './runs.ts'
import { schedulesOf } from './schedules.ts'
import { newKey } from './system/index.ts'
import { thisProcess, zoneData } from './system/this-process.ts'

/** Every part that Muster is made of. */
export interface Parts {
  readonly persistence: Persistence
  readonly jobQueue: JobQueue | undefined
  readonly broadcast: Broadcast
  readonly presence: PresenceStore
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly strategies: ReadonlyMap<string, AssignmentStrategy>
  readonly scorers: Readonly<Record<string, ScoreFunction>>
  readonly logger: Logger
  readonly outages: Outages
  readonly metrics: Metrics
  readonly tracing?: Tracing | undefined
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly webhookSender: WebhookSender | undefined
  readonly fileReader: FileReader | undefined
  readonly exporting: ExportParts | undefined
  readonly keepEventsHours: number
  readonly holdEventsHours: number
  readonly keepDraftsDays: number
  readonly maxPayloadBytes?: number | undefined
  readonly durableLimits?: boolean | undefined
}

/** Puts Muster together. */
export function compose(given: Parts): Muster {
  const clock = given.clock instanceof StoreClock ? given.clock : new StoreClock(given.clock)
  const calls = new FollowedCalls()
  const parts = { ...given, clock, calls }
  const { jobQueue, broadcast, presence, logger, outages, metrics, ids } = parts
  const { time } = parts.persistence
  if (time) clock.follow({ time, logger, metrics })
  let changedAt = Number.NEGATIVE_INFINITY
  const changed = (): void => {
    changedAt = elapsedMs(clock)
  }
  const changing = tellingChanges(remembering(parts.persistence), changed)
  const kept = changing.stores
  const noting = notingCalls(
    given.durableLimits === true
      ? { ...changing, stores: { ...kept, workers: durableTakes(kept.workers) } }
      : changing,
    calls,
  )
  const agreement = new AgreementSignals({ broadcast, clock, logger })
  const counting = tellingCounts(noting, (counters) => agreement.moved(counters))
  const calibrationSignals = new CalibrationSignals({
    broadcast,
    calibrations: noting.stores.calibrations,
    clock,
    logger,
  })
  const labelling = tellingLabels(counting, (ended) => calibrationSignals.moved(ended))
  const openedSignals = new OpenedSignals({ broadcast, clock, logger, workflows: noting.stores.workflows })
  const opening = tellingOpened(labelling, (opened) => openedSignals.opened(opened))
  const told = (facts: readonly NewFact[], since: Date): void => {
    hintFacts(parts, facts)
    if (parts.tracing) traceEnqueued(parts.tracing, facts, since)
  }
  const persistence = tellingFacts(opening, clock, told)
  const { stores } = persistence
  // A process that does not hear it polls, a moment later.
  const nudging = (topic: string) => (): void => {
    broadcast.publish(topic, null).catch((error: unknown) => logger.debug({ err: error }, 'A nudge was lost'))
  }
  const nudges = { nudge: nudging(READY), nudgeDeciding: nudging(SCENARIOS_READY) }
  const deps = { ...parts, ...nudges, transactions: persistence, told, zoneData }
  const hintQueue = (projectId: ProjectId): void => void hint(parts, projectId, 'queue')
  const withHolds = {
    ...deps,
    endHolds: endHoldsWith(deps),
    settleSubmissions: (userId: UserId) => settleSubmissions(deps, userId),
  }
  // Only hosts that share a database with Muster add jobs in transactions of their own.
  const { joining } = given.persistence
  const collect = collecting({ ...deps, changed: hintQueue, sweep: sweeping(deps) })
  const joined = joiningUseCases({ ...deps, joining })
  const assignments = assignmentUseCases(deps)
  const tasks = taskUseCases(deps)
  const calibrations = calibrationUseCases({ ...deps, cancelTask: (taskId) => tasks.cancel(taskId) })
  const people = peopleUseCases(withHolds)
  const feed = new Feed({ ...deps, persistence, people })
  const remoteSignals = new JobSignals({
    ...deps,
    jobs: stores.jobs,
    runs: stores.runs,
    ready: nudges.nudgeDeciding,
  })
  const remoteFailures = new FailureLog({ clock, logger })
  const lookout = new Lookout({ jobs: stores.jobs, workers: stores.workers, clock, logger, metrics })
  const background = new Background({
    ...loopsOf({
      ...deps,
      stores,
      assignments,
      collect,
      // A store that goes by the clock of this process is in it, and so is all that changes it.
      changedAt: time === undefined ? () => changedAt : undefined,
    }),
    lookout,
    reporter: new ProcessReporter({
      processes: stores.processes,
      broadcast,
      processId: ids.next() as ProcessId,
      process: thisProcess,
      clock,
      logger,
    }),
    broadcast,
    clock,
    logger,
    feed: {
      close: async () =>
        void (await Promise.all([
          feed.close(),
          agreement.close(),
          calibrationSignals.close(),
          openedSignals.close(),
          remoteSignals.close(),
          remoteFailures.close(),
        ])),
    },
    backends: [() => jobQueue?.close(), () => persistence.close(), async () => outages.close()],
  })
  const gated = <Group extends object>(group: Group, ...streams: (keyof Group & string)[]): Group =>
    untilClosed(group, () => background.over, streams)
  const gatedFeed = gated<FeedUseCases>({ subscribe: (request) => feed.subscribe(request) })

  return {
    people: gated({
      ...people,
      ...projectPeopleUseCases({ ...deps, presence }),
      ...settingsUseCases(persistence),
    }),
    projects: gated(projectUseCases(withHolds)),
    workflows: gated(workflowUseCases(deps)),
    forms: gated(formUseCases(deps)),
    quality: gated({ ...qualityUseCases(withHolds), ...fitUseCases(deps) }, 'aggregates'),
    tasks: gated(tasks, 'results'),
    assignments: gated(assignments),
    personalQueue: gated(
      personalQueueUseCases({ ...deps, settleTask: (taskId) => settleTask(deps, taskId) }),
    ),
    definitions: gated(definitionUseCases(deps)),
    runs: runsOf({
      runs: gated(runUseCases(deps), 'results', 'resultsWithUsage'),
      feed: gatedFeed,
      clock,
      ids,
      closing: background.closing,
    }),
    queue: queueOf(
      gated(
        {
          ...projectQueueUseCases({
            ...deps,
            collect: () => collectAll(collect),
            cancelSleeper: (jobId) => cancelSleeper(deps, jobId),
            changed: hintQueue,
          }),
          addIn(...wanted: Parameters<typeof joined.addIn>) {
            changed()
            return joined.addIn(...wanted)
          },
        },
        'addAll',
      ),
      {
        statement(...wanted) {
          if (background.over) throw new ClosedError()
          changed()
          return joined.statement(...wanted)
        },
        nudge() {
          if (background.over) throw new ClosedError()
          collectAll(collect).catch((error: unknown) =>
            logger.debug({ err: error }, 'Jobs that have arrived are left to the scheduler'),
          )
        },
      },
    ),
    schedules: schedulesOf(gated(scheduleUseCases(deps))),
    imports: importsOf({
      imports: gated(importUseCases({ ...deps, reader: deps.fileReader }), 'report'),
      clock,
      closing: background.closing,
    }),
    exports: exportsOf({ exports: gated(exportUseCases(deps)), clock, closing: background.closing }),
    webhooks: gated(webhookUseCases({ ...deps, sender: deps.webhookSender })),
    system: gated({
      ...systemQueueUseCases(deps),
      unattended: () => lookout.look(),
      processes: () => readProcesses({ stores, clock }),
      setup: async () => ({
        version: thisProcess.version,
        database: (await given.persistence.describe?.()) ?? null,
        keepEventsHours: given.keepEventsHours,
        keepDraftsDays: given.keepDraftsDays,
      }),
    }),
    jobs: gated(jobUseCases(deps)),
    remoteWorkers: gated(
      remoteWorkerUseCases({
        ...deps,
        usage: usageSink(deps),
        desk: askDesk(deps),
        watch: remoteSignals,
        failures: remoteFailures,
        listen: (wake) => broadcast.subscribe(READY, wake),
        closing: background.closing,
      }),
    ),
    operations: gated(operationUseCases({ ...deps, movers: moversOf(deps) })),
    presence: gated(
      presenceUseCases({
        ...deps,
        presence,
        changed: (projectId) => void hint(parts, projectId, 'presence'),
      }),
    ),
    feed: gatedFeed,
    events: gated(eventUseCases({ stores })),
    rates: gated(rateUseCases({ stores, clock })),
    usage: gated(usageUseCases(deps)),
    budgets: gated(budgetUseCases(deps)),
    limits: gated(limitUseCases(deps)),
    matrices: gated(matrixUseCases({ stores })),
    comparisons: gated(comparisonUseCases(deps), 'pairs'),
    calibrations: gated(calibrations, 'units'),
    gates: gated(gateUseCases({ ...deps, calibrations })),
    tickets: gated(ticketUseCases({ ...deps, idempotency: stores.idempotency })),
    within(call, work) {
      if (background.over) throw new ClosedError()
      return calls.within(call, work)
    },
    persistence: gatedPersistence(persistence, gated),
    broadcast: gated(broadcast),
    clock,
    ids,
    logger,
    outages,
    metrics,
    version: thisProcess.version,
    work: (options) => background.work(options),
    schedule: async () => background.schedule(),
    serve: () => background.serve(),
    close: (how) => background.close(how),
  }
}

/** Puts all in line that has arrived by now, however long ago. */
async function collectAll(collect: ReturnType<typeof collecting>): Promise<void> {
  while ((await collect(true)) > 0);
}

/** How operations move what they are about. */
function moversOf(deps: Parameters<typeof moveTasksWith>[0]): OperationDeps<Stores>['movers'] {
  return { jobs: moveJobs, tasks: moveTasksWith(deps) }
}

/** The background: a worker as it is asked for, and the scheduler of this process. */
function loopsOf(
  deps: Omit<Parts, 'clock'> & {
    readonly clock: StoreClock
    readonly calls: FollowedCalls
    readonly transactions: Persistence
    readonly stores: Stores
    readonly assignments: ReturnType<typeof assignmentUseCases>
    readonly collect: ReturnType<typeof collecting>
    readonly nudge: () => void
    readonly nudgeDeciding: () => void
    readonly zoneData: string
    readonly changedAt: (() => number) | undefined
  },
): Pick<BackgroundParts, 'worker' | 'scheduler' | 'deliverer'> {
  const { stores, assignments, jobQueue, nudgeDeciding, webhookSender: sender } = deps
  const exporting = {
    ...deps,
    // A store that goes by the clock of this process has one connection.
    alone: deps.changedAt !== undefined,
    newKey,
    version: thisProcess.version,
  }
  return {
    deliverer: () => (sender ? new WebhookDeliverer({ ...deps, sender }) : undefined),
    worker(options) {
      const { jobs, runs, workers } = stores
      const signals = new JobSignals({ ...deps, jobs, runs, ready: nudgeDeciding })
      const worker = new Worker(
        {
          ...deps,
          workers,
          queue: jobQueue,
          results: projectRunResults(runs),
          parents: parentsOf(stores.flows),
          usage: usageSink(deps),
          desk: askDesk(deps),
          watch: signals,
          alone: deps.changedAt !== undefined,
        },
        options,
      )
      return { worker, signals }
    },
    scheduler: () =>
      new Scheduler({
        ...deps,
        workers: stores.workers,
        events: stores.events,
        idempotency: stores.idempotency,
        thinRates: (now, limit) => stores.rates.thin(now, limit),
        drafts: { prune: (before, limit) => stores.tasks.pruneDrafts(before, limit) },
        queue: jobQueue,
        expireDue: () => assignments.expireDue(),
        escalate: escalationSweeper(deps),
        sweepAsks: askSweeper(deps),
        sweepLinks: linkSweeper(deps),
        watchBudgets: budgetWatch(deps),
        refit: () => refitDue(deps),
        fireSchedules: scheduleFiring(deps),
        refitScheduled: () => refitScheduled(deps),
        ticks: stores.schedules,
        webhookTries: stores.webhooks,
        mendFlows: mending(deps),
        bring: (stop) => importWorker(deps, stop),
        importRows: stores.imports,
        writeExports: (stop) => exportWorker(exporting, stop),
        oldExports: { prune: exportPruner(exporting) },
        operate: operationWorker({ ...deps, movers: moversOf(deps) }),
        operations: stores.operations,
      }),
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
