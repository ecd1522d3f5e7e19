import type { ProjectId, QueueItem, Run } from '@muster/core'
import type { QueueFilter, QueueItemKey, Slice, WorkerId } from '@muster/core/ports'
import { byTurn, CATCH_UP_MS, inOrder, type Line, positionAt } from '@muster/core/rules'
import type { BudgetId } from '@muster/core/usage'
import { ALL, type PeopleTables } from '../tables/people-tables.ts'
import { decided, itemOf, type JobRow } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import type { Lane } from './lane.ts'

interface Listed {
  readonly item: QueueItem
  readonly key: QueueItemKey
}

/** The line as memory keeps it: who is next, who stands where. */
export class JobLine {
  readonly #tables: JobTables
  readonly #people: PeopleTables
  /** Budgets that have held jobs back in the last window. */
  readonly refused = new Set<BudgetId>()

  constructor(tables: JobTables, people: PeopleTables) {
    this.#tables = tables
    this.#people = people
  }

  /** Whether nothing of the lane may be handed over or begun. */
  isHeld({ projectId, runId }: Lane): boolean {
    if (this.#people.system.get(ALL)?.paused || this.#people.projects.get(projectId)?.paused) return true
    const status = runId === null ? undefined : this.#tables.demandRun(runId).status
    return status === 'paused' || status === 'cancelled'
  }

  /** Whether jobs of the lane are taken from the line alone: they have keys, or are under a hard budget. */
  isKeyed(lane: Lane): boolean {
    return this.#tables.limits.isKeyed(lane) || this.#tables.budgets.hardOf(lane).length > 0
  }

  /**
   * The first `limit` jobs of these types that may start, of lanes with keys alone or without, if `keyed` says so, and of these `projects`, if they are given; keys have spent what they need, and budgets reserved it for the worker. Their lanes have been served
   * then: a paced one has spent what it earned.
   */
  window(
    limit: number,
    types: ReadonlySet<string>,
    now: number,
    {
      keyed,
      projects,
      workerId,
    }: {
      readonly keyed?: boolean | undefined
      readonly projects?: readonly ProjectId[] | undefined
      readonly workerId?: WorkerId | undefined
    },
  ): readonly JobRow[] {
    this.refused.clear()
    if (limit < 1) return []
    const { limits, budgets } = this.#tables
    budgets.turn(now)
    if (limits.used && keyed !== false) limits.open(limit, now)
    const ready = this.#tables.lanes
      .filter((lane) => lane.length > 0 && !this.isHeld(lane))
      .filter((lane) => keyed === undefined || this.isKeyed(lane) === keyed)
      .filter(({ projectId }) => projects?.includes(projectId) !== false)
      .map((lane) => this.#lineOf(lane, this.#ready(lane, types, now, workerId)))
    const window: JobRow[] = []
    for (const { item } of inOrder(ready)) {
      window.push(item)
      if (window.length === limit) break
    }
    for (const { lane, seq } of window) {
      lane.handOver(seq)
      lane.change({ turn: this.#tables.nextTurn(), earnedAt: this.#earnedAfter(lane, now) })
    }
    limits.queue(window, now)
    return window
  }

  /** The jobs that the lane may hand over, oldest first, no more than it has earned. */
  *#ready(
    lane: Lane,
    types: ReadonlySet<string>,
    now: number,
    workerId: WorkerId | undefined,
  ): Generator<JobRow, undefined> {
    let allowance = this.#allowance(lane, now)
    const { limits, budgets } = this.#tables
    const costs = budgets.hardOf(lane).length > 0
    /** Sets of which a budget has held back a job: the younger ones of it wait too. */
    const held = new Set<number>()
    if (allowance < 1 || limits.isShut(lane)) return
    for (const seq of lane.line()) {
      const row = this.#tables.jobIn(lane, seq)
      if (row.handedAt !== null) continue
      if (!types.has(row.type)) {
        // All jobs of a run are of one type: a lane of a strange one is passed over whole.
        if (lane.runId !== null) return
        continue
      }
      if (costs && (held.has(row.limitSet ?? 0) || this.#isRefused(row, now))) {
        held.add(row.limitSet ?? 0)
        continue
      }
      if (row.limitSet !== null && !this.#mayBegin(lane, row.limitSet, now)) {
        if (limits.isShut(lane)) return
        continue
      }
      if (costs && workerId !== undefined)
        budgets.reserve({ ...row, starts: row.starts + 1 }, workerId, this.#estimate(row, now))
      yield row
      allowance -= 1
      if (allowance < 1) return
    }
  }

  /** Whether a budget refuses the job's next attempt. */
  #isRefused(row: JobRow, now: number): boolean {
    const by = this.#tables.budgets.refusing(row.lane, this.#estimate(row, now))
    if (by !== undefined) this.refused.add(by)
    return by !== undefined
  }

  #estimate(row: JobRow, now: number): number {
    const { limits, budgets } = this.#tables
    return budgets.estimate(row, row.limitSet === null ? undefined : limits.sets.get(row.limitSet), now)
  }

  #mayBegin(lane: Lane, limitSet: number, now: number): boolean {
    return this.#tables.limits.mayBegin(lane, limitSet, now, () => this.#tables.nextTurn())
  }

  /** How many jobs a paced lane has earned. */
  #allowance(lane: Lane, now: number): number {
    const rate = this.#rateOf(lane)
    if (rate === null) return Number.POSITIVE_INFINITY
    return Math.floor(((now - earnedFrom(lane, now)) * rate) / 1_000 + 1e-9) + 1
  }

  #earnedAfter(lane: Lane, now: number): number {
    const rate = this.#rateOf(lane)
    return rate === null ? lane.earnedAt : earnedFrom(lane, now) + 1_000 / rate
  }

  #rateOf({ runId }: Lane): Run['config']['maxJobsPerSecond'] {
    return runId === null ? null : this.#tables.demandRun(runId).config.maxJobsPerSecond
  }

  #lineOf<Item>(lane: Lane, items: Iterable<Item>): Line<Item> {
    return { lane: lane.number, priority: lane.priority, turn: lane.turn, items }
  }

  /** The job as an item, with its places in its project and over all. */
  item(row: JobRow): QueueItem {
    if (row.state !== 'pending') return itemOf(row, null, null)
    return itemOf(row, this.#position(row, this.#tables.lanesOf(row.projectId)), this.#position(row))
  }

  #position({ lane, seq }: JobRow, lanes: readonly Lane[] = this.#tables.lanes): number {
    const others = lanes
      .filter(({ length }) => length > 0)
      .map(({ number, priority, turn, length }) => ({ lane: number, priority, turn, length }))
    return positionAt(this.#lineOf(lane, []), lane.placeOf(seq), others)
  }

  list({ projectId, state, type }: QueueFilter, { limit, after }: Slice<QueueItemKey>): Listed[] {
    this.#tables.tidy(this.#tables.lanesOf(projectId))
    const groups = ['active', 'pending', 'waiting', 'settled'] as const
    const found: Listed[] = []
    for (const group of groups.slice(after ? groups.indexOf(after.group) : 0)) {
      const key = after?.group === group ? after : undefined
      for (const listed of this.#group(projectId, group, key)) {
        if (state && !state.includes(listed.item.state)) continue
        if (type !== undefined && type !== listed.item.type) continue
        found.push(listed)
        if (found.length === limit) return found
      }
    }
    return found
  }

  #group(
    projectId: ProjectId,
    group: QueueItemKey['group'],
    after: QueueItemKey | undefined,
  ): Iterable<Listed> {
    const { activeByProject, waitingByProject, settledByProject } = this.#tables
    switch (group) {
      case 'active':
        return this.#rows(group, activeByProject.in(projectId), ({ startedAt }) => startedAt ?? 0, after)
      case 'pending':
        return this.#pending(projectId, after)
      case 'waiting':
        return this.#rows(group, waitingByProject.in(projectId), ({ availableAt }) => availableAt, after)
      case 'settled':
        return this.#rows(group, settledByProject.in(projectId), ({ finishedAt }) => finishedAt ?? 0, after)
    }
  }

  /** Rows in the order of `at`; settled ones the other way round. */
  *#rows(
    group: QueueItemKey['group'],
    rows: readonly JobRow[],
    at: (row: JobRow) => number,
    after: QueueItemKey | undefined,
  ): Generator<Listed> {
    const isAfter = (row: JobRow, key: QueueItemKey): boolean => {
      const [mine, its] = group === 'settled' ? [key.a, at(row)] : [at(row), key.a]
      if (mine !== its) return mine > its
      return group === 'settled' ? row.jobId < key.id : row.jobId > key.id
    }
    for (let index = 0; index < rows.length; index++) {
      const row = rows[group === 'settled' ? rows.length - 1 - index : index] as JobRow
      if (after && !isAfter(row, after)) continue
      yield { item: itemOf(decided(row), null, null), key: { group, a: at(row), b: 0, id: row.jobId } }
    }
  }

  /** The line of a project. A key is a lane's number and a number in it; where that has gone, those behind it go on. */
  *#pending(projectId: ProjectId, after: QueueItemKey | undefined): Generator<Listed> {
    const lanes = this.#tables.lanesOf(projectId)
    const left = after && lanes.find(({ number }) => number === after.a)
    const round = left && after ? left.placeOf(after.b) : 0
    const lines = lanes.map((lane) => this.#lineOf(lane, this.#rounds(lane)))
    let position = 0
    for (const { item } of inOrder(lines)) {
      position++
      const { row, place } = item
      if (left && !isBehind(row.lane, place, left, round)) continue
      yield {
        item: itemOf(row, position, this.#position(row)),
        key: { group: 'pending', a: row.lane.number, b: row.seq, id: row.jobId },
      }
    }
  }

  *#rounds(lane: Lane): Generator<{ readonly row: JobRow; readonly place: number }, undefined> {
    let place = 0
    for (const seq of lane.line()) yield { row: this.#tables.jobIn(lane, seq), place: ++place }
  }
}

/** When a paced lane earns its next job: what it missed is caught up on, but for no more than {@link CATCH_UP_MS}; one never served has missed nothing. */
function earnedFrom({ earnedAt }: Lane, now: number): number {
  return earnedAt === 0 ? now : Math.max(earnedAt, now - CATCH_UP_MS)
}

/** Whether the lane's `place` comes after `round` of the lane `left`. */
function isBehind(lane: Lane, place: number, left: Lane, round: number): boolean {
  if (lane.priority !== left.priority) return lane.priority < left.priority
  if (place !== round) return place > round
  const mine = { lane: lane.number, priority: lane.priority, turn: lane.turn }
  return byTurn({ lane: left.number, priority: left.priority, turn: left.turn }, mine) < 0
}
