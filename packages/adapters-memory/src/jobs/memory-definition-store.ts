import type { Definition, DefinitionId, ProjectId, Scenario } from '@muster/core'
import { ValidationError } from '@muster/core'
import type { DefinitionStore, NewestKey, Slice, StagedScenarios } from '@muster/core/ports'
import type { MemoryContext } from '../tables/tables.ts'
import type { JobTables } from './job-tables.ts'
import { keyOf, sliceNewest } from './order.ts'

/** Definitions and their scenarios in memory. */
export class MemoryDefinitionStore implements DefinitionStore {
  readonly #tables: JobTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.jobs
  }

  async stage(batches: AsyncIterable<readonly Scenario[]>): Promise<StagedScenarios> {
    const scenarios: Scenario[] = []
    const seen = new Set<string>()
    for await (const batch of batches) {
      for (const scenario of batch) {
        if (seen.has(scenario.scenarioId)) {
          const path = `scenarios[${scenarios.length}].scenarioId`
          throw new ValidationError([{ path, message: `repeats ${scenario.scenarioId}` }])
        }
        seen.add(scenario.scenarioId)
        scenarios.push(scenario)
      }
    }
    return { stage: this.#tables.stage(scenarios), count: scenarios.length }
  }

  async discard({ stage }: StagedScenarios): Promise<void> {
    this.#tables.staged.delete(stage)
  }

  async add(
    definition: Omit<Definition, 'version' | 'scenarioCount'>,
    { stage }: StagedScenarios,
  ): Promise<Definition> {
    const scenarios = this.#tables.staged.get(stage)
    if (!scenarios) throw new Error('These scenarios are not staged, or have a definition already')
    const { definitionId, projectId, name } = definition
    const versions = this.#tables.definitionsByName.in(keyOf(projectId, name))
    this.#tables.staged.delete(stage)
    this.#tables.scenarios.set(definitionId, scenarios)
    return this.#tables.definitions.set(definitionId, {
      ...definition,
      version: (versions.at(-1)?.version ?? 0) + 1,
      scenarioCount: scenarios.length,
    })
  }

  async find(definitionId: DefinitionId): Promise<Definition | undefined> {
    return this.#tables.definitions.get(definitionId)
  }

  async findNewest(projectId: ProjectId, name: string): Promise<Definition | undefined> {
    return this.#tables.definitionsByName.in(keyOf(projectId, name)).at(-1)
  }

  async list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<Definition[]> {
    return sliceNewest(this.#tables.definitionsByAge, projectId, ({ definitionId }) => definitionId, slice)
  }

  async listScenarios(
    definitionId: DefinitionId,
    { limit, after }: Slice<{ readonly place: number }>,
  ): Promise<(Scenario & { readonly place: number })[]> {
    const start = after?.place ?? 0
    const scenarios = this.#tables.scenarios.get(definitionId) ?? []
    return scenarios
      .slice(start, start + limit)
      .map((scenario, index) => ({ ...scenario, place: start + index + 1 }))
  }

  async scenarioIds(definitionId: DefinitionId): Promise<string[]> {
    return (this.#tables.scenarios.get(definitionId) ?? []).map(({ scenarioId }) => scenarioId)
  }
}
