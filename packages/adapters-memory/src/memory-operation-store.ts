import type { OperationId, ProjectId } from '@muster/core'
import {
  type Advanced,
  type MovedByProject,
  movedSum,
  type NewOperation,
  NONE_MOVED,
  type Operation,
  type OperationPart,
  type OperationStore,
  type OperationTally,
} from '@muster/core/operating'
import { frozen } from './tables/frozen.ts'
import type { OperationRow, OperationTables } from './tables/operation-tables.ts'
import { ALL } from './tables/people-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Operations in memory. A transaction is alone, so nothing has to be held. */
export class MemoryOperationStore implements OperationStore {
  readonly #tables: OperationTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.operations
  }

  async add(operation: NewOperation): Promise<void> {
    this.#tables.operations.set(operation.operationId, {
      operation: { ...operation, ...NONE_MOVED, state: 'running', count: 0, finishedAt: null },
      byProject: {},
      doneTo: 0,
    })
  }

  async addItems(operationId: OperationId, ids: readonly string[]): Promise<void> {
    const row = this.#demand(operationId)
    const before = this.#tables.items.get(operationId) ?? []
    this.#tables.items.set(operationId, [...before, ...ids])
    const count = before.length + ids.length
    this.#tables.operations.set(operationId, { ...row, operation: { ...row.operation, count } })
  }

  async find(operationId: OperationId): Promise<Operation | undefined> {
    return this.#tables.operations.get(operationId)?.operation
  }

  async countRunning(projectId: ProjectId | null): Promise<number> {
    return this.#tables.running.in(ALL).filter(({ operation }) => operation.projectId === projectId).length
  }

  async next(limit: number, behind: readonly OperationId[] = []): Promise<OperationPart | undefined> {
    const leftOf = ({ operation, doneTo }: OperationRow): number => operation.count - doneTo
    const turnOf = ({ operation }: OperationRow): number => behind.indexOf(operation.operationId)
    const [row] = this.#tables.running
      .in(ALL)
      .toSorted((a, b) => turnOf(a) - turnOf(b) || leftOf(a) - leftOf(b))
    if (row === undefined) return undefined
    const { operation, doneTo } = row
    const items = this.#tables.items.get(operation.operationId) ?? []
    return { operation, ids: items.slice(doneTo, doneTo + limit) }
  }

  async advance(
    operationId: OperationId,
    items: number,
    moved: MovedByProject,
    now: Date,
  ): Promise<Advanced> {
    const { operation, byProject, doneTo } = this.#demand(operationId)
    const sums: Record<string, OperationTally> = { ...byProject }
    let sum: OperationTally = operation
    for (const [project, one] of Object.entries(moved)) {
      sums[project] = movedSum(sums[project] ?? NONE_MOVED, one)
      sum = movedSum(sum, one)
    }
    const next = {
      operation: { ...operation, done: sum.done, skipped: sum.skipped },
      byProject: sums,
      doneTo: doneTo + items,
    }
    return next.doneTo === operation.count ? this.#end(next, 'done', now) : this.#keep(next)
  }

  async stop(operationId: OperationId, now: Date): Promise<Advanced | undefined> {
    const row = this.#tables.operations.get(operationId)
    return row?.operation.state === 'running' ? this.#end(row, 'stopped', now) : undefined
  }

  async prune(before: Date, limit: number): Promise<number> {
    let gone = 0
    for (const [operationId, { operation }] of this.#tables.operations.entries()) {
      if (operation.finishedAt === null) continue
      const items = this.#tables.items.get(operationId) ?? []
      const forgotten = Math.min(items.length, limit - gone)
      gone += forgotten
      if (forgotten < items.length) this.#tables.items.set(operationId, items.slice(forgotten))
      else this.#tables.items.delete(operationId)
      if (operation.finishedAt >= before || gone >= limit) continue
      this.#tables.operations.delete(operationId)
      gone++
    }
    return gone
  }

  #end(row: OperationRow, state: 'done' | 'stopped', now: Date): Advanced {
    return this.#keep({ ...row, operation: { ...row.operation, state, finishedAt: now } })
  }

  #keep(row: OperationRow): Advanced {
    const { operation, byProject } = this.#tables.operations.set(row.operation.operationId, frozen(row))
    return { operation, byProject }
  }

  #demand(operationId: OperationId): OperationRow {
    const row = this.#tables.operations.get(operationId)
    if (row === undefined) throw new Error(`There is no operation ${operationId}`)
    return row
  }
}
