import type { Json, ProjectId, StepType, TaskId, UserId } from '@muster/core'
import { wasSeen } from '@muster/core/inbox'
import type { DecisionStore, Person, RecordedBatch, RecordedDecision } from '@muster/core/ports'
import { UNKNOWN_QUALITY } from '@muster/core/rules'
import { byText, keyOf } from '../jobs/order.ts'
import type { PeopleTables } from '../tables/people-tables.ts'
import type { QualityTables } from '../tables/quality-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import type { TaskTables } from './task-tables.ts'

/** Decisions in memory, and what strategies remember. */
export class MemoryDecisionStore implements DecisionStore {
  readonly #tables: TaskTables
  readonly #people: PeopleTables
  readonly #watches: QualityTables['watches']

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
    this.#people = tables.people
    this.#watches = tables.quality.watches
  }

  async listPeople(projectId: ProjectId, stepType: StepType, userIds?: readonly UserId[]): Promise<Person[]> {
    const members = this.#people.membersByProject.in(projectId).map(({ userId }) => userId)
    const considered = userIds ?? members.filter((id) => this.#people.users.get(id)?.role === 'annotator')
    return [...new Set(considered)].sort(byText).flatMap((userId) => {
      const user = this.#people.users.get(userId)
      if (!user) return []
      const watch = this.#watches.get(keyOf(projectId, userId))
      const quality = this.#people.qualities.get(keyOf(userId, projectId, stepType))
      return [
        {
          userId,
          status: user.status,
          skills: user.skills,
          isMember: this.#people.memberships.has(keyOf(projectId, userId)),
          live: this.#tables.liveByUser.in(userId).length,
          ownLimit: user.maxConcurrentAssignments,
          quality: quality?.score ?? UNKNOWN_QUALITY,
          ...(watch?.paused && { paused: { since: watch.paused.since, reason: watch.paused.reason } }),
          ...(watch && watch.controls > 0 && { controls: watch.controls }),
          lastAssignedAt: this.#tables.assignmentsByUser.in(userId).findLast(wasSeen)?.assignedAt ?? null,
        },
      ]
    })
  }

  /** Transactions run one after another, so there is no lock. */
  lockStrategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json> {
    return this.strategyState(projectId, stepId, strategy)
  }

  async strategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json> {
    return this.#tables.strategyStates.get(keyOf(projectId, stepId, strategy))?.state ?? null
  }

  async saveStrategyState(
    projectId: ProjectId,
    stepId: string,
    strategy: string,
    state: Json,
  ): Promise<void> {
    this.#tables.strategyStates.set(keyOf(projectId, stepId, strategy), { state })
  }

  async recordDecision(decision: RecordedDecision): Promise<void> {
    this.#tables.decisions.set(decision.decisionId, decision)
  }

  async recordBatch(batch: RecordedBatch): Promise<void> {
    this.#tables.batches.set(batch.batchId, batch)
  }

  async recordChoices(
    { batchId, decidedAt }: Pick<RecordedBatch, 'batchId' | 'decidedAt'>,
    choices: RecordedBatch['choices'],
  ): Promise<void> {
    for (const { decisionId, ...choice } of choices) {
      const decision = { ...choice, candidates: [] }
      this.#tables.decisions.set(decisionId, { decisionId, batchId, decidedAt, decision, input: null })
    }
  }

  async findBatch(batchId: string): Promise<RecordedBatch | undefined> {
    return this.#tables.batches.get(batchId)
  }

  async findDecisions(decisionIds: readonly string[]): Promise<RecordedDecision[]> {
    return decisionIds.flatMap((decisionId) => this.#tables.decisions.get(decisionId) ?? [])
  }

  async listDecisions(taskId: TaskId, limit: number): Promise<RecordedDecision[]> {
    return this.#tables.decisionsByTask.in(taskId).slice(0, limit)
  }
}
