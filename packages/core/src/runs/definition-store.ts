import type { DefinitionId, ProjectId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { Definition, Scenario } from './run.ts'

/** Scenarios that are kept and seen by nobody, until a definition has them. */
export interface StagedScenarios {
  /** The store's number for them. */
  readonly stage: number
  readonly count: number
}

/** Keeps definitions with their scenarios; they never change. */
export interface DefinitionStore {
  /**
   * Keeps scenarios for a definition that follows, read once, in order, a batch at a time: place 1, 2, 3 … Called outside of a transaction, for
   * reading may take long and may ask other stores. Nothing is kept when reading them throws or a scenarioId repeats.
   * @throws ValidationError naming `scenarios[i].scenarioId` for a repeated one
   */
  stage(scenarios: AsyncIterable<readonly Scenario[]>): Promise<StagedScenarios>
  /** Forgets scenarios that no definition has; of one that has them, nothing. */
  discard(staged: StagedScenarios): Promise<void>
  /** Keeps a definition with its scenarios, staged before, as the next version of its name: versions of one name are given out one after another. */
  add(
    definition: Omit<Definition, 'version' | 'scenarioCount'>,
    scenarios: StagedScenarios,
  ): Promise<Definition>
  find(definitionId: DefinitionId): Promise<Definition | undefined>
  /** The newest version of a name. */
  findNewest(projectId: ProjectId, name: string): Promise<Definition | undefined>
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
