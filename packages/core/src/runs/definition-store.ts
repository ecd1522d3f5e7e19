import type { DefinitionId, ProjectId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { Definition, Scenario } from './run.ts'

/** Keeps definitions with their scenarios; they never change. */
export interface DefinitionStore {
  /**
   * Keeps a definition as the next version of its name (versions of one name are given out one after another) together with all of
   * `scenarios`, which are read once, in order, a batch at a time: place 1, 2, 3 … Nothing is kept when reading them throws or a scenarioId repeats.
   * @throws ValidationError naming `scenarios[i].scenarioId` for a repeated one
   */
  add(
    definition: Omit<Definition, 'version' | 'scenarioCount'>,
    scenarios: AsyncIterable<readonly Scenario[]>,
  ): Promise<Definition>
  find(definitionId: DefinitionId): Promise<Definition | undefined>
  /** Newest first. */
  list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<Definition[]>
  /** By place ascending. */
  listScenarios(
    definitionId: DefinitionId,
    slice: Slice<{ readonly place: number }>,
  ): Promise<(Scenario & { readonly place: number })[]>
  /** Every scenarioId by place: what sampling is decided from. */
  scenarioIds(definitionId: DefinitionId): Promise<string[]>
}
