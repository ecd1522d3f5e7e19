import { ValidationError } from '../../errors.ts'
import type { DefinitionId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import type { JobType } from '../../jobs/job.ts'
import { readPayload } from '../../jobs/payload.ts'
import type { Json } from '../../json/json.ts'
import { type Definition, MAX_SCENARIOS, type Scenario } from '../../runs/run.ts'
import { DEFAULT_JOB_TYPE, newScenario } from '../../runs/run-input.ts'
import type { ImportRow, KeptImport } from '../import.ts'
import type { ImportingDeps, ImportingStores } from '../importing-deps.ts'
import type { Judged } from '../judged.ts'

/** Rows that the job type does not take. @throws ValidationError if it is not registered, or if there are too many */
export async function checkDefinition(
  deps: ImportingDeps,
  _stores: ImportingStores,
  held: KeptImport,
  rows: readonly ImportRow[],
): Promise<Judged[]> {
  const { type } = typeOf(deps, held)
  if (held.counts.read > MAX_SCENARIOS)
    throw new ValidationError([{ path: 'scenarios', message: `must not be more than ${MAX_SCENARIOS}` }])
  return judgedBy(type, rows)
}

/** Scenarios that are none, or that the job type does not take; without one, none is refused by it. */
export async function judgedBy(type: JobType | undefined, rows: readonly ImportRow[]): Promise<Judged[]> {
  const judged: Judged[] = []
  for (const row of rows) {
    try {
      const { payload } = parse(newScenario, scenarioOf(row))
      if (type !== undefined) await readPayload(type, payload, ['payload'])
    } catch (refusal) {
      if (!(refusal instanceof ValidationError)) throw refusal
      const message = refusal.issues.map(({ path, message: why }) => `${path} ${why}`.trim()).join('; ')
      judged.push(refusedRow(row, message))
    }
  }
  return judged
}

/** The verdict on a row that is not made, in words. */
export function refusedRow({ no }: ImportRow, message: string): Judged {
  return { no, verdict: 'fault', finding: { level: 'error', code: 'payload_refused', message } }
}

/** Makes the definition of all rows, in this transaction. */
export async function writeDefinition(
  deps: ImportingDeps,
  { definitions }: ImportingStores,
  held: KeptImport,
  batches: AsyncIterable<readonly ImportRow[]>,
): Promise<Definition> {
  const { jobType } = typeOf(deps, held)
  const staged = await definitions.stage(scenarios(batches))
  return definitions.add(
    {
      definitionId: deps.ids.next() as DefinitionId,
      projectId: held.projectId,
      name: held.name,
      jobType,
      createdAt: deps.clock.now(),
    },
    staged,
  )
}

/** Those without an id have their number. */
export async function* scenarios(
  batches: AsyncIterable<readonly ImportRow[]>,
): AsyncGenerator<readonly Scenario[]> {
  let count = 0
  for await (const rows of batches)
    yield rows.map((row): Scenario => {
      count++
      const { scenarioId = String(count), payload } = scenarioOf(row)
      return { scenarioId, payload }
    })
}

function scenarioOf({ value, externalId }: ImportRow): {
  readonly scenarioId?: string
  readonly payload: Json
} {
  const { payload } = value as { readonly payload: Json }
  return { ...(externalId !== null && { scenarioId: externalId }), payload }
}

/** The job type that is asked for. @throws ValidationError */
export function typeOf(
  { jobTypes }: ImportingDeps,
  held: KeptImport,
): { readonly jobType: string; readonly type: JobType } {
  const jobType = held.jobType ?? DEFAULT_JOB_TYPE
  const type = jobTypes.get(jobType)
  if (type !== undefined) return { jobType, type }
  throw new ValidationError([{ path: 'jobType', message: `names no registered job type: ${jobType}` }])
}
