import { z } from 'zod'
import type { Clock } from '../environment.ts'
import { NotFoundError, ValidationError } from '../errors.ts'
import type { ProjectId } from '../ids.ts'
import { instant, parse } from '../input/parse.ts'
import type { RateStore } from './rate-store.ts'
import {
  type JobRate,
  RATE_GRAINS,
  type RateWindow,
  type RunRate,
  type StepRate,
  stretchOf,
} from './rates.ts'

/** Which time is looked at; without more the last hour, by the finest steps. */
export interface RatesRequest {
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** In seconds, 10 to 86 400, a multiple of 10. */
  readonly step?: number | undefined
}

/** How fast jobs and people went in a window. */
export interface Rates extends RateWindow {
  readonly jobs: readonly JobRate[]
  readonly steps: readonly StepRate[]
}

/** How fast the jobs of a run settled in a window; a step in which none did is left out. */
export interface RunRates extends RateWindow {
  readonly jobs: readonly RunRate[]
}

/** Rates of a project, or of all. */
export interface RateUseCases {
  /** null: of all projects. @throws ValidationError, NotFoundError */
  read(projectId: ProjectId | null, request: RatesRequest): Promise<Rates>
}

const [FINEST] = RATE_GRAINS
const HOUR_MS = 3_600_000
/** Most steps of one answer. */
const MOST_STEPS = 2_000

const step: z.ZodType<number, unknown> = z
  .preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
    z.int().min(FINEST).max(86_400).multipleOf(FINEST),
  )
  .meta({ description: `In seconds; ${FINEST} unless said` })

/** Which time is looked at, as in a query. */
export const ratesFilter: {
  readonly from: z.ZodType<Date | undefined, unknown>
  readonly to: z.ZodType<Date | undefined, unknown>
  readonly step: z.ZodType<number | undefined, unknown>
} = { from: instant.optional(), to: instant.optional(), step: step.optional() }

const request: z.ZodType<RatesRequest> = z.strictObject(ratesFilter)

interface Deps {
  readonly stores: {
    readonly rates: RateStore
    readonly projects: { find(projectId: ProjectId): Promise<object | undefined> }
  }
  readonly clock: Clock
}

/** Reads rates. */
export function rateUseCases({ stores: { rates, projects }, clock }: Deps): RateUseCases {
  return {
    async read(projectId, wanted) {
      const window = windowOf(wanted, clock.now())
      if (projectId !== null && !(await projects.find(projectId)))
        throw new NotFoundError('project', projectId)
      const [jobs, steps] = await Promise.all([rates.jobs(projectId, window), rates.steps(projectId, window)])
      return { ...window, jobs, steps }
    },
  }
}

/**
 * The stretch of time that is asked for. It begins with a step: the first is whole.
 * @throws ValidationError
 */
export function windowOf(wanted: RatesRequest, now: Date): RateWindow {
  const { from, to, step: seconds = FINEST } = parse(request, wanted)
  const end = to ?? now
  const begin = stretchOf(from ?? new Date(end.getTime() - HOUR_MS), seconds)
  if (begin >= end) throw new ValidationError([{ path: 'from', message: 'must be before to' }])
  if (end.getTime() - begin.getTime() > MOST_STEPS * seconds * 1_000) {
    const message = `is too short: from and to may lie at most ${MOST_STEPS} steps apart`
    throw new ValidationError([{ path: 'step', message }])
  }
  return { from: begin, to: end, step: seconds }
}
