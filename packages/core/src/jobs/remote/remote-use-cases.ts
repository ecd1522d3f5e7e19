import type { Clock, Ids, Logger, Metrics, Random } from '../../environment.ts'
import { LeaseLostError, NotFoundError, UnstorableError, ValidationError } from '../../errors.ts'
import type { JobId, ProjectId, WorkerId } from '../../ids.ts'
import { nearestName } from '../../input/near-name.ts'
import { parse } from '../../input/parse.ts'
import type { Issue } from '../../json/json.ts'
import type { WorkerGrant } from '../../people/authenticator.ts'
import type { ProjectStore } from '../../people/project-store.ts'
import { elapsedMs } from '../../time.ts'
import type { Transactions } from '../../transactions.ts'
import type { JobAsk, JobLife } from '../asks/ask.ts'
import type { AskDesk } from '../asks/desk.ts'
import type { JobType } from '../job.ts'
import { invalidResult, resultIssues, sizeIssues } from '../result.ts'
import { classify, classifyTold } from '../retry/retry.ts'
import { POLL_MS } from '../supply/feeder.ts'
import { progressAt } from '../worker/attempt.ts'
import { failedOutcome } from '../worker/failing.ts'
import type { FailureLog } from '../worker/failure-log.ts'
import { countOutcomes, NOT_RECORDABLE } from '../worker/recorder.ts'
import { DEFAULT_TIMEOUT_MS, GRACE_MS } from '../worker/runner.ts'
import type { UsageSink } from '../worker/usage-sink.ts'
import { leaseOf, settlingOf, type WorkerWatch } from '../worker/worker.ts'
import type { ActiveJob, Outcome, WorkerStore } from '../worker-store.ts'
import { plannedAsks, type Refusal, unkeepable } from './remote-asks.ts'
import { heartbeat, newRemoteWorker, readSettle, remoteClaim, remoteReturn } from './remote-input.ts'
import { countedCalls, recordUsage, type UsedCalls, unitsOfCalls } from './remote-usage.ts'
import {
  type AttemptKey,
  type HeldJob,
  MISSED_HEARTBEATS,
  type RemoteWorker,
  WORKERS_KEPT_MS,
  type WorkedOn,
} from './remote-worker.ts'
import type { RemoteWorkerStore } from './remote-worker-store.ts'
import type { ClaimedJob, RemoteOutcome, RemoteWorkerUseCases, SettledOutcome } from './remote-workers.ts'

/** The stores that workers over HTTP go by. */
export interface RemoteStores {
  readonly workers: WorkerStore
  readonly remoteWorkers: RemoteWorkerStore
  readonly projects: Pick<ProjectStore, 'list'>
}

/** Dependencies of workers over HTTP. */
export interface RemoteDeps<Stores extends RemoteStores = RemoteStores> {
  readonly transactions: Transactions<Stores>
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly usage: UsageSink
  readonly desk: AskDesk
  readonly watch: WorkerWatch
  readonly failures: FailureLog
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  /** Calls `wake` when jobs may have become ready, until what it gives is called. */
  readonly listen: (wake: () => void) => Promise<() => Promise<void>>
  /** Jobs may have become ready. */
  readonly nudge: () => void
  /** Aborted when this process is about to end: nobody waits here any longer. */
  readonly closing: AbortSignal
}

/** An outcome of a job that the worker holds, and the faults of its result, if it has some. */
interface Ending {
  readonly job: HeldJob
  readonly outcome: Outcome
  readonly errors?: readonly Issue[]
}

/** How often in its lease a waiting claim says that its worker lives. */
const WAITING_SHARE = 1 / 4

/** The use cases of workers over HTTP. Nothing of a worker is remembered here: any process may answer its next call. */
export function remoteWorkerUseCases<Stores extends RemoteStores>(
  deps: RemoteDeps<Stores>,
): RemoteWorkerUseCases {
  const { transactions, jobTypes, clock, ids } = deps
  const { remoteWorkers, workers, projects } = transactions.stores
  const own = async (workerId: WorkerId, { subject }: WorkerGrant): Promise<RemoteWorker> => {
    const worker = await remoteWorkers.find(workerId)
    if (worker?.subject !== subject) throw new NotFoundError('worker', workerId)
    return worker
  }
  /** A call with a fault in it is a sign of life too: a worker that repeats it would die of it, and its jobs begin again without end. */
  const readFrom = async <Input>(
    workerId: WorkerId,
    { subject }: WorkerGrant,
    read: () => Input,
  ): Promise<Input> => {
    try {
      return read()
    } catch (fault) {
      const worker = await remoteWorkers.find(workerId)
      if (worker?.subject === subject) await tend(deps, worker)
      throw fault
    }
  }

  return {
    async open(given, grant) {
      const { name, types, concurrency } = parse(newRemoteWorker, given)
      const issues = [...typeIssues(types, grant, jobTypes), ...(await projectIssues(grant, projects))]
      if (issues.length > 0) throw new ValidationError(issues, 'The worker cannot be opened')
      const leaseMs = leaseOf(new Map([...jobTypes].filter(([type]) => types.includes(type))), undefined)
      const workerId = ids.next() as WorkerId
      const now = clock.now()
      await remoteWorkers.prune(new Date(now.getTime() - WORKERS_KEPT_MS))
      await transactions.transaction(async (stores) => {
        const leaseUntil = new Date(now.getTime() + leaseMs)
        await stores.workers.openWorker({ workerId, leaseUntil, now, types })
        const { subject } = grant
        await stores.remoteWorkers.add({
          workerId,
          name,
          subject,
          types,
          concurrency,
          leaseMs,
          openedAt: now,
        })
      })
      const leaseSeconds = leaseMs / 1_000
      return { workerId, leaseSeconds, heartbeatSeconds: leaseSeconds / MISSED_HEARTBEATS }
    },

    async claim(workerId, given, grant, signal = new AbortController().signal) {
      const { max, waitSeconds = 0 } = parse(remoteClaim, given)
      const worker = await own(workerId, grant)
      return { jobs: await claimed(deps, worker, grant, { max, waitMs: 1_000 * waitSeconds, signal }) }
    },

    async heartbeat(workerId, given, grant) {
      const { report, jobs } = await readFrom(workerId, grant, () => parse(heartbeat, given))
      const worker = await own(workerId, grant)
      const { alive, held } = await tend(deps, worker)
      const named = jobs ?? []
      const now = clock.now().getTime()
      const used = await usedCalls(deps, worker, grant, held, named, (index) => `jobs[${index}].usage`)
      const calls = countedCalls(used)
      const counted = report !== undefined && calls.length > 0 && (await count(deps, worker, report, calls))
      if (counted)
        await tellHolds(
          deps,
          worker,
          held,
          used.map(({ job, usage }) => ({ job, usage, ended: false })),
        )

      const holds = heldBy(held)
      const stepped = named.flatMap(({ step, progress, ...key }) => {
        const job = holds(key)
        return job && step ? [{ job, step, progress: progress ?? progressAt(step) }] : []
      })
      await workers.reportSteps(
        stepped.map(({ job, step, progress }) => ({ jobId: job.jobId, start: job.start, step, progress })),
        workerId,
      )
      deps.watch.stepped(stepped)

      const names = new Set(named.map(({ jobId }) => jobId))
      const isUnknown = ({ jobId, startedAt }: HeldJob): boolean =>
        jobs !== undefined && !names.has(jobId) && startedAt.getTime() + worker.leaseMs < now
      // The answer that gave them was lost on its way: the worker knows nothing of them.
      await end(deps, worker, held.filter(isUnknown).map(handedBack))
      const isToStop = (job: HeldJob): boolean => job.cancelling || deadlineOf(deps, job) <= now
      return {
        cancel: held.filter((job) => isToStop(job) && !isUnknown(job)).map(({ jobId }) => jobId),
        lost: named.filter((key) => !alive || !holds(key)).map(({ jobId }) => jobId),
      }
    },

    async settle(workerId, given, grant) {
      const { report, ends } = await readFrom(workerId, grant, () => readSettle(given))
      const outcomes = ends.flatMap(({ outcome }) => outcome ?? [])
      const worker = await own(workerId, grant)
      const { held } = await tend(deps, worker)
      const used = await usedCalls(deps, worker, grant, held, outcomes, () => 'usage')
      const { calls, faults } = countable(used)
      // Before the outcomes, since a repeat after a crash between the two must find jobs to record.
      if (report !== undefined && calls.length > 0) await count(deps, worker, report, calls)

      const holds = heldBy(held)
      const lives = await livesOf(deps, outcomes)
      const endings = new Map<JobId, Ending>()
      for (const { key, outcome, errors } of ends) {
        const job = holds(key)
        if (!job || !isStart(job, key) || endings.has(job.jobId)) continue
        const fault = errors ?? faults.get(job.jobId)
        const ending =
          outcome && fault === undefined
            ? await endingOf(deps, job, outcome, lives.get(job.jobId))
            : notTaken(deps, job, fault ?? [])
        endings.set(job.jobId, ending)
      }
      const recorded = await end(deps, worker, [...endings.values()])
      const spent = ends.flatMap(({ key: { jobId }, outcome }) => {
        const ending = recorded.get(jobId)
        const usage = faults.has(jobId) ? undefined : outcome?.usage
        return ending ? [{ job: ending.job, usage, ended: true }] : []
      })
      await tellHolds(deps, worker, [], spent)
      const keys = ends.map(({ key }) => key)
      return { outcomes: await statuses(deps, worker, keys, recorded, faults) }
    },

    async handBack(workerId, given, grant) {
      const { jobIds } = parse(remoteReturn, { jobIds: given })
      const worker = await own(workerId, grant)
      const { held } = await tend(deps, worker)
      const wanted = new Set<JobId>(jobIds)
      const recorded = await end(deps, worker, held.filter(({ jobId }) => wanted.has(jobId)).map(handedBack))
      // Nobody says whether they had begun with them, so the estimates stay spent.
      const spent = [...recorded.values()].map(({ job }) => ({ job, usage: undefined, ended: true }))
      await tellHolds(deps, worker, [], spent)
      const statusOf = (jobId: JobId): SettledOutcome['status'] => (recorded.has(jobId) ? 'recorded' : 'lost')
      return { outcomes: jobIds.map((jobId) => ({ jobId, status: statusOf(jobId) })) }
    },

    async close(workerId, grant) {
      await own(workerId, grant)
      await workers.closeWorker(workerId, clock.now())
    },
  }
}

/** Names each type that the token does not let do, or that nobody registered. */
function typeIssues(
  types: readonly string[],
  grant: WorkerGrant,
  registered: ReadonlyMap<string, JobType>,
): Issue[] {
  return types.flatMap((type, index): Issue[] => {
    const path = `types[${index}]`
    if (!grant.types.includes(type)) return [{ path, message: 'is none that the token names' }]
    if (registered.has(type)) return []
    const near = nearestName(type, registered.keys())
    return [{ path, message: `is not registered${near === undefined ? '' : `: did you mean ${near}?`}` }]
  })
}

/** Names each project of the token that is not there: no project goes, so a worker would wait for its jobs for ever. */
async function projectIssues(
  { projects }: WorkerGrant,
  store: RemoteStores['projects'],
): Promise<readonly Issue[]> {
  if (projects.length === 0) return []
  const found = await store.list({ limit: projects.length }, projects)
  const known = new Set<ProjectId>(found.map(({ projectId }) => projectId))
  return projects.flatMap((projectId, index): Issue[] =>
    known.has(projectId)
      ? []
      : [{ path: `projects[${index}]`, message: `of the token names no project: ${projectId}` }],
  )
}

/** When the attempt must have ended, in ms since the epoch. */
function deadlineOf(
  { jobTypes }: Pick<RemoteDeps, 'jobTypes'>,
  job: Pick<HeldJob, 'type' | 'startedAt'>,
): number {
  return job.startedAt.getTime() + (jobTypes.get(job.type)?.timeoutMs ?? DEFAULT_TIMEOUT_MS)
}

/** Finds the job of an attempt among those that are held. */
function heldBy(held: readonly HeldJob[]): (key: AttemptKey) => HeldJob | undefined {
  const byId = new Map(held.map((job) => [job.jobId, job]))
  return ({ jobId, attempt }) => {
    const job = byId.get(jobId)
    return job?.attempt === attempt ? job : undefined
  }
}

function isStart(
  job: { readonly startedAt: Date },
  { startedAt }: Pick<RemoteOutcome, 'startedAt'>,
): boolean {
  return job.startedAt.getTime() === Date.parse(startedAt)
}

function handedBack(job: HeldJob): Ending {
  return { job, outcome: { kind: 'returned', jobId: job.jobId, start: job.start } }
}

/** Notes that the worker lives. Gives what it holds, after the attempts have ended whose time is long over. */
async function tend(
  deps: RemoteDeps,
  worker: RemoteWorker,
): Promise<{ readonly alive: boolean; readonly held: readonly HeldJob[] }> {
  const { workers, remoteWorkers } = deps.transactions.stores
  const { workerId, leaseMs } = worker
  const now = deps.clock.now().getTime()
  const { alive } = await workers.beat({ workerId, leaseUntil: new Date(now + leaseMs) })
  if (!alive) return { alive, held: [] }
  const held = await remoteWorkers.listHeld(workerId)
  const isOver = (job: HeldJob): boolean => deadlineOf(deps, job) + GRACE_MS < now
  const over = held.filter(isOver)
  if (over.length === 0) return { alive, held }
  await end(
    deps,
    worker,
    over.map((job) => timedOut(deps, job)),
  )
  return { alive, held: held.filter((job) => !isOver(job)) }
}

function timedOut(deps: RemoteDeps, job: HeldJob): Ending {
  const message = `The attempt took longer than ${deadlineOf(deps, job) - job.startedAt.getTime()} ms`
  const error = { code: 'timeout', message, retryable: true }
  return { job, outcome: failing(deps, job, { error }) }
}

/** The job to be claimed, as soon as there is one. */
async function claimed(
  deps: RemoteDeps,
  worker: RemoteWorker,
  grant: WorkerGrant,
  { max, waitMs, signal }: { readonly max: number; readonly waitMs: number; readonly signal: AbortSignal },
): Promise<readonly ClaimedJob[]> {
  const { clock, closing, jobTypes, metrics, watch } = deps
  const { workers, remoteWorkers } = deps.transactions.stores
  const { workerId, leaseMs, concurrency } = worker
  const lost = new LeaseLostError('The worker was declared dead or has ended: open another one')
  const types = worker.types.filter((type) => grant.types.includes(type) && jobTypes.has(type))
  const askedAt = elapsedMs(clock)
  let { alive, held } = await tend(deps, worker)
  if (!alive) throw lost
  let seenAt = askedAt
  let wake = new AbortController()
  const deafen = waitMs > 0 ? await deps.listen(() => wake.abort()) : undefined
  try {
    for (;;) {
      wake = new AbortController()
      const now = clock.now()
      const limit = Math.min(max, concurrency - held.length)
      const { jobs, opensAt } =
        limit < 1
          ? { jobs: [], opensAt: null }
          : await workers.take({ types, projects: grant.projects, limit, workerId, now, uncounted: [] })
      if (jobs.length > 0) {
        const begun = jobs.map((job) => ({ ...job, startedAt: now, cancelling: false }))
        if (signal.aborted) {
          await end(deps, worker, begun.map(handedBack))
          return []
        }
        watch.began(jobs)
        metrics.count('muster_jobs_handed_over_total', jobs.length)
        // At its first start nothing was left to a job.
        const again = begun.filter(({ start }) => start > 1).map(({ jobId }) => jobId)
        const lives = again.length === 0 ? undefined : await deps.desk.lives(again)
        return begun.map((job) => claimedJob(deps, job, lives?.get(job.jobId)))
      }
      const leftMs = waitMs - (elapsedMs(clock) - askedAt)
      if (leftMs <= 0 || signal.aborted || closing.aborted) return []
      const opensMs = opensAt === null ? POLL_MS : Math.max(0, opensAt.getTime() - now.getTime())
      await clock.wait(Math.min(leftMs, POLL_MS, opensMs), AbortSignal.any([wake.signal, signal, closing]))
      if (limit >= 1 && elapsedMs(clock) - seenAt < WAITING_SHARE * leaseMs) continue
      seenAt = elapsedMs(clock)
      held = await remoteWorkers.listHeld(workerId)
      // While it holds jobs, only its own word counts: a connection may stand open for long after its other end has gone.
      if (held.length > 0) continue
      const leaseUntil = new Date(clock.now().getTime() + leaseMs)
      alive = (await workers.beat({ workerId, leaseUntil })).alive
      if (!alive) throw lost
    }
  } finally {
    await deafen?.()
  }
}

function claimedJob(
  deps: RemoteDeps,
  job: ActiveJob & Pick<HeldJob, 'startedAt'>,
  life: JobLife | undefined,
): ClaimedJob {
  const { jobId, projectId, runId, taskId, type, payload, model, scenarioId, repeat, attempt, startedAt } =
    job
  const deadline = new Date(deadlineOf(deps, job))
  return {
    jobId,
    projectId,
    runId,
    taskId,
    type,
    payload,
    model,
    scenarioId,
    repeat,
    attempt,
    startedAt,
    deadline,
    ...(life && life.asks.length > 0 && { answers: answersOf(life.asks) }),
    ...(life && Object.keys(life.kept).length > 0 && { kept: life.kept }),
  }
}

function answersOf(asks: readonly JobAsk[]): ClaimedJob['answers'] {
  return Object.fromEntries(
    asks.flatMap(({ name, state, answer, by, taskId, digest }) =>
      state === 'open' ? [] : [[name, { state, answer, by, taskId, digest }]],
    ),
  )
}

/** The lives of those jobs whose outcomes ask or keep something. */
async function livesOf(
  { desk }: RemoteDeps,
  outcomes: readonly RemoteOutcome[],
): Promise<ReadonlyMap<JobId, JobLife>> {
  const asking = outcomes.filter(({ ask, keep }) => ask !== undefined || keep !== undefined)
  return asking.length === 0 ? new Map() : desk.lives(asking.map(({ jobId }) => jobId))
}

/** The calls of those jobs that the worker holds, or has held, as far as the token lets it do them. */
async function usedCalls(
  { transactions: { stores } }: RemoteDeps,
  { workerId, types }: RemoteWorker,
  { projects }: WorkerGrant,
  held: readonly HeldJob[],
  given: readonly (AttemptKey & Pick<RemoteOutcome, 'usage'>)[],
  pathOf: (index: number) => string,
): Promise<readonly UsedCalls[]> {
  const using = given.flatMap(({ usage, ...key }, index) =>
    usage && usage.length > 0 ? [{ ...key, usage, path: pathOf(index) }] : [],
  )
  if (using.length === 0) return []
  const jobs = new Map<JobId, Pick<WorkedOn, 'jobId' | 'projectId' | 'runId' | 'model'>>(
    held.map((job) => [job.jobId, job]),
  )
  const others = using.filter(({ jobId }) => !jobs.has(jobId))
  if (others.length > 0) {
    for (const job of await stores.remoteWorkers.findWorkedOn(workerId, others))
      if (types.includes(job.type) && projects.includes(job.projectId)) jobs.set(job.jobId, job)
  }
  return using.flatMap(({ jobId, usage, path }): UsedCalls[] => {
    const job = jobs.get(jobId)
    return job ? [{ job, usage, path }] : []
  })
}

/** The calls as they count, and of each job whose calls cannot be counted why. */
function countable(used: readonly UsedCalls[]): {
  readonly calls: ReturnType<typeof countedCalls>
  readonly faults: ReadonlyMap<JobId, readonly Issue[]>
} {
  const faults = new Map<JobId, readonly Issue[]>()
  const calls = used.flatMap((one) => {
    try {
      return countedCalls([one])
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      faults.set(one.job.jobId, error.issues)
      return []
    }
  })
  return { calls, faults }
}

function count(
  deps: RemoteDeps,
  { workerId }: RemoteWorker,
  report: number,
  calls: ReturnType<typeof countedCalls>,
): Promise<boolean> {
  return recordUsage(deps, workerId, report, calls)
}

/** Tells the keys of jobs what these have spent, and that those are over that have ended. */
async function tellHolds(
  { transactions, clock, nudge }: RemoteDeps,
  { workerId }: RemoteWorker,
  held: readonly HeldJob[],
  spent: readonly {
    readonly job: Pick<HeldJob, 'jobId'> & { readonly limitSet?: number | null }
    readonly usage: RemoteOutcome['usage']
    readonly ended: boolean
  }[],
): Promise<void> {
  const setOf = new Map(held.map(({ jobId, limitSet }) => [jobId, limitSet]))
  const keyed = spent.flatMap(({ job, usage, ended }) => {
    const limitSet = job.limitSet ?? setOf.get(job.jobId) ?? null
    return limitSet === null ? [] : [{ limitSet, usage, ended }]
  })
  if (keyed.length === 0) return
  const uncounted = keyed.flatMap(({ limitSet, usage, ended }) =>
    usage ? [{ limitSet, jobs: ended ? 1 : 0, units: unitsOfCalls(usage) }] : [],
  )
  const now = clock.now()
  await transactions.stores.workers.take({ types: [], limit: 0, workerId, now, uncounted })
  nudge()
}

/** How the attempt ends by what its worker says. */
async function endingOf(
  deps: RemoteDeps,
  job: HeldJob,
  { result, error, ask, keep }: RemoteOutcome,
  { asks, kept }: JobLife = { asks: [], kept: {} },
): Promise<Ending> {
  const { jobId, start } = job
  if (result === undefined && job.cancelling) return { job, outcome: { kind: 'cancelled', jobId, start } }
  const unkept = keep && unkeepable(keep, kept)
  if (unkept) return refusing(deps, job, unkept)
  if (ask) {
    const planned = await plannedAsks(deps.desk, job, ask, asks)
    return 'refusal' in planned
      ? refusing(deps, job, planned, keep)
      : { job, outcome: { kind: 'asleep', jobId, start, asks: planned.asks, kept: keep } }
  }
  if (error) {
    const outcome = failing(deps, job, classifyTold(error, deps.clock.now()))
    return { job, outcome: keep ? { ...outcome, kept: keep } : outcome }
  }
  const given = result ?? null
  const type = deps.jobTypes.get(job.type)
  const errors = [...sizeIssues(given), ...(type ? await resultIssues(type, given) : [])]
  return errors.length === 0
    ? { job, outcome: { kind: 'completed', jobId, start, result: given, progress: 100 } }
    : { job, outcome: failing(deps, job, { error: invalidResult(errors) }), errors }
}

/** The attempt fails for good: its outcome is none that there can be, and would not be another time. */
function notTaken(deps: RemoteDeps, job: HeldJob, errors: readonly Issue[]): Ending {
  const { jobId, start } = job
  if (job.cancelling) return { job, outcome: { kind: 'cancelled', jobId, start }, errors }
  const error = invalidResult(errors)
  const isOfResult = errors.every(({ path }) => /^result\b/.test(path))
  const told = isOfResult ? error : { ...error, code: 'invalid_outcome' }
  return { job, outcome: failing(deps, job, { error: told }), errors }
}

/** The attempt fails as if its handler had thrown the refusal. */
function refusing(
  deps: RemoteDeps,
  job: HeldJob,
  { refusal, errors }: Refusal,
  kept?: RemoteOutcome['keep'],
): Ending {
  const outcome = failing(deps, job, classify(refusal, deps.clock.now()))
  return { job, outcome: { ...outcome, kept }, errors }
}

function failing(
  { jobTypes, random, clock, failures }: RemoteDeps,
  job: HeldJob,
  failure: Parameters<typeof failedOutcome>[1],
): Outcome {
  const now = clock.now()
  const { retry } = jobTypes.get(job.type) ?? {}
  const { outcome, ...how } = failedOutcome(job, failure, { retry, random, now })
  const durationMs = now.getTime() - job.startedAt.getTime()
  failures.failed({ job, error: failure.error, durationMs, ...how })
  return outcome
}

/** Records how attempts ended, and gives those that were recorded by this call. */
async function end(
  deps: RemoteDeps,
  worker: RemoteWorker,
  endings: readonly Ending[],
): Promise<ReadonlyMap<JobId, Ending>> {
  if (endings.length === 0) return new Map()
  const { transactions, desk, clock, watch } = deps
  const settle = settlingOf({ workers: transactions.stores.workers, desk })
  const outcomes = endings.map(({ outcome }) => outcome)
  let recorded: readonly JobId[]
  try {
    recorded = (await settle({ outcomes, workerId: worker.workerId, now: clock.now() })).recorded
  } catch (error) {
    if (!(error instanceof UnstorableError)) throw error
    const [only] = endings
    if (only === undefined || (endings.length === 1 && only.outcome.kind === 'failed')) throw error
    if (endings.length === 1) return end(deps, worker, [unstorable(only)])
    // One of them is what the store refuses: the others are not to wait for it.
    const parts = []
    for (const ending of endings) parts.push(...(await end(deps, worker, [ending])))
    return new Map(parts)
  }
  const ids = new Set(recorded)
  countOutcomes(deps, endings, recorded.length)
  const done = endings.filter(({ job }) => ids.has(job.jobId))
  watch.settled(done)
  await release(deps, done)
  return new Map(done.map((ending) => [ending.job.jobId, ending]))
}

/** Attempts under budgets have ended: what they used was counted before, and takes the place of what they reserved. */
async function release({ usage, ids, nudge }: RemoteDeps, endings: readonly Ending[]): Promise<void> {
  const ended = endings
    .filter(({ job }) => job.reserves)
    .map(({ job: { jobId, start } }) => ({ jobId, start, costMicros: null }))
  if (ended.length === 0) return
  const reporterId = ids.next()
  for (;;) {
    const { version } = await usage.findPrices([])
    const report = { reporterId, report: 1, pricesVersion: version, groups: [], jobs: [], ended }
    if ((await usage.record(report)) !== 'stale') break
  }
  nudge()
}

/** Its job fails, since the store refuses this very result. */
function unstorable({ job }: Ending): Ending {
  const { jobId, start } = job
  const errors = [{ path: 'result', message: 'is refused by the store' }]
  return { job, outcome: { kind: 'failed', jobId, start, error: NOT_RECORDABLE }, errors }
}

/** The fate of each outcome, in the order given. */
async function statuses(
  { transactions }: RemoteDeps,
  { workerId }: RemoteWorker,
  outcomes: readonly (AttemptKey & Pick<RemoteOutcome, 'startedAt'>)[],
  recorded: ReadonlyMap<JobId, Ending>,
  faults: ReadonlyMap<JobId, readonly Issue[]>,
): Promise<readonly SettledOutcome[]> {
  const told = new Set<JobId>()
  const first = outcomes.map(({ jobId, ...rest }) => {
    const ending = told.has(jobId) ? undefined : recorded.get(jobId)
    const isIt = ending !== undefined && isStart(ending.job, rest) && ending.job.attempt === rest.attempt
    if (isIt) told.add(jobId)
    return isIt ? ending : undefined
  })
  const others = outcomes.filter((_, index) => first[index] === undefined)
  const worked =
    others.length === 0 ? [] : await transactions.stores.remoteWorkers.findWorkedOn(workerId, others)
  const before = new Map(worked.map((job) => [job.jobId, job.recorded]))
  return outcomes.map((outcome, index): SettledOutcome => {
    const { jobId, attempt } = outcome
    const ending = first[index]
    if (ending)
      return ending.errors
        ? { jobId, status: 'refused', errors: ending.errors }
        : { jobId, status: 'recorded' }
    const isRepeat = before.get(jobId)?.some((one) => one.attempt === attempt && isStart(one, outcome))
    const errors = faults.get(jobId)
    return { jobId, status: isRepeat ? 'repeated' : 'lost', ...(errors && { errors }) }
  })
}
