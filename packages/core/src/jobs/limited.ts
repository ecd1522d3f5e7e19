import { JobValidationError } from '../errors.ts'
import type { ProjectId } from '../ids.ts'
import type { Issue } from '../json/json.ts'
import { isKey, KEY_RULE } from '../limits/key.ts'
import { type LimitSet, MOST_KEYS } from '../limits/limit.ts'
import type { JobToLimit, JobType } from './job.ts'

/** Units that a start may be estimated at. */
const MOST_UNITS = 1_000_000_000
/** The cost that a start may be estimated at. */
const MOST_MICROS = 1_000_000_000_000

/**
 * The keys of a job of the type, and its estimate; none where the type says neither.
 * @throws JobValidationError at `limits` or `estimate`, for what a type says that cannot be meant
 */
export function limitsOf(type: JobType | undefined, job: JobToLimit): LimitSet | undefined {
  if (!type?.limits && !type?.estimate) return undefined
  const keys = type.limits ? asked(type, job, 'limits') : []
  if (!Array.isArray(keys) || keys.length > MOST_KEYS)
    throw wrong(type, job, [{ path: 'limits', message: `must be a list of at most ${MOST_KEYS} keys` }])
  const issues = keys.flatMap((key, index) =>
    isKey(key) ? [] : [{ path: `limits[${index}]`, message: `must be ${KEY_RULE}` }],
  )
  if (issues.length > 0) throw wrong(type, job, issues)
  const { units, costMicros } = estimateOf(type, job)
  if (keys.length === 0 && units === 0 && costMicros === 0) return undefined
  return { keys: [...new Set(keys)], units, ...(costMicros > 0 && { costMicros }) }
}

function estimateOf(type: JobType, job: JobToLimit): { readonly units: number; readonly costMicros: number } {
  if (!type.estimate) return { units: 0, costMicros: 0 }
  const given = asked(type, job, 'estimate') as Readonly<Record<string, unknown>> | null
  const unknown = Object.keys(given ?? {}).filter((member) => member !== 'units' && member !== 'costMicros')
  if (unknown.length > 0)
    throw wrong(
      type,
      job,
      unknown.map((member) => ({ path: `estimate.${member}`, message: 'is not known: units, costMicros' })),
    )
  const read = (member: 'units' | 'costMicros', most: number): number => {
    const value = typeof given === 'object' ? given?.[member] : Number.NaN
    if (value === undefined) return 0
    if (typeof value === 'number' && Number.isFinite(value) && value > 0 && value <= most)
      return roundedUp(Math.ceil(value), most)
    const message = `must be a number greater than 0 and at most ${most}`
    throw wrong(type, job, [{ path: `estimate.${member}`, message }])
  }
  return { units: read('units', MOST_UNITS), costMicros: read('costMicros', MOST_MICROS) }
}

/** Two digits that matter, so that estimates that hardly differ make one set. */
function roundedUp(value: number, most: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1)
  return Math.min(most, Math.ceil(value / step) * step)
}

function asked(type: JobType, job: JobToLimit, path: 'limits' | 'estimate'): unknown {
  let answer: unknown
  try {
    answer = type[path]?.(job)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw wrong(type, job, [{ path, message: `threw: ${why}` }])
  }
  if (answer instanceof Promise) {
    // Nobody waits for it: it must not end the process.
    answer.catch(() => undefined)
    throw wrong(type, job, [{ path, message: 'must answer at once, not give a promise' }])
  }
  return answer
}

function wrong(type: JobType, { model }: JobToLimit, issues: readonly Issue[]): JobValidationError {
  const of = model === null ? '' : ` for the model ${model}`
  return new JobValidationError(issues, `What ${type.name} says of its limits${of} cannot be meant`)
}

/** The keys of a run's jobs: by model, if nothing was read of a payload, else of each job. */
export async function limitsOfRun(
  type: JobType | undefined,
  { projectId, models }: { readonly projectId: ProjectId; readonly models: readonly string[] },
  payloads: () => AsyncIterable<unknown>,
): Promise<readonly (LimitSet | null)[] | undefined> {
  if (!type?.limits && !type?.estimate) return undefined
  const byModel = limitsByModel(type, projectId, models)
  if (byModel) return byModel
  const limits: (LimitSet | null)[] = []
  for await (const payload of payloads())
    for (const model of models) limits.push(limitsOf(type, { projectId, model, payload }) ?? null)
  return limits
}

/** The keys of each model's jobs; nothing if they depend on a payload. */
function limitsByModel(
  type: JobType,
  projectId: ProjectId,
  models: readonly string[],
): readonly (LimitSet | null)[] | undefined {
  let read = false
  const about = (model: string): JobToLimit => ({
    projectId,
    model,
    get payload() {
      read = true
      return undefined
    },
  })
  const byModel: (LimitSet | null)[] = []
  for (const model of models) {
    try {
      byModel.push(limitsOf(type, about(model)) ?? null)
    } catch (error) {
      // An error over no payload says nothing of the type.
      if (!read) throw error
    }
    if (read) return undefined
  }
  return byModel
}
