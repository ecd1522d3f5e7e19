import type { JobId, ProjectId } from '@muster/core'
import {
  type AwaitedRun,
  type EndedChild,
  type FlowLink,
  type FlowStore,
  type FlowSweep,
  flowVerdict,
  type LinkedJob,
  type ParentCounts,
  type ParentJob,
  parentFailed,
  runFailed,
  type Waiting,
} from '@muster/core/making'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { JobMoves } from './job-moves.ts'
import { type JobRow, toldState } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import { byText, keyOf } from './order.ts'

/** Work after work in memory. Nothing arrives there: what waits no longer is in line at once. */
export class MemoryFlowStore implements FlowStore {
  readonly #tables: JobTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.jobs
  }

  async findParents(projectId: ProjectId, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, number>> {
    const known = jobIds.filter((jobId) => this.#tables.find(jobId)?.projectId === projectId)
    return new Map(known.map((jobId) => [jobId, this.#tables.flows.byParent.in(jobId).length]))
  }

  async sweep(limit: number, now: Date): Promise<FlowSweep> {
    const { flows } = this.#tables
    const moves = new JobMoves(this.#tables, now)
    const gone = new Set<JobId>()
    let moved = 0
    let started = 0
    for (; moved < limit; moved++) {
      const [end] = flows.ends.in(ALL)
      if (end === undefined) break
      flows.take(end)
      const children =
        end.state === 'look'
          ? [end.jobId]
          : flows.byParent
              .in(end.jobId)
              .filter(({ since }) => since < end.no)
              .map(({ childId }) => childId)
      const by = { open: OPEN[end.state], failed: FAILED[end.state] }
      for (const childId of children) {
        const fate = this.#count(moves, childId, by)
        if (fate === 'start') started++
        if (fate === 'fail' || fate === 'cancel') gone.add(childId)
      }
    }
    // The facts of these are told by the caller.
    moves.finish()
    return { moved, started, ended: [...gone].flatMap((jobId) => endedOf(this.#tables.demand(jobId))) }
  }

  /** Counts one end for a job that waits, and moves it if that decides. */
  #count(moves: JobMoves, childId: JobId, by: ParentCounts): 'start' | 'fail' | 'cancel' | undefined {
    const row = this.#tables.find(childId)
    if (row === undefined || row.after === null || row.parents === null) return undefined
    const parents = { open: row.parents.open + by.open, failed: row.parents.failed + by.failed }
    const decided = flowVerdict(parents, row.after)
    // Nothing is decided by an end that is over: what says so is still to come.
    const verdict = decided !== 'wait' && this.#tables.flows.isMoot(childId) ? 'wait' : decided
    const counted = this.#tables.put({ ...row, parents })
    const ended = row.state !== 'blocked'
    if (ended && (verdict === 'fail' || verdict === 'cancel' || !this.#holdsKey(row))) return undefined
    switch (verdict) {
      case 'wait':
        if (ended) moves.block(counted)
        return undefined
      case 'start':
        moves.release(ended ? moves.block(counted) : counted)
        return 'start'
      case 'cancel':
        moves.settle(counted, 'cancelled')
        return 'cancel'
      case 'fail':
        moves.settle(counted, 'failed', { error: this.#errorOf(childId) })
        return 'fail'
    }
  }

  /** Whether the job has no key, or no other has taken it meanwhile. */
  #holdsKey({ jobId, projectId, type, unique }: JobRow): boolean {
    return unique === null || this.#tables.uniques.get(keyOf(projectId, type, unique.key))?.jobId === jobId
  }

  #errorOf(childId: JobId): ReturnType<typeof parentFailed> {
    for (const { parentId } of this.#tables.flows.byChild.in(childId)) {
      const { state, type } = this.#written(parentId)
      if (state === 'failed' || state === 'cancelled') return parentFailed(parentId, type)
    }
    const awaited = this.#tables.flows.awaits.get(childId)
    if (awaited?.isMet === false) return runFailed(awaited.runId)
    throw new Error(`No job that ${childId} waits for has failed`)
  }

  /** The job as it is written: one that a cut has decided on counts once that is swept. */
  #written(jobId: JobId): JobRow {
    const row = this.#tables.jobs.get(jobId)
    if (row === undefined) throw new Error(`There is no job ${jobId}`)
    return row
  }

  async listAwaitedRuns(after: AwaitedRun | null, limit: number): Promise<readonly AwaitedRun[]> {
    const due = this.#tables.flows.openAwaits
      .in(ALL)
      .filter(({ runId }) => this.#tables.isRunEnded(runId))
      .filter((one) => after === null || (byText(one.runId, after.runId) || byText(one.when, after.when)) > 0)
    const pairs = new Map(due.map(({ runId, when }) => [keyOf(runId, when), { runId, when }]))
    return [...pairs.values()].slice(0, limit)
  }

  async meetRun({ runId, when }: AwaitedRun, isMet: boolean, limit: number): Promise<number> {
    const { flows } = this.#tables
    const rows = flows.openAwaits.in(ALL).filter((row) => row.runId === runId && row.when === when)
    for (const row of rows.slice(0, limit)) {
      flows.awaits.set(row.jobId, { ...row, isMet })
      const job = this.#tables.demand(row.jobId)
      if (job.state !== 'blocked') continue
      this.#tables.put({ ...job, parents: { open: 0, failed: isMet ? 0 : 1 } })
      flows.look(row.jobId)
    }
    return Math.min(rows.length, limit)
  }

  async mend(
    after: JobId | null,
    limit: number,
  ): Promise<{ readonly mended: readonly JobId[]; readonly goesOn: JobId | null }> {
    const { flows, jobs } = this.#tables
    const blocked = [...jobs.values()]
      .filter(({ state, jobId }) => state === 'blocked' && (after === null || jobId > after))
      .sort((a, b) => byText(a.jobId, b.jobId))
      .slice(0, limit)
    const mended = blocked.filter(
      ({ jobId }) =>
        !flows.isAwaited(jobId) &&
        flows.awaits.get(jobId)?.isMet !== null &&
        flows.byChild
          .in(jobId)
          .every(({ parentId }) => isEnded(this.#written(parentId)) && !flows.isAwaited(parentId)),
    )
    for (const row of mended) {
      const ends = flows.byChild.in(row.jobId).map(({ parentId }) => this.#written(parentId))
      const isFailed = flows.awaits.get(row.jobId)?.isMet === false
      const failed = ends.filter(({ state }) => state !== 'completed').length + (isFailed ? 1 : 0)
      this.#tables.put({ ...row, parents: { open: 0, failed } })
      flows.look(row.jobId)
    }
    return {
      mended: mended.map(({ jobId }) => jobId),
      goesOn: blocked.length === limit ? (blocked.at(-1)?.jobId ?? null) : null,
    }
  }

  async listParents(jobId: JobId, from: number, limit: number): Promise<readonly ParentJob[]> {
    const links = this.#tables.flows.byChild.in(jobId).slice(from, from + limit)
    return links.map(({ parentId }) => {
      const row = this.#tables.demand(parentId)
      const { type, result, error } = row
      return { jobId: parentId, type, state: toldState(row), result, error }
    })
  }

  async findWaiting(jobId: JobId): Promise<Waiting | undefined> {
    const row = this.#tables.find(jobId)
    if (row?.state !== 'blocked' || row.parents === null) return undefined
    const awaited = this.#tables.flows.awaits.get(jobId)
    const { open } = row.parents
    if (awaited) return { open, of: 1, run: { runId: awaited.runId, when: awaited.when } }
    return { open, of: this.#tables.flows.byChild.in(jobId).length }
  }

  async listChildren(parentIds: readonly JobId[], limit: number): Promise<readonly FlowLink[]> {
    const parents = [...new Set(parentIds)].sort(byText)
    const links = parents.flatMap((parentId) => this.#tables.flows.byParent.in(parentId))
    return links.slice(0, limit).map(({ parentId, childId }) => ({ parentId, childId }))
  }

  async listLinked(
    jobIds: readonly JobId[],
    side: 'parents' | 'children',
    limit: number,
  ): Promise<readonly LinkedJob[]> {
    const { byChild, byParent } = this.#tables.flows
    const links = [...new Set(jobIds)].flatMap((of) =>
      side === 'parents'
        ? byChild.in(of).map(({ parentId }) => ({ of, jobId: parentId }))
        : byParent.in(of).map(({ childId }) => ({ of, jobId: childId })),
    )
    links.sort((a, b) => byText(a.of, b.of) || byText(a.jobId, b.jobId))
    return links.slice(0, limit).map(({ of, jobId }) => {
      const row = this.#tables.demand(jobId)
      return { of, jobId, type: row.type, state: toldState(row) }
    })
  }
}

const OPEN = { completed: -1, failed: -1, cancelled: -1, again: 1, look: 0 } as const
const FAILED = { completed: 0, failed: 1, cancelled: 1, again: -1, look: 0 } as const

function isEnded({ state }: JobRow): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled'
}

function endedOf(row: JobRow): EndedChild[] {
  const { jobId, projectId, type, createdBy, attempt, state, error } = row
  if (state !== 'failed' && state !== 'cancelled') return []
  return [{ jobId, projectId, type, priority: row.lane.priority, createdBy, attempt, state, error }]
}
