import { ValidationError } from '../errors.ts'
import { isName, LONGEST_NAME } from '../input/parse.ts'
import type { Issue } from '../json/json.ts'

/** The most of anything that one call of a provider may report. */
export const MOST_UNITS: number = 2 ** 31 - 1

/**
 * The usage of one call of a provider, as a handler reports it: whole numbers of tokens, 0 to {@link MOST_UNITS}. `input` includes
 * `cached` and `cacheWrite`, `output` includes `reasoning`: the whole is input + output.
 */
export interface CallUsage {
  /** Default: the job's. It may be another, such as a judge's. */
  readonly model?: string | undefined
  readonly input: number
  readonly output: number
  /** Of the input: read from the provider's cache. */
  readonly cached?: number | undefined
  /** Of the input: written to the provider's cache. */
  readonly cacheWrite?: number | undefined
  /** Of the output: thought, not said. */
  readonly reasoning?: number | undefined
  /** The cost of the call in millionths of the currency unit, if the provider tells it; it wins over prices. */
  readonly costMicros?: number | undefined
}

/** A call's usage with everything said. */
export interface CountedCall {
  readonly model: string
  readonly input: number
  readonly output: number
  readonly cached: number
  readonly cacheWrite: number
  readonly reasoning: number
  /** null: by the price of its model. */
  readonly costMicros: number | null
}

/** The usage of calls together. Sums of whole numbers: equal in whatever order they are added. */
export interface UsageSum {
  readonly calls: number
  readonly input: number
  readonly output: number
  readonly cached: number
  readonly cacheWrite: number
  readonly reasoning: number
  /** In millionths of the currency unit. */
  readonly costMicros: number
  /** Calls without a price, which count as free. */
  readonly unpriced: number
}

/** The usage of the attempts at one job: tokens, and their cost in millionths of the currency unit. */
export interface JobUsage {
  readonly units: number
  readonly costMicros: number
}

/** Of no calls. */
export const NO_USAGE: UsageSum = {
  calls: 0,
  input: 0,
  output: 0,
  cached: 0,
  cacheWrite: 0,
  reasoning: 0,
  costMicros: 0,
  unpriced: 0,
}

/** The members of a {@link UsageSum}, in the order in which they are told. */
export const USAGE_COUNTS: readonly (keyof UsageSum)[] = Object.keys(NO_USAGE) as (keyof UsageSum)[]

/** Both together. */
export function plusUsage(a: UsageSum, b: UsageSum): UsageSum {
  return {
    calls: a.calls + b.calls,
    input: a.input + b.input,
    output: a.output + b.output,
    cached: a.cached + b.cached,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    reasoning: a.reasoning + b.reasoning,
    costMicros: a.costMicros + b.costMicros,
    unpriced: a.unpriced + b.unpriced,
  }
}

/** Both together; null if neither is there. */
export function plusJobUsage(a: JobUsage | null, b: JobUsage | null | undefined): JobUsage | null {
  if (!b) return a
  return { units: (a?.units ?? 0) + b.units, costMicros: (a?.costMicros ?? 0) + b.costMicros }
}

const NUMBERS = ['input', 'output', 'cached', 'cacheWrite', 'reasoning', 'costMicros'] as const
const NEEDED: ReadonlySet<string> = new Set(['input', 'output'])
const KNOWN: ReadonlySet<string> = new Set(['model', ...NUMBERS])

/**
 * The call as it counts; `model` is the job's.
 * @throws ValidationError naming each member at fault and its rule
 */
export function countedCall(given: CallUsage, model: string | null): CountedCall {
  const issues = issuesOf(given, model)
  if (issues.length > 0) throw new ValidationError(issues, 'The usage cannot be counted')
  return {
    model: given.model ?? model ?? '',
    input: given.input,
    output: given.output,
    cached: given.cached ?? 0,
    cacheWrite: given.cacheWrite ?? 0,
    reasoning: given.reasoning ?? 0,
    costMicros: given.costMicros ?? null,
  }
}

function issuesOf(given: CallUsage, model: string | null): Issue[] {
  if (typeof given !== 'object' || given === null)
    return [{ path: '', message: 'must be an object with input and output' }]
  const issues: Issue[] = []
  for (const path of Object.keys(given))
    if (!KNOWN.has(path)) issues.push({ path, message: 'is not a known field' })
  if (given.model !== undefined && !isName(given.model))
    issues.push({ path: 'model', message: `must be a text of 1 to ${LONGEST_NAME} characters` })
  else if (given.model === undefined && model === null)
    issues.push({ path: 'model', message: 'must be said, since the job has none' })
  for (const path of NUMBERS) {
    const value = given[path]
    if (value === undefined && !NEEDED.has(path)) continue
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > MOST_UNITS)
      issues.push({ path, message: `must be a whole number from 0 to ${MOST_UNITS}` })
  }
  if (issues.length > 0) return issues
  const { input, output, cached = 0, cacheWrite = 0, reasoning = 0 } = given
  if (cached + cacheWrite > input)
    issues.push({ path: 'cached', message: 'must be a part of input, together with cacheWrite' })
  if (reasoning > output) issues.push({ path: 'reasoning', message: 'must be a part of output' })
  return issues
}
