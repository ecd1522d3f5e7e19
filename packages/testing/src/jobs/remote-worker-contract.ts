import { type JobId, type JobType, type Json, jobType, type ProjectId, ValidationError } from '@muster/core'
import { askDesk, MAX_KEPT_BYTES, MOST_OPEN_ASKS } from '@muster/core/asks'
import { OPEN } from '@muster/core/limits'
import type { WorkerId } from '@muster/core/ports'
import {
  type ClaimedJob,
  FailureLog,
  type RemoteOutcome,
  type RemoteWorkerUseCases,
  remoteJobType,
  remoteWorkerUseCases,
  WORKERS_KEPT_MS,
  type WorkerGrant,
} from '@muster/core/remote'
import { usageSink } from '@muster/core/usage'
import { describe, expect, vi, it as vitestIt } from 'vitest'
import { z } from 'zod'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { ASKING, AskWorld } from './ask-world.ts'
import { casesOn, type JobWorld, present } from './job-world.ts'

const REMOTE = 'remote'
/** The longest that an attempt at a {@link REMOTE} job may take. */
const TIMEOUT_MS = 60_000
const LEASE_MS = 6_000

const TYPES: readonly JobType[] = [
  remoteJobType({
    name: REMOTE,
    payload: z.unknown(),
    result: z.strictObject({ score: z.number() }),
    timeoutMs: TIMEOUT_MS,
    retry: { baseMs: 0 },
  }),
  jobType({ name: 'analyze', payload: z.unknown(), handler: () => null }),
]

const quiet = (): undefined => undefined
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet }

type Ending = Pick<RemoteOutcome, 'result' | 'error' | 'ask' | 'keep' | 'usage'>

/** One process of several that answer workers. */
interface Server {
  readonly calls: RemoteWorkerUseCases
  /** Wakes what waits here. */
  readonly wake: () => void
}

function server(
  { persistence, clock, ids }: Pick<JobWorld, 'persistence' | 'clock' | 'ids'>,
  types: readonly JobType[] = TYPES,
): Server {
  const wakes = new Set<() => void>()
  const wake = (): void => {
    for (const one of wakes) one()
  }
  const deps = { transactions: persistence, clock, ids, logger: silent }
  const random = new SeededRandom(7)
  const jobTypes = new Map(types.map((type) => [type.name, type]))
  const calls = remoteWorkerUseCases({
    ...deps,
    jobTypes,
    usage: usageSink(deps),
    desk: askDesk({ ...deps, jobTypes, random, nudge: wake }),
    watch: { began: quiet, settled: quiet, stepped: quiet },
    failures: new FailureLog({ clock, logger: silent }),
    random,
    metrics: { count: quiet, gauge: quiet, observe: quiet },
    nudge: wake,
    closing: new AbortController().signal,
    listen: async (listener) => {
      wakes.add(listener)
      return async () => void wakes.delete(listener)
    },
  })
  return { calls, wake }
}

/** A worker over HTTP, which may turn to any of the servers. */
class Remote {
  readonly workerId: WorkerId
  readonly grant: WorkerGrant

  static async open(
    { calls }: Server,
    projects: readonly ProjectId[],
    { types = [REMOTE], concurrency = 100 } = {},
  ): Promise<Remote> {
    const grant = { subject: 'somebody', types, projects }
    const opened = await calls.open({ name: 'one', types, concurrency }, grant)
    expect(opened).toMatchObject({ leaseSeconds: 6, heartbeatSeconds: 2 })
    return new Remote(opened.workerId, grant)
  }

  private constructor(workerId: WorkerId, grant: WorkerGrant) {
    this.workerId = workerId
    this.grant = grant
  }

  /** As many as come: a single claim may give fewer than there are. */
  async claim({ calls }: Server, max = 100): Promise<ClaimedJob[]> {
    const claimed: ClaimedJob[] = []
    for (;;) {
      const { jobs } = await calls.claim(this.workerId, { max: max - claimed.length }, this.grant)
      claimed.push(...jobs)
      if (jobs.length === 0 || claimed.length === max) return claimed
    }
  }

  async settle(
    { calls }: Server,
    jobs: readonly ClaimedJob[],
    ending: Ending = { result: { score: 1 } },
    report?: number,
  ): Promise<string[]> {
    const outcomes = jobs.map((job) => ({ ...fenceOf(job), ...ending }))
    const settled = await calls.settle(this.workerId, { outcomes, report }, this.grant)
    expect(settled.outcomes.map(({ jobId }) => jobId)).toEqual(jobs.map(({ jobId }) => jobId))
    return settled.outcomes.map(({ status }) => status)
  }

  async beat({ calls }: Server, jobs?: readonly Pick<ClaimedJob, 'jobId' | 'attempt'>[]) {
    const named = jobs?.map(({ jobId, attempt }) => ({ jobId, attempt }))
    return calls.heartbeat(this.workerId, { jobs: named }, this.grant)
  }
}

/** A worker over HTTP in a world of questions, and a job that waits for it. */
async function askingRemote(world: AskWorld) {
  return { ...(await openAsking(world)), jobId: await world.add() }
}

async function openAsking(world: AskWorld) {
  const { transactions: persistence, clock, deps, projectId } = world.engine
  const type = remoteJobType({ name: ASKING, payload: z.unknown(), retry: { baseMs: 0 } })
  const at = server({ persistence, clock, ids: deps.ids as JobWorld['ids'] }, [type])
  const remote = await Remote.open(at, [projectId], { types: [ASKING] })
  const claim = async (): Promise<ClaimedJob> => first(await remote.claim(at))
  const settle = async (job: ClaimedJob, ending: Ending) => {
    const outcomes = [{ ...fenceOf(job), ...ending }]
    return present((await at.calls.settle(remote.workerId, { outcomes }, remote.grant)).outcomes[0])
  }
  return { at, remote, claim, settle }
}

/** Another worker, with the job that it has claimed. */
async function askingAgain(world: AskWorld) {
  const { claim, settle } = await openAsking(world)
  const job = await claim()
  return { job, settle: (ending: Ending) => settle(job, ending) }
}

/** What an outcome says of its attempt. */
function fenceOf({
  jobId,
  attempt,
  startedAt,
}: ClaimedJob): Pick<RemoteOutcome, 'jobId' | 'attempt' | 'startedAt'> {
  return { jobId, attempt, startedAt: startedAt.toISOString() }
}

const idsOf = (jobs: readonly { readonly jobId: JobId }[]): JobId[] => jobs.map(({ jobId }) => jobId)
const first = (jobs: readonly ClaimedJob[]): ClaimedJob => present(jobs[0])

/** A clock on which a worker lives on, beat by beat. */
async function passWithBeats(
  world: JobWorld,
  at: Server,
  remote: Remote,
  ms: number,
  jobs: readonly ClaimedJob[],
): Promise<void> {
  for (let left = ms; left > 0; left -= 2_000) {
    await world.clock.advance(Math.min(left, 2_000))
    if (left > 2_000) await remote.beat(at, jobs)
  }
}

/** Every promise of `RemoteWorkerStore`, and workers over HTTP on two servers of one database, on whatever `open` opens: empty each time. */
export function remoteWorkerContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a RemoteWorkerStore`, () => {
    const it = casesOn(open)

    it('gives jobs of the types and projects of the token alone, and no more than the worker may hold', async (world) => {
      const [projectId, other] = [await world.project(), await world.project()]
      const at = server(world)
      await world.loose(other, 2, { type: REMOTE })
      await world.loose(projectId, 1, { type: 'analyze' })
      const three = await world.loose(projectId, 3, { type: REMOTE })
      const run = await world.run(projectId, { type: REMOTE, scenarios: 2, models: ['m1'] })
      const remote = await Remote.open(at, [projectId], { concurrency: 4 })
      const began = world.clock.now()
      const jobs = await remote.claim(at, 2)
      expect(jobs).toHaveLength(2)
      jobs.push(...(await remote.claim(at)))
      expect(jobs).toHaveLength(4)
      expect(await remote.claim(at)).toEqual([])
      await remote.settle(at, jobs)
      jobs.push(...(await remote.claim(at)))
      expect(new Set(idsOf(jobs))).toEqual(new Set([...three, ...idsOf(await world.jobsOf(run.runId))]))
      expect(jobs.find(({ runId }) => runId === run.runId)).toMatchObject({
        projectId,
        type: REMOTE,
        model: 'm1',
        scenarioId: 's1',
        repeat: 1,
        payload: { n: 1 },
        attempt: 1,
        startedAt: began,
        deadline: new Date(began.getTime() + TIMEOUT_MS),
      })
      const wide = { ...remote.grant, types: ['analyze'] }
      expect((await at.calls.claim(remote.workerId, { max: 9 }, wide)).jobs).toEqual([])
    })

    it('opens no worker for types that the token does not name, or that nobody registered', async (world) => {
      const at = server(world)
      const grant = { subject: 's', types: [REMOTE, 'remot'], projects: [] }
      const opening = at.calls.open({ name: 'w', types: ['analyze', REMOTE, 'remot'], concurrency: 1 }, grant)
      await expect(opening).rejects.toMatchObject({
        issues: [
          { path: 'types[0]', message: 'is none that the token names' },
          { path: 'types[2]', message: 'is not registered: did you mean remote?' },
        ],
      })
    })

    it('opens no worker for projects that are not there', async (world) => {
      const at = server(world)
      const [projectId, none, other] = [await world.project(), world.ids.next(), world.ids.next()]
      const projects = [none, projectId, other] as ProjectId[]
      const opening = at.calls.open(
        { name: 'w', types: [REMOTE], concurrency: 1 },
        { subject: 's', types: [REMOTE], projects },
      )
      await expect(opening).rejects.toMatchObject({
        issues: [
          { path: 'projects[0]', message: `of the token names no project: ${none}` },
          { path: 'projects[2]', message: `of the token names no project: ${other}` },
        ],
      })
    })

    it('is not there for the token of another', async (world) => {
      const at = server(world)
      const remote = await Remote.open(at, [])
      const other = { ...remote.grant, subject: 'another' }
      const { calls } = at
      for (const call of [
        () => calls.claim(remote.workerId, { max: 1 }, other),
        () => calls.heartbeat(remote.workerId, {}, other),
        () => calls.handBack(remote.workerId, [world.ids.next() as JobId], other),
        () => calls.close(remote.workerId, other),
        () => calls.claim(world.ids.next() as WorkerId, { max: 1 }, remote.grant),
      ])
        await expect(call()).rejects.toMatchObject({ code: 'not_found' })
    })

    it('settles at one server what another gave out, and answers a repeat as one', async (world) => {
      const projectId = await world.project()
      const [here, there] = [server(world), server(world)]
      await world.loose(projectId, 4, { type: REMOTE })
      const remote = await Remote.open(here, [projectId])
      const [done, again, failed, waiting] = await remote.claim(there)
      const of = (job: ClaimedJob | undefined): ClaimedJob[] => [present(job)]
      const error = { code: 'broken', message: 'It broke on Ærø' }
      const ends = async (at: Server): Promise<string[][]> => [
        await remote.settle(at, of(done)),
        await remote.settle(at, of(again), { error }),
        await remote.settle(at, of(failed), { error: { ...error, retryable: false } }),
        await remote.settle(at, of(waiting), {
          error: { code: 'http_429', message: 'slow', retryAfterSeconds: 60 },
        }),
      ]
      expect(await ends(here)).toEqual(Array.from({ length: 4 }, () => ['recorded']))
      expect(await ends(there)).toEqual(Array.from({ length: 4 }, () => ['repeated']))
      expect(await world.job(present(done).jobId)).toMatchObject({ state: 'completed', result: { score: 1 } })
      expect(await world.job(present(failed).jobId)).toMatchObject({
        state: 'failed',
        error: { ...error, retryable: false },
      })
      expect(await world.job(present(again).jobId)).toMatchObject({ state: 'pending', attempt: 1, error })
      expect(await world.job(present(waiting).jobId)).toMatchObject({
        state: 'pending',
        attempt: 0,
        error: { code: 'http_429' },
      })
      await world.wake()
      const [second] = await remote.claim(here)
      expect(second).toMatchObject({ jobId: present(again).jobId, attempt: 2 })
      expect(await remote.settle(there, of(again), { error })).toEqual(['repeated'])
      await remote.settle(there, of(second))
      await here.calls.close(remote.workerId, remote.grant)
      expect(await remote.settle(there, of(done))).toEqual(['repeated'])
      expect(await remote.settle(there, of(second))).toEqual(['repeated'])
    })

    it('tells a start from another with the same attempt number', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      await world.loose(projectId, 1, { type: REMOTE })
      const remote = await Remote.open(at, [projectId])
      const before = await remote.claim(at)
      const { outcomes } = await at.calls.handBack(remote.workerId, idsOf(before), remote.grant)
      expect(outcomes).toEqual([{ jobId: first(before).jobId, status: 'recorded' }])
      await world.clock.advance(1)
      const after = await remote.claim(at)
      expect(first(after)).toMatchObject({ jobId: first(before).jobId, attempt: 1 })
      expect(await remote.settle(at, before)).toEqual(['lost'])
      expect(await remote.settle(at, [...after, ...after])).toEqual(['recorded', 'repeated'])
      const again = await at.calls.handBack(remote.workerId, idsOf(before), remote.grant)
      expect(again.outcomes).toEqual([{ jobId: first(before).jobId, status: 'lost' }])
    })

    it('gives the jobs of a worker that misses three heartbeats to others, and takes nothing of it any later', async (world) => {
      const projectId = await world.project()
      const [here, there] = [server(world), server(world)]
      await world.loose(projectId, 2, { type: REMOTE })
      const dead = await Remote.open(here, [projectId])
      const jobs = await dead.claim(here)
      await world.clock.advance(LEASE_MS)
      expect(await world.reap()).toBe(0)
      await world.clock.advance(1)
      expect(await world.reap()).toBe(2)
      const other = await Remote.open(there, [projectId])
      const taken = await other.claim(there)
      expect(idsOf(taken).sort()).toEqual(idsOf(jobs).sort())
      expect(first(taken).attempt).toBe(1)
      expect(await dead.settle(there, jobs)).toEqual(['lost', 'lost'])
      expect(await dead.beat(here, jobs)).toEqual({ cancel: [], lost: idsOf(jobs) })
      await expect(dead.claim(here)).rejects.toMatchObject({ code: 'lease_lost' })
      expect(await other.settle(here, taken)).toEqual(['recorded', 'recorded'])
    })

    it('keeps a worker alive by each of its calls, one that cannot be read among them', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      await world.loose(projectId, 2, { type: REMOTE })
      const remote = await Remote.open(at, [projectId])
      const jobs: ClaimedJob[] = []
      for (const call of [
        async () => jobs.push(...(await remote.claim(at, 1))),
        async () => jobs.push(...(await remote.claim(at, 1))),
        () => remote.beat(at, jobs),
        async () => {
          const beat = at.calls.heartbeat(remote.workerId, { report: 0 }, remote.grant)
          await expect(beat).rejects.toThrow(ValidationError)
        },
        () => remote.settle(at, jobs.slice(0, 1)),
        () => at.calls.handBack(remote.workerId, idsOf(jobs.slice(1)), remote.grant),
        () => remote.claim(at, 1),
      ]) {
        await world.clock.advance(LEASE_MS - 1)
        expect(await world.reap()).toBe(0)
        await call()
      }
      expect(jobs).toHaveLength(2)
    })

    it('tells with the heartbeat which jobs to stop, and records what then ends badly as cancelled', async (world) => {
      const projectId = await world.project()
      const [here, there] = [server(world), server(world)]
      const run = await world.run(projectId, { type: REMOTE, scenarios: 2 })
      await world.loose(projectId, 2, { type: REMOTE })
      const remote = await Remote.open(here, [projectId])
      const jobs = await remote.claim(here)
      expect(await remote.beat(there, jobs)).toEqual({ cancel: [], lost: [] })
      await world.cancelRun(run.runId)
      const ofRun = jobs.filter(({ runId }) => runId !== null)
      const loose = present(jobs.find(({ runId }) => runId === null))
      await world.requestCancel(loose.jobId)
      const { cancel } = await remote.beat(there, jobs)
      expect(new Set(cancel)).toEqual(new Set([...idsOf(ofRun), loose.jobId]))
      const error = { code: 'aborted', message: 'told to stop', retryable: false }
      expect(await remote.settle(there, [loose, ...ofRun.slice(1)], { error })).toEqual([
        'recorded',
        'recorded',
      ])
      // What is done all the same counts.
      expect(await remote.settle(there, ofRun.slice(0, 1))).toEqual(['recorded'])
      const states = (await world.jobsOf(run.runId)).map(({ state }) => state)
      expect(states.sort()).toEqual(['cancelled', 'completed'])
      expect((await world.job(loose.jobId)).state).toBe('cancelled')
      expect(await remote.settle(here, [loose], { error })).toEqual(['repeated'])
    })

    it('keeps the steps of jobs that the worker holds', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      await world.loose(projectId, 2, { type: REMOTE })
      const remote = await Remote.open(at, [projectId])
      const [one, two] = await remote.claim(at)
      const step = { name: 'read', index: 2, total: 4 }
      const { jobId, attempt } = present(one)
      await at.calls.heartbeat(
        remote.workerId,
        {
          jobs: [
            { jobId, attempt, step },
            { jobId: present(two).jobId, attempt: 9, step },
          ],
        },
        remote.grant,
      )
      expect(await world.job(jobId)).toMatchObject({ step, progress: 25 })
      expect(await world.job(present(two).jobId)).toMatchObject({ step: null })
    })

    it('refuses a result that the type does not give, with its path, and ends the job', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      await world.loose(projectId, 3, { type: REMOTE })
      const remote = await Remote.open(at, [projectId])
      const [wrong, large, fine] = (await remote.claim(at)).map(fenceOf)
      const outcomes = [
        { ...present(wrong), result: { score: 'high' } },
        { ...present(large), result: 'x'.repeat(1_048_577) },
        { ...present(fine), result: { score: 0 } },
      ]
      const settled = await at.calls.settle(remote.workerId, { outcomes }, remote.grant)
      expect(settled.outcomes).toMatchObject([
        { status: 'refused', errors: [{ path: 'result.score' }] },
        { status: 'refused', errors: [{ path: 'result' }, { path: 'result' }] },
        { status: 'recorded' },
      ])
      expect(await world.job(present(wrong).jobId)).toMatchObject({
        state: 'failed',
        error: { code: 'invalid_result', retryable: false },
      })
      const again = await at.calls.settle(remote.workerId, { outcomes }, remote.grant)
      expect(again.outcomes.map(({ status }) => status)).toEqual(['repeated', 'repeated', 'repeated'])
    })

    it('asks for the end of a job at its deadline, and ends it as a time-out soon after', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      const jobId = await world.looseOne(projectId, { type: REMOTE, maxAttempts: 1 })
      const remote = await Remote.open(at, [projectId])
      const jobs = await remote.claim(at)
      await passWithBeats(world, at, remote, TIMEOUT_MS - 1, jobs)
      expect(await remote.beat(at, jobs)).toEqual({ cancel: [], lost: [] })
      await world.clock.advance(1)
      expect(await remote.beat(at, jobs)).toEqual({ cancel: [jobId], lost: [] })
      await world.clock.advance(5_001)
      expect(await remote.beat(at, jobs)).toEqual({ cancel: [], lost: [jobId] })
      const message = `The attempt took longer than ${TIMEOUT_MS} ms`
      expect(await world.job(jobId)).toMatchObject({ state: 'failed', error: { code: 'timeout', message } })
    })

    it('puts back in line what a lost answer gave, once heartbeats do not name it', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      await world.loose(projectId, 2, { type: REMOTE })
      const remote = await Remote.open(at, [projectId])
      const unheard = await remote.claim(at, 1)
      const heard = await remote.claim(at, 1)
      await passWithBeats(world, at, remote, LEASE_MS, heard)
      await remote.beat(at, heard)
      expect(await world.line(projectId)).toEqual([])
      await world.clock.advance(1)
      expect(await remote.beat(at, heard)).toEqual({ cancel: [], lost: [] })
      expect(await world.line(projectId)).toEqual(idsOf(unheard))
      await passWithBeats(world, at, remote, LEASE_MS, heard)
      await remote.beat(at)
      expect(await remote.settle(at, heard)).toEqual(['recorded'])
    })

    it('counts usage once by the number of its report, also of what is lost', async (world) => {
      const projectId = await world.project()
      const [here, there] = [server(world), server(world)]
      const run = await world.run(projectId, { type: REMOTE, scenarios: 2, models: ['m1'] })
      const remote = await Remote.open(here, [projectId])
      const [one, two] = await remote.claim(here)
      const usage = [{ input: 10, output: 5, costMicros: 7 }]
      const beat = {
        report: 1,
        jobs: [{ ...present(one), usage }].map(({ jobId, attempt }) => ({ jobId, attempt, usage })),
      }
      await here.calls.heartbeat(remote.workerId, beat, remote.grant)
      await there.calls.heartbeat(remote.workerId, beat, remote.grant)
      const sum = async () => (await world.stores.usage.sum({ runId: run.runId }, 'model', 9)).total
      expect(await sum()).toMatchObject({ calls: 1, input: 10, output: 5, costMicros: 7 })
      await remote.settle(there, [present(one)], { result: { score: 1 }, usage }, 2)
      await remote.settle(here, [present(one)], { result: { score: 1 }, usage }, 2)
      expect(await sum()).toMatchObject({ calls: 2, costMicros: 14 })
      expect((await world.job(present(one).jobId)).usage).toEqual({ units: 30, costMicros: 14 })
      await world.clock.advance(LEASE_MS + 1)
      await world.reap()
      const judged = [{ model: 'judge', input: 1, output: 1 }]
      expect(await remote.settle(here, [present(two)], { result: { score: 1 }, usage: judged }, 3)).toEqual([
        'lost',
      ])
      expect(await remote.settle(there, [present(two)], { result: { score: 1 }, usage: judged }, 3)).toEqual([
        'lost',
      ])
      expect(await sum()).toMatchObject({ calls: 3, unpriced: 1 })
      const wrong = { result: null, usage: [{ input: 1, output: 1, cached: 2 }] }
      const told = await here.calls.settle(
        remote.workerId,
        { report: 4, outcomes: [{ ...fenceOf(present(two)), ...wrong }] },
        remote.grant,
      )
      expect(told.outcomes).toMatchObject([{ status: 'lost', errors: [{ path: 'usage[0].cached' }] }])
      expect(await sum()).toMatchObject({ calls: 3, unpriced: 1 })
      const unnumbered = remote.settle(here, [present(two)], { result: null, usage })
      await expect(unnumbered).rejects.toMatchObject({ issues: [{ path: 'report' }] })
    })

    it('counts what it holds under keys, whichever servers it turns to, and frees it with the outcome', async (world) => {
      const projectId = await world.project()
      const [here, there] = [server(world), server(world)]
      await world.stores.limits.put('model:y', { ...OPEN, concurrency: 2 })
      const limits = { keys: ['model:y'], units: 0 }
      await world.loose(projectId, 6, { type: REMOTE, limits })
      const [one, two] = [await Remote.open(here, [projectId]), await Remote.open(there, [projectId])]
      const inUse = async () => (await world.stores.limits.find('model:y', world.clock.now()))?.state.inUse
      const jobs = await one.claim(here, 1)
      jobs.push(...(await two.claim(there)))
      expect(jobs).toHaveLength(2)
      expect(await one.claim(there)).toEqual([])
      expect(await inUse()).toBe(2)
      await one.settle(there, jobs.slice(0, 1))
      expect(await inUse()).toBe(1)
      const third = await two.claim(here)
      expect(third).toHaveLength(1)
      const error = { code: 'not_now', message: 'later', retryAfterSeconds: 30, key: 'model:y' }
      await two.settle(here, third, { error })
      expect(await inUse()).toBe(1)
      await two.settle(here, jobs.slice(1))
      expect(await one.claim(here)).toEqual([])
      await passWithBeats(world, here, one, 30_000, [])
      const woken = await one.claim(here, 1)
      expect(woken).toHaveLength(1)
      await here.calls.close(one.workerId, one.grant)
      expect(await inUse()).toBe(0)
    })

    it('spends the units that are told in place of the estimate', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      await world.stores.limits.put('model:y', { ...OPEN, unitsPerMinute: 60_000, estimate: 100 })
      const limits = { keys: ['model:y'], units: 100 }
      await world.loose(projectId, 3, { type: REMOTE, limits })
      const remote = await Remote.open(at, [projectId])
      const used = async () => (await world.stores.limits.find('model:y', world.clock.now()))?.unitsLastMinute
      const jobs = await remote.claim(at, 1)
      expect(await used()).toBe(100)
      const key = { jobId: first(jobs).jobId, attempt: 1 }
      const beat = { report: 1, jobs: [{ ...key, usage: [{ model: 'm', input: 10, output: 20 }] }] }
      await at.calls.heartbeat(remote.workerId, beat, remote.grant)
      await at.calls.heartbeat(remote.workerId, beat, remote.grant)
      expect(await used()).toBe(130)
      await remote.settle(at, jobs, { result: { score: 1 }, usage: [{ model: 'm', input: 5, output: 5 }] }, 2)
      expect(await used()).toBe(40)
    })

    it('waits for jobs, and lives meanwhile if it holds none', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      const remote = await Remote.open(at, [projectId])
      const isWaiting = () => vi.waitFor(() => expect(world.clock.waiting).toBe(1))
      const claim = at.calls.claim(remote.workerId, { max: 9, waitSeconds: 25 }, remote.grant)
      for (let ms = 0; ms < 2 * LEASE_MS; ms += 250) {
        await isWaiting()
        await world.clock.advance(250)
      }
      expect(await world.reap()).toBe(0)
      await isWaiting()
      const jobId = await world.looseOne(projectId, { type: REMOTE })
      at.wake()
      expect(idsOf((await claim).jobs)).toEqual([jobId])

      const gone = new AbortController()
      const given = at.calls.claim(remote.workerId, { max: 9, waitSeconds: 25 }, remote.grant, gone.signal)
      await isWaiting()
      gone.abort()
      expect((await given).jobs).toEqual([])
    })

    it('hands back all that a worker holds that ends', async (world) => {
      const projectId = await world.project()
      const at = server(world)
      await world.loose(projectId, 2, { type: REMOTE })
      const remote = await Remote.open(at, [projectId])
      const jobs = await remote.claim(at)
      await at.calls.close(remote.workerId, remote.grant)
      await at.calls.close(remote.workerId, remote.grant)
      expect((await world.line(projectId)).sort()).toEqual(idsOf(jobs).sort())
      expect(await remote.settle(at, jobs)).toEqual(['lost', 'lost'])
    })

    const itAsks = (says: string, play: (world: AskWorld) => Promise<void>): void =>
      vitestIt(says, async () => {
        const { world, close } = await AskWorld.open(open)
        try {
          await play(world)
        } finally {
          await close()
        }
      })

    itAsks(
      'lets a job sleep that asks, and gives its answers and what it kept with the next claim',
      async (world) => {
        const person = await world.engine.person('Ann')
        const { claim, settle, jobId, at, remote } = await askingRemote(world)
        const asking = {
          ask: { verdict: { payload: { text: 'x' } }, other: { payload: 2 } },
          keep: { draft: 'Ærø' },
        }
        const job = await claim()
        expect(job).not.toHaveProperty('answers')
        expect(job).not.toHaveProperty('kept')
        expect(await settle(job, asking)).toEqual({ jobId, status: 'recorded' })
        expect(await settle(job, asking)).toEqual({ jobId, status: 'repeated' })
        expect(await world.job(jobId)).toMatchObject({ state: 'active', asleep: true, maxAttempts: 4 })
        expect(await remote.beat(at, [job])).toEqual({ cancel: [], lost: [jobId] })
        expect((await world.openTasks()).map(({ payload }) => payload)).toEqual([{ text: 'x' }, 2])
        for (const name of ['verdict', 'other'])
          await world.answer(person, await world.taskOf(jobId, name), { name })
        expect(await world.rise()).toBe(1)
        const again = await claim()
        const by = [person.userId]
        const { asks } = await world.life(jobId)
        const answers = asks.map(({ name, taskId, digest }) => [
          name,
          { state: 'answered', answer: { name }, by, taskId, digest },
        ])
        expect(again).toMatchObject({ jobId, attempt: 2, kept: { draft: 'Ærø' } })
        expect(again.answers).toEqual(Object.fromEntries(answers))
        expect(await settle(again, { result: 'done' })).toEqual({ jobId, status: 'recorded' })
        expect(await world.job(jobId)).toMatchObject({ state: 'completed', result: 'done' })
      },
    )

    itAsks('says by which kind of end a question has no answer of people', async (world) => {
      const { claim, settle, jobId } = await askingRemote(world)
      const timed = (onTimeout: Json) => ({ payload: null, timeoutSeconds: 1, onTimeout })
      const ask = { late: timed('fail'), lent: timed({ answer: 'no' }), gone: { payload: null } }
      await settle(await claim(), { ask })
      await world.engine.tasks.cancel(await world.taskOf(jobId, 'gone'))
      await world.engine.clock.advance(1_000)
      await world.sweep()
      await world.rise()
      const { answers } = await claim()
      expect(answers).toMatchObject({
        late: { state: 'timedOut', answer: null, by: [] },
        lent: { state: 'defaulted', answer: 'no', by: [] },
        gone: { state: 'cancelled', answer: null, by: [] },
      })
    })

    itAsks(
      'keeps values with an error and with a hand-back of attempts, and drops them with a result',
      async (world) => {
        const { claim, settle, jobId } = await askingRemote(world)
        const error = { code: 'not_now', message: 'later' }
        await settle(await claim(), { error, keep: { one: 1 } })
        await world.until(async () => (await world.job(jobId)).state === 'pending')
        await world.engine.clock.advance(120_000)
        await world.engine.stores.workers.wakeDue(world.engine.clock.now(), 9)
        const second = await askingAgain(world)
        expect(second.job).toMatchObject({ attempt: 1, kept: { one: 1 } })
        expect(second.job).not.toHaveProperty('answers')
        await second.settle({ error: { code: 'broken', message: 'x', retryable: false }, keep: { two: 2 } })
        expect((await world.life(jobId)).kept).toEqual({ one: 1, two: 2 })
        await world.queue.retry(world.engine.projectId, jobId)
        const third = await askingAgain(world)
        expect(third.job.kept).toEqual({ one: 1, two: 2 })
        await third.settle({ result: null, keep: { three: 3 } })
        expect((await world.life(jobId)).kept).not.toHaveProperty('three')
      },
    )

    itAsks('refuses what cannot be asked or kept, with its path, and ends the job', async (world) => {
      const { claim, settle } = await askingRemote(world)
      const failed = async (ending: Ending) => {
        const job = await claim()
        const settled = await settle(job, ending)
        const { state, error } = await world.job(job.jobId)
        const before = await settle(job, ending)
        expect([settled.status, state, error?.retryable, before.status]).toEqual([
          'refused',
          'failed',
          false,
          'repeated',
        ])
        await world.add()
        return [error?.code, ...(settled.errors ?? []).map(({ path }) => path)]
      }
      const wish = { payload: null }
      const many = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, n) => [`q${n}`, wish]))
      expect(await failed({ ask: { v: { payload: null, form: 'none' } } })).toEqual([
        'ask_refused',
        'ask.v.form',
      ])
      expect(await failed({ ask: { v: { payload: null, odd: 1 } } })).toEqual(['ask_refused', 'ask.v.odd'])
      expect(await failed({ ask: { '': wish } })).toEqual(['ask_refused', 'ask..name'])
      expect(await failed({ ask: many(MOST_OPEN_ASKS + 1) })).toEqual(['too_many_asks', 'ask.q5'])
      const large = 'x'.repeat(MAX_KEPT_BYTES.each)
      expect(await failed({ ask: many(1), keep: { large } })).toEqual(['validation_failed', 'keep.large'])
      const quarters = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, large.slice(9)]))
      expect(await failed({ result: 1, keep: quarters })).toEqual(['validation_failed', 'keep.e'])
      expect(await failed({ ask: {} })).toEqual(['invalid_outcome', 'ask'])
      expect(await world.tasks()).toEqual([])
    })

    itAsks('refuses a question that has its answer, and another of its name', async (world) => {
      const person = await world.engine.person('Ann')
      for (const [payload, code] of [
        [1, 'ask_refused'],
        [2, 'ask_changed'],
      ] as const) {
        const { claim, settle, jobId } = await askingRemote(world)
        await settle(await claim(), { ask: { v: { payload: 1 } } })
        await world.answer(person, await world.taskOf(jobId, 'v'), 'yes')
        await world.rise()
        const settled = await settle(await claim(), { ask: { v: { payload } } })
        expect(settled).toMatchObject({ status: 'refused', errors: [{ path: 'ask.v' }] })
        expect(await world.job(jobId)).toMatchObject({ state: 'failed', error: { code } })
      }
    })

    itAsks('cancels a job that asks although it was told to stop', async (world) => {
      const { claim, settle, jobId } = await askingRemote(world)
      const job = await claim()
      await world.queue.cancel(world.engine.projectId, jobId)
      expect(await settle(job, { ask: { v: { payload: 1 } } })).toEqual({ jobId, status: 'recorded' })
      expect(await world.job(jobId)).toMatchObject({ state: 'cancelled' })
      expect(await world.tasks()).toEqual([])
    })

    it('forgets a worker a day after its end', async (world) => {
      const at = server(world)
      const remote = await Remote.open(at, [])
      const { remoteWorkers } = world.stores
      await at.calls.close(remote.workerId, remote.grant)
      await world.clock.advance(WORKERS_KEPT_MS)
      await Remote.open(at, [])
      expect(await remoteWorkers.find(remote.workerId)).toMatchObject({ name: 'one', subject: 'somebody' })
      await world.clock.advance(1)
      const living = await Remote.open(at, [])
      expect(await remoteWorkers.find(remote.workerId)).toBeUndefined()
      await world.clock.advance(2 * WORKERS_KEPT_MS)
      await Remote.open(at, [])
      expect(await remoteWorkers.find(living.workerId)).toBeDefined()
    })
  })
}
