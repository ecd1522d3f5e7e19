import type { ProjectId, TaskId, UserId } from '@muster/core'
import { UNSEEN } from '@muster/core/inbox'
import type { QualityScore } from '@muster/core/ports'
import {
  addedUp,
  type ControlLeft,
  type Counted,
  type Counters,
  type CountersWhere,
  freshWatch,
  type KnownCounter,
  type LiftedPause,
  purposeOf,
  type QualityStore,
  type Watch,
} from '@muster/core/quality'
import { byText, keyOf } from './jobs/order.ts'
import type { PeopleTables } from './tables/people-tables.ts'
import type { QualityTables } from './tables/quality-tables.ts'
import type { MemoryTable } from './tables/table.ts'
import type { MemoryContext } from './tables/tables.ts'
import type { TaskTables } from './tasks/task-tables.ts'

/** Fields of counters that are counted up; all others say what is counted. */
const NUMBERS = new Set(['times', 'tasks', 'sum', 'squares', 'answers', 'compared'])

/** Counters of the quality of work, in memory. */
export class MemoryQualityStore implements QualityStore {
  readonly #tables: QualityTables
  readonly #tasks: TaskTables
  readonly #people: PeopleTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.quality
    this.#tasks = tables.tasks
    this.#people = tables.people
  }

  async count(_taskId: TaskId, added: Counters): Promise<void> {
    const { compositions, pairs, shares, raters } = this.#tables
    add(
      compositions,
      added.compositions,
      (one, other) => addedUp([some({ compositions: [one, other] })]).compositions[0],
    )
    add(pairs, added.pairs, (one, other) => addedUp([some({ pairs: [one, other] })]).pairs[0])
    add(shares, added.shares, (one, other) => addedUp([some({ shares: [one, other] })]).shares[0])
    add(raters, added.raters, (one, other) => addedUp([some({ raters: [one, other] })]).raters[0])
  }

  async listCounters(where: CountersWhere, by: 'overall' | 'skill' | 'pair'): Promise<Counters> {
    const { compositions, pairs, shares, raters } = this.#tables
    const isOf = ({ skill }: { readonly skill: string | null }): boolean =>
      (skill === null) !== (by === 'skill')
    const wanted = <Row extends Counted>(table: MemoryTable<string, Row>, of: (row: Row) => boolean): Row[] =>
      [...table.values()].filter((row) => isWanted(row, where) && of(row))
    return {
      compositions: wanted(compositions, (row) => by !== 'pair' && isOf(row)),
      pairs: wanted(pairs, () => by === 'pair'),
      shares: wanted(shares, (row) => (row.pair !== null) === (by === 'pair') && isOf(row)),
      raters: wanted(raters, isOf),
    }
  }

  async addKnown(added: readonly KnownCounter[]): Promise<void> {
    add(this.#tables.known, added, (one, other) => ({ ...one, times: one.times + other.times }))
  }

  async listKnown(projectId: ProjectId, userId: UserId): Promise<KnownCounter[]> {
    return [...this.#tables.known.values()]
      .filter((row) => row.projectId === projectId && row.userId === userId)
      .sort((one, other) => byText(placeOf(one), placeOf(other)))
  }

  async lockWatch(projectId: ProjectId, userId: UserId): Promise<Watch> {
    return this.#tables.watches.get(keyOf(projectId, userId)) ?? freshWatch(projectId, userId)
  }

  async saveWatch(watch: Watch): Promise<void> {
    this.#tables.watches.set(keyOf(watch.projectId, watch.userId), watch)
  }

  async listWatches({
    projectIds,
    userIds,
  }: {
    readonly projectIds: readonly ProjectId[]
    readonly userIds: readonly UserId[]
  }): Promise<Watch[]> {
    return projectIds.flatMap((projectId) =>
      userIds.flatMap((userId) => this.#tables.watches.get(keyOf(projectId, userId)) ?? []),
    )
  }

  async listScores(projectId: ProjectId, userIds: readonly UserId[]): Promise<QualityScore[]> {
    return userIds
      .toSorted(byText)
      .flatMap((userId) => this.#people.qualitiesByUser.in(userId))
      .filter((score) => score.projectId === projectId)
  }

  async addLifted(projectId: ProjectId, userId: UserId, pause: LiftedPause): Promise<void> {
    const key = keyOf(projectId, userId)
    this.#tables.lifted.set(key, [...(this.#tables.lifted.get(key) ?? []), pause])
  }

  async listLifted(projectId: ProjectId, userId: UserId, limit: number): Promise<LiftedPause[]> {
    return [...(this.#tables.lifted.get(keyOf(projectId, userId)) ?? [])].reverse().slice(0, limit)
  }

  async listControls(projectId: ProjectId, userId: UserId, limit: number): Promise<ControlLeft[]> {
    const { tasks, assignmentsByTask } = this.#tasks
    return [...tasks.values()]
      .filter(
        (task) =>
          task.projectId === projectId &&
          task.status === 'open' &&
          purposeOf(task) === 'control' &&
          !assignmentsByTask.in(task.taskId).some((row) => row.userId === userId && row.endReason !== UNSEEN),
      )
      .sort((one, other) => byText(one.taskId, other.taskId))
      .slice(0, limit)
      .map(({ taskId, workflowId, requiredSkills, createdAt }) => {
        return { taskId, workflowId, requiredSkills, createdAt }
      })
  }

  async drawWork(projectId: ProjectId, draws: readonly number[]): Promise<TaskId[]> {
    const work = [...this.#tasks.tasks.values()]
      .filter((task) => task.projectId === projectId && purposeOf(task) === 'work')
      .map(({ taskId }) => taskId)
      .sort(byText)
    return draws.flatMap((draw) => work[Math.floor(draw * work.length)] ?? [])
  }

  async noteExhausted(projectId: ProjectId, userId: UserId, now: Date, since: Date): Promise<boolean> {
    const key = keyOf(projectId, userId)
    const before = this.#tables.exhausted.get(key)
    if (before !== undefined && before.at >= since) return false
    this.#tables.exhausted.set(key, { at: now })
    return true
  }

  async listPausedHolders(
    limit: number,
  ): Promise<{ readonly projectId: ProjectId; readonly userId: UserId }[]> {
    const { liveByUser, slotsByReserved, tasks } = this.#tasks
    return [...this.#tables.watches.values()]
      .filter(
        ({ paused, projectId, userId }) =>
          paused !== null &&
          (liveByUser.in(userId).some((row) => row.projectId === projectId) ||
            slotsByReserved.in(userId).some(({ taskId }) => tasks.get(taskId)?.projectId === projectId)),
      )
      .slice(0, limit)
      .map(({ projectId, userId }) => ({ projectId, userId }))
  }
}

function placeOf({ stepId, question, known, given, right }: KnownCounter): string {
  return keyOf(stepId, question, known, given, String(right))
}

/** Adds each row to the one that counts the same; what comes to nothing is gone. */
function add<Row extends object>(
  table: MemoryTable<string, Row>,
  added: readonly Row[],
  sum: (one: Row, other: Row) => Row | undefined,
): void {
  for (const row of added) {
    const key = JSON.stringify(
      Object.entries(row)
        .filter(([field]) => !NUMBERS.has(field))
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    )
    const before = table.get(key)
    const after = before === undefined ? row : sum(before, row)
    if (after === undefined) table.delete(key)
    else table.set(key, after)
  }
}

function some(counters: Partial<Counters>): Counters {
  return { compositions: [], pairs: [], shares: [], raters: [], ...counters }
}

function isWanted(row: Counted, { projectId, stepId, question }: CountersWhere): boolean {
  return (
    row.projectId === projectId &&
    (stepId === undefined || row.stepId === stepId) &&
    (question === undefined || row.question === question)
  )
}
