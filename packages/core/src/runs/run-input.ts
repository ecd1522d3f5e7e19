import { z } from 'zod'
import { instant, json, name, severalOf, uuid } from '../input/parse.ts'
import { MAX_PAGE } from '../paging.ts'
import { escalationPolicy } from './escalation/policy-input.ts'
import { MAX_REPEATS, MAX_SCENARIOS, RUN_PRIORITY_NAMES, RUN_STATUSES, type RunStatus } from './run.ts'
import type { NewRunRequest, NewScenario, RunChange, RunSettings } from './runs.ts'
import { capMicros } from './usage/budget-input.ts'

/** The job type of a definition that names none. */
export const DEFAULT_JOB_TYPE = 'probe:scenario'

/** One scenario, as an item of a JSON definition or a line of a streamed one. */
export const newScenario: z.ZodType<NewScenario> = z.strictObject({
  scenarioId: name.optional(),
  payload: json,
})

/** The members of a definition beside its scenarios; also the query of a streamed one. */
export const definitionHead: z.ZodType<{ readonly name: string; readonly jobType?: string | undefined }> =
  z.strictObject({
    name,
    jobType: name.optional(),
  })

/** A definition with its scenarios as an array. That no scenarioId repeats and that the job type takes each payload is seen when it is added. */
export const newDefinition: z.ZodType<{
  readonly name: string
  readonly jobType?: string | undefined
  readonly scenarios: readonly NewScenario[]
}> = z.strictObject({
  name,
  jobType: name.optional(),
  scenarios: z.array(newScenario).min(1).max(MAX_SCENARIOS),
})

const models: z.ZodType<readonly string[]> = z
  .array(name)
  .min(1)
  .max(100)
  .superRefine((value, context) => {
    const seen = new Set<string>()
    value.forEach((model, index) => {
      if (seen.has(model))
        context.addIssue({ code: 'custom', message: `repeats the model ${model}`, path: [index] })
      seen.add(model)
    })
  })
  .meta({ uniqueItems: true })

/** Which runs are looked for; as in a query, several statuses may stand with commas between, and instants as text. */
export const runsFilter: {
  readonly status: z.ZodType<readonly RunStatus[] | undefined, unknown>
  readonly definitionId: z.ZodType<string | undefined, string | undefined>
  readonly experimentId: z.ZodType<string | undefined, string | undefined>
  readonly model: z.ZodType<string | undefined, string | undefined>
  readonly from: z.ZodType<Date | undefined, unknown>
  readonly to: z.ZodType<Date | undefined, unknown>
} = {
  status: severalOf(RUN_STATUSES).optional(),
  definitionId: uuid.optional(),
  experimentId: name.optional(),
  model: name.optional(),
  from: instant.optional(),
  to: instant.optional(),
}

/** The same as one. */
export const runsWhere: z.ZodType<{
  readonly status?: readonly RunStatus[] | undefined
  readonly definitionId?: string | undefined
  readonly experimentId?: string | undefined
  readonly model?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}> = z.strictObject(runsFilter)

/** How many of the jobs that settled last are wanted. */
export const recentLimit: z.ZodType<number> = z.int().min(1).max(MAX_PAGE)

const runPriority = z.enum(RUN_PRIORITY_NAMES)
const pace = z.number().gt(0).max(1_000_000).nullable()

/** A change of a run that goes on. */
export const runChange: z.ZodType<RunChange> = z.strictObject({
  priority: runPriority.optional(),
  maxJobsPerSecond: pace.optional(),
})

/** The fields of a run's settings. */
export const runFields: { readonly [Field in keyof RunSettings]-?: z.ZodType<RunSettings[Field]> } = {
  models,
  repeats: z.int().min(1).max(MAX_REPEATS).optional(),
  samplePercentage: z.number().gt(0).max(100).optional(),
  sampleSeed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  priority: runPriority.optional(),
  experimentId: name.nullable().optional(),
  maxJobsPerSecond: pace.optional(),
  escalation: escalationPolicy.optional(),
  budgetMicros: capMicros.optional(),
}

/** The settings of a run beside its scenarios. */
export const runSettings: z.ZodType<RunSettings> = z.strictObject(runFields)

/** A request to start a run of a definition. */
export const newRun: z.ZodType<NewRunRequest> = z.strictObject({ definitionId: uuid, ...runFields })
