import type { Clock } from '../../environment.ts'
import { ValidationError } from '../../errors.ts'
import type { JobId, WorkerId } from '../../ids.ts'
import { costOf, priceAt } from '../../usage/price.ts'
import { type CallUsage, type CountedCall, countedCall, NO_USAGE, plusUsage } from '../../usage/usage.ts'
import type { UsageGroup, UsageReport } from '../../usage/usage-store.ts'
import type { UsageSink } from '../worker/usage-sink.ts'
import type { WorkedOn } from './remote-worker.ts'

/** A job that calls are counted for. */
type UsedJob = Pick<WorkedOn, 'jobId' | 'projectId' | 'runId' | 'model'>

/** Calls of providers in an attempt at a job; `path` is where the caller named the first of them, without its number. */
export interface UsedCalls {
  readonly job: UsedJob
  readonly path: string
  readonly usage: readonly CallUsage[]
}

/** A call, and the job that it was made for. */
interface JobCall {
  readonly job: UsedJob
  readonly call: CountedCall
}

/** The calls as they count. @throws ValidationError naming each member at fault */
export function countedCalls(used: readonly UsedCalls[]): readonly JobCall[] {
  return used.flatMap(({ job, path, usage }) =>
    usage.map((call, index): JobCall => {
      try {
        return { job, call: countedCall(call, job.model) }
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error
        const issues = error.issues.map((issue) => ({
          path: [`${path}[${index}]`, issue.path].filter((part) => part !== '').join('.'),
          message: issue.message,
        }))
        throw new ValidationError(issues, 'The usage cannot be counted')
      }
    }),
  )
}

/** Counts a worker's report, once. Gives whether it was this call that did. */
export async function recordUsage(
  { usage, clock }: { readonly usage: UsageSink; readonly clock: Clock },
  workerId: WorkerId,
  report: number,
  calls: readonly JobCall[],
): Promise<boolean> {
  const models = [...new Set(calls.map(({ call }) => call.model))]
  for (;;) {
    const { version, prices } = await usage.findPrices(models)
    const content = contentOf(calls, (model) => priceAt(prices, model, clock.now()))
    const kind = await usage.record({ reporterId: workerId, report, pricesVersion: version, ...content })
    if (kind !== 'stale') return kind === 'counted'
  }
}

function contentOf(
  calls: readonly JobCall[],
  priceOf: (model: string) => ReturnType<typeof priceAt>,
): Pick<UsageReport, 'groups' | 'jobs'> {
  const groups = new Map<string, UsageGroup>()
  const jobs = new Map<JobId, UsageReport['jobs'][number]>()
  for (const { job, call } of calls) {
    const { jobId, projectId, runId } = job
    const price = priceOf(call.model)
    const costMicros = costOf(call, price)
    const { model, costMicros: told, ...tokens } = call
    const counted = { calls: 1, ...tokens, costMicros, unpriced: told === null && !price ? 1 : 0 }
    const key = JSON.stringify([projectId, runId, model])
    groups.set(key, { projectId, runId, model, ...plusUsage(groups.get(key) ?? NO_USAGE, counted) })
    const before = jobs.get(jobId)
    const units = (before?.units ?? 0) + call.input + call.output
    jobs.set(jobId, { jobId, units, costMicros: (before?.costMicros ?? 0) + costMicros })
  }
  return { groups: [...groups.values()], jobs: [...jobs.values()] }
}

/** The tokens of calls together. */
export function unitsOfCalls(usage: readonly CallUsage[]): number {
  return usage.reduce((sum, { input, output }) => sum + input + output, 0)
}
