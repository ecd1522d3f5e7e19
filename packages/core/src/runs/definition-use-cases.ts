import { NotFound, ValidationError } from '../errors.ts'
import type { DefinitionId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { JobType } from '../jobs/job.ts'
import { readPayload } from '../jobs/payload.ts'
import { newestKey, page } from '../paging.ts'
import type { Definition, Scenario } from './run.ts'
import { demandProject, type RunDeps } from './run-deps.ts'
import { DEFAULT_JOB_TYPE, definitionHead, MAX_SCENARIOS, newScenario } from './run-input.ts'
import type { DefinitionUseCases, NewScenario } from './runs.ts'

/** Scenarios handed to the store at a time, and characters of their payloads after which a batch takes no more: one may be as long as a line. */
const BATCH = 1_000
const BATCH_LENGTH = 4 * 1024 ** 2

/** Adding, finding and listing definitions. */
export function definitionUseCases({ transactions, jobTypes, clock, ids }: RunDeps): DefinitionUseCases {
  const { definitions, projects } = transactions.stores

  const get = async (definitionId: DefinitionId): Promise<Definition> => {
    const definition = await definitions.find(definitionId)
    if (!definition) throw new NotFound('definition', definitionId)
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
      return definitions.add(definition, scenarioBatches(scenarios, type))
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

/**
 * Reads scenarios one by one as they come, gives those without an id their place, and hands them on in batches.
 * @throws ValidationError, JobValidationError at the first that is at fault, or where there is none or too many
 */
async function* scenarioBatches(
  scenarios: Iterable<NewScenario> | AsyncIterable<NewScenario>,
  type: JobType,
): AsyncGenerator<readonly Scenario[], void> {
  if (!isIterable(scenarios)) throw faulty('must be a list of scenarios')
  let batch: Scenario[] = []
  let length = 0
  let count = 0
  for await (const raw of scenarios) {
    if (count === MAX_SCENARIOS) throw faulty(`must not be more than ${MAX_SCENARIOS}`)
    const { scenarioId = String(count + 1), payload } = parse(newScenario, raw, ['scenarios', count])
    await readPayload(type, payload, ['scenarios', count, 'payload'])
    count++
    batch.push({ scenarioId, payload })
    length += JSON.stringify(payload).length
    if (batch.length === BATCH || length >= BATCH_LENGTH) {
      yield batch
      batch = []
      length = 0
    }
  }
  if (count === 0) throw faulty('must not be empty')
  if (batch.length > 0) yield batch
}

function faulty(message: string): ValidationError {
  return new ValidationError([{ path: 'scenarios', message }])
}

function isIterable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  )
}
