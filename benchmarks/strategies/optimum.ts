import { unmetRequirements } from '@muster/core/rules'
import { WAIT_WORTH_A_WRONG_ANSWER_MS } from './measures.ts'
import { minCostAssignment } from './min-cost-assignment.ts'
import type { Arrival, Worker, World } from './world.ts'

/** How much longer than the last arrival the optimum may work: ample for a backlog of an overloaded day and for the scarce few. */
const OVERTIME = 0.6

/**
 * The least cost a task that anybody could reach who knew all arrivals and all true qualities beforehand and cared for nobody's fair share: a
 * lower bound for every strategy. Each person's time is cut into slots as long as they need for a task, and tasks are matched with slots. No
 * schedule is cheaper: two starts of one person lie at least a slot's length apart, so each start falls into a slot of its own, which is
 * charged from its beginning or from the earliest moment at which the person may have the task, whichever is later.
 */
export function optimalCost({ workers, arrivals }: World): number {
  const lastArrival = arrivals.at(-1)?.at ?? 0
  const until = (lastArrival + Math.max(...workers.map(({ handlingMs }) => handlingMs))) * (1 + OVERTIME)
  const slots = workers.flatMap((worker) =>
    Array.from({ length: Math.ceil(until / worker.handlingMs) }, (_, nth) => ({
      worker,
      beginsAt: nth * worker.handlingMs,
    })),
  )
  const costs = new Float64Array(arrivals.length * slots.length)
  for (const [row, arrival] of arrivals.entries()) {
    const earliest = new Map(workers.map((worker) => [worker, earliestFor(worker, arrival)]))
    for (const [column, { worker, beginsAt }] of slots.entries()) {
      const from = earliest.get(worker) ?? Number.POSITIVE_INFINITY
      const isOver = beginsAt + worker.handlingMs <= from
      const wait = Math.max(beginsAt, from) - arrival.at
      costs[row * slots.length + column] = isOver
        ? Number.POSITIVE_INFINITY
        : 1 - worker.quality + wait / WAIT_WORTH_A_WRONG_ANSWER_MS
    }
  }
  return minCostAssignment(costs, arrivals.length, slots.length).cost / arrivals.length
}

/** When the person may have the task at the earliest: at once, when what they lack is waived, or never. */
function earliestFor({ skills }: Worker, { at, requirements }: Arrival): number {
  const lacking = unmetRequirements(skills, requirements, 0)
  if (lacking.length === 0) return at
  const waits = requirements.map(({ dropAfterMinutes }) => dropAfterMinutes ?? Number.POSITIVE_INFINITY)
  return at + Math.max(...waits) * 60_000
}
