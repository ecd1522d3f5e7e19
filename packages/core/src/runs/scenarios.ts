import { ValidationError } from '../errors.ts'
import { parse } from '../input/parse.ts'
import type { JobType } from '../jobs/job.ts'
import { readPayload } from '../jobs/payload.ts'
import type { DefinitionStore, StagedScenarios } from './definition-store.ts'
import { MAX_SCENARIOS, type Scenario } from './run.ts'
import { newScenario } from './run-input.ts'
import type { NewScenario } from './runs.ts'

/** Scenarios handed to the store at a time, and characters of their payloads after which a batch takes no more: one may be as long as a line. */
const BATCH = 1_000
const BATCH_LENGTH = 4 * 1024 ** 2

/** Reads and keeps the scenarios, then lets `use` give them a definition; if that fails, they are forgotten. */
export async function withStaged<Result>(
  definitions: DefinitionStore,
  scenarios: AsyncIterable<readonly Scenario[]>,
  use: (staged: StagedScenarios) => Promise<Result>,
): Promise<Result> {
  const staged = await definitions.stage(scenarios)
  try {
    return await use(staged)
  } catch (error) {
    // Why it failed says more than that what nobody sees is still there.
    await definitions.discard(staged).catch(() => undefined)
    throw error
  }
}

/**
 * Reads scenarios one by one as they come, gives those without an id their place, and hands them on in batches.
 * @throws ValidationError, JobValidationError at the first that is at fault, or if there is none or too many
 */
export async function* scenarioBatches(
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
