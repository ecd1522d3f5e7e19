import type { Run, RunId, Scenario } from '@muster/core'
import type { NewRun } from '@muster/core/ports'
import { freshTallies } from '@muster/core/rules'
import type {
  DueLink,
  KeptLink,
  LinkEnd,
  LinkPart,
  NewLink,
  OpenLink,
  RunFlowLink,
  RunLinkStore,
} from '@muster/core/runs'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { JobMoves } from './job-moves.ts'
import type { JobTables } from './job-tables.ts'
import type { LinkRow } from './link-tables.ts'
import { byText, keyOf } from './order.ts'
import { makeJobs } from './run-jobs.ts'

/** Runs that start after others, in memory. */
export class MemoryRunLinkStore implements RunLinkStore {
  readonly #context: MemoryContext
  readonly #tables: JobTables

  constructor(context: MemoryContext) {
    this.#context = context
    this.#tables = context.tables.jobs
  }

  async add({ run, parentId, when, request, idempotencyKey }: NewLink): Promise<{
    readonly run: Run
    readonly created: boolean
  }> {
    const { runId, projectId } = run
    if (idempotencyKey !== null) {
      const key = keyOf(projectId, idempotencyKey)
      const first = this.#tables.runKeys.get(key)
      if (first) return { run: this.#tables.toldRun(this.#tables.demandRun(first.runId)), created: false }
      this.#tables.runKeys.set(key, { runId })
    }
    this.#tables.runs.set(runId, run)
    this.#tables.links.put({
      runId,
      projectId,
      parentId,
      when,
      request,
      state: 'waiting',
      reason: null,
      message: null,
      stage: this.#tables.stage([]),
      made: 0,
      ...UNREAD,
    })
    return { run: this.#tables.toldRun(run), created: true }
  }

  async find(runId: RunId): Promise<KeptLink | undefined> {
    const row = this.#tables.links.links.get(runId)
    if (row === undefined) return undefined
    const { projectId, parentId, when, request } = row
    return { runId, projectId, parentId, when, request }
  }

  async listDue(
    jobTypes: readonly string[],
    after: RunId | null,
    limit: number,
  ): Promise<readonly DueLink[]> {
    const isCancelled = (runId: RunId): boolean => this.#tables.demandRun(runId).status === 'cancelled'
    return this.#tables.links.open
      .in(ALL)
      .filter(
        ({ runId, parentId, request }) =>
          (after === null || runId > after) &&
          jobTypes.includes(request.jobType) &&
          (isCancelled(runId) || this.#tables.isRunEnded(parentId)),
      )
      .slice(0, limit)
      .map(({ runId, parentId, when, isRead }) => ({
        runId,
        parentId,
        when,
        isRead,
        isCancelled: isCancelled(runId),
      }))
  }

  async listChildren(parentIds: readonly RunId[], limit: number): Promise<readonly RunFlowLink[]> {
    const parents = [...new Set(parentIds)].sort(byText)
    return parents
      .flatMap((parentId) => this.#tables.links.byParent.in(parentId))
      .slice(0, limit)
      .map(({ parentId, runId }) => ({ parentId, runId }))
  }

  async take(runId: RunId): Promise<OpenLink | undefined> {
    const row = this.#tables.links.links.get(runId)
    if (row === undefined || row.state === 'made' || row.state === 'ended') return undefined
    const { stage, state: _state, reason: _reason, message: _message, made, ...open } = row
    // A definition that was given them is taken back with its transaction; they are not.
    if (row.isRead) this.#tables.staged.set(stage, this.#tables.links.stagedOf(runId))
    return { ...open, staged: { stage, count: made } }
  }

  lock(runId: RunId): Promise<OpenLink | undefined> {
    return this.take(runId)
  }

  async lockRun(runId: RunId): Promise<Run | undefined> {
    const run = this.#tables.runs.get(runId)
    return run && this.#tables.toldRun(run)
  }

  async findStaged(runId: RunId, scenarioIds: readonly string[]): Promise<readonly string[]> {
    const staged = new Set(this.#tables.links.stagedOf(runId).map(({ scenarioId }) => scenarioId))
    return scenarioIds.filter((scenarioId) => staged.has(scenarioId))
  }

  async stage(runId: RunId, { scenarios, ...part }: LinkPart): Promise<void> {
    const row = this.#demand(runId)
    const made: readonly Scenario[] = [...this.#tables.links.stagedOf(runId), ...scenarios]
    this.#tables.links.restage(runId, made)
    this.#tables.links.put({ ...row, ...part, made: made.length, state: 'making' })
  }

  async reset(runId: RunId): Promise<void> {
    this.#tables.links.restage(runId, [])
    this.#tables.links.put({ ...this.#demand(runId), ...UNREAD, made: 0, state: 'waiting' })
  }

  async fill(wanted: Omit<NewRun, 'idempotencyKey'>): Promise<Run> {
    const { run, places } = wanted
    const { runId, config } = run
    const filled = this.#tables.runs.set(runId, {
      ...this.#tables.demandRun(runId),
      config,
      version: run.version + 1,
      tallies: freshTallies(config.models, places.length * config.repeats),
    })
    makeJobs(this.#context, { ...wanted, run: filled })
    this.#tables.links.restage(runId, [])
    this.#tables.links.put({ ...this.#demand(runId), state: 'made' })
    return this.#tables.toldRun(filled)
  }

  async end(runId: RunId, reason: LinkEnd, message: string | null, now: Date): Promise<Run> {
    const { stage } = this.#tables.links.put({ ...this.#demand(runId), state: 'ended', reason, message })
    this.#tables.links.restage(runId, [])
    this.#tables.staged.delete(stage)
    const run = this.#tables.demandRun(runId)
    const moves = new JobMoves(this.#tables, now)
    return this.#tables.toldRun(
      reason === 'nothingToDo' ? moves.moveRun(run, 'completed', { finishedAt: now }) : run,
    )
  }

  #demand(runId: RunId): LinkRow {
    const row = this.#tables.links.links.get(runId)
    if (row === undefined) throw new Error(`Run ${runId} starts after no other`)
    return row
  }
}

const UNREAD = { place: 0, isRead: false, parentEndedAt: null, refused: 0, refusals: [] } as const
