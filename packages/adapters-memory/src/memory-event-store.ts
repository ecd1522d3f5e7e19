import type { ProjectId } from '@muster/core'
import type { EventId, Fact, NewFact } from '@muster/core/feed'
import type { EventStore } from '@muster/core/ports'
import { RATE_GRAINS, stepMoves, stretchOf } from '@muster/core/runs'
import { keyOf } from './jobs/order.ts'
import { toldOf } from './memory-webhook-store.ts'
import type { EventTables } from './tables/event-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Facts in memory. Other memory stores append theirs through one of these, too. */
export class MemoryEventStore implements EventStore {
  readonly #tables: EventTables
  readonly #context: MemoryContext

  constructor(context: MemoryContext) {
    this.#tables = context.tables.events
    this.#context = context
  }

  async append(facts: readonly NewFact[]): Promise<void> {
    const occurredAt = this.#context.clock.now()
    for (const fact of facts) {
      const seq = (await this.head(fact.projectId)) + 1
      this.#tables.heads.set(fact.projectId, { seq })
      const eventId = this.#context.ids.next() as EventId
      this.#tables.facts.set(keyOf(fact.projectId, seq), { ...fact, eventId, seq, occurredAt })
    }
    const [grain] = RATE_GRAINS
    const at = stretchOf(occurredAt, grain).getTime()
    for (const moves of stepMoves(facts)) this.#context.tables.rates.addSteps({ ...moves, grain, at })
  }

  async read(projectId: ProjectId, afterSeq: number, limit: number): Promise<Fact[]> {
    const index = this.#tables.factsByProject
    const start = index.placeOf(projectId, ({ seq }) => seq <= afterSeq)
    return index.in(projectId).slice(start, start + limit)
  }

  async head(projectId: ProjectId): Promise<number> {
    return this.#tables.heads.get(projectId)?.seq ?? 0
  }

  async heads(projectIds?: readonly ProjectId[]): Promise<ReadonlyMap<ProjectId, number>> {
    const { heads } = this.#tables
    const found = new Map<ProjectId, number>()
    for (const projectId of projectIds ?? heads.keys()) {
      const head = heads.get(projectId)
      if (head) found.set(projectId, head.seq)
    }
    return found
  }

  async seqBefore(projectId: ProjectId, moment: Date): Promise<number> {
    const kept = this.#tables.factsByProject.in(projectId)
    const before = kept.findLast(({ occurredAt }) => occurredAt < moment)
    return before?.seq ?? (kept[0]?.seq ?? (await this.head(projectId)) + 1) - 1
  }

  async epoch(): Promise<string> {
    this.#tables.epoch ??= this.#context.ids.next()
    return this.#tables.epoch
  }

  async prune(before: Date, limit: number, heldSince: Date = before): Promise<number> {
    let gone = 0
    for (const projectId of this.#tables.heads.keys()) {
      const kept = this.#tables.factsByProject.in(projectId)
      const told = toldOf(this.#context.tables.webhooks, projectId) ?? Number.POSITIVE_INFINITY
      const firstNew = kept.findIndex(
        ({ occurredAt, seq }) => occurredAt >= before || (seq > told && occurredAt >= heldSince),
      )
      const old = kept.slice(0, Math.min(firstNew === -1 ? kept.length : firstNew, limit - gone))
      for (const { seq } of old) this.#tables.facts.delete(keyOf(projectId, seq))
      gone += old.length
    }
    return gone
  }
}
