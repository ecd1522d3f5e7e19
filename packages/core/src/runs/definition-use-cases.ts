import { NotFoundError, ValidationError } from '../errors.ts'
import type { DefinitionId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { newestKey, page } from '../paging.ts'
import type { Definition, Scenario } from './run.ts'
import { demandProject, type RunDeps } from './run-deps.ts'
import { DEFAULT_JOB_TYPE, definitionHead } from './run-input.ts'
import type { DefinitionUseCases } from './runs.ts'
import { scenarioBatches, withStaged } from './scenarios.ts'

/** Adding, finding and listing definitions. */
export function definitionUseCases({ transactions, jobTypes, clock, ids }: RunDeps): DefinitionUseCases {
  const { definitions, projects } = transactions.stores

  const get = async (definitionId: DefinitionId): Promise<Definition> => {
    const definition = await definitions.find(definitionId)
    if (!definition) throw new NotFoundError('definition', definitionId)
    return definition
  }

  return {
    get,

    async add(projectId, input) {
      const { scenarios, ...rest } = input
      const { name, jobType = DEFAULT_JOB_TYPE } = parse(definitionHead, rest)
      const type = jobTypes.get(jobType)
      if (!type)
        throw new ValidationError([{ path: 'jobType', message: `names no registered job type: ${jobType}` }])
      await demandProject(projects, projectId)
      const definition = {
        definitionId: ids.next() as DefinitionId,
        projectId,
        name,
        jobType,
        createdAt: clock.now(),
      }
      return withStaged(definitions, scenarioBatches(scenarios, type), (staged) =>
        transactions.transaction((stores) => stores.definitions.add(definition, staged)),
      )
    },

    async list(projectId, request) {
      return page(
        request,
        ['definitions', projectId],
        newestKey(({ definitionId }) => definitionId),
        (slice) => definitions.list(projectId, slice),
      )
    },

    async scenarios(definitionId, request) {
      await get(definitionId)
      const { items, nextCursor } = await page(
        request,
        ['scenarios', definitionId],
        ({ place }: Scenario & { readonly place: number }) => ({ place }),
        (slice) => definitions.listScenarios(definitionId, slice),
      )
      return { items: items.map(({ scenarioId, payload }) => ({ scenarioId, payload })), nextCursor }
    },
  }
}
