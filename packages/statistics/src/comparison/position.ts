import { assertOptions, assertWhole } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, shareInterval } from '../arithmetic/interval.ts'
import { Sum } from '../arithmetic/sum.ts'

/** The decisive answers to one task: for the side that was shown first, and for the other. */
export interface ShownTask {
  readonly first: number
  readonly second: number
}

/** How much more often the side shown first is preferred than half of the time. */
export interface PositionEffect {
  /** `null` with a reason. */
  readonly share: number | null
  /** share − ½. */
  readonly effect: number | null
  readonly low: number | null
  readonly high: number | null
  /** No decisive answer, or only one task with any. */
  readonly reason: 'empty' | 'one_task' | null
  readonly decisive: number
  /** Tasks with a decisive answer. */
  readonly tasks: number
}

/**
 * The position effect, with an interval that lets the answers to one task depend on each other.
 *
 * @throws RangeError if a count is no whole number
 */
export function positionEffect(
  tasks: Iterable<ShownTask>,
  options: { readonly level?: number } = {},
): PositionEffect {
  assertOptions(options, ['level'])
  const { level = DEFAULT_LEVEL } = options
  const decisive: ShownTask[] = []
  let [first, all, given] = [0, 0, 0]
  for (const task of tasks) {
    assertWhole(`tasks[${given}].first`, task.first)
    assertWhole(`tasks[${given}].second`, task.second)
    given++
    if (task.first + task.second === 0) continue
    decisive.push(task)
    first += task.first
    all += task.first + task.second
  }
  const g = decisive.length
  const counts = { decisive: all, tasks: g }
  if (g < 2) {
    const reason = g === 0 ? 'empty' : 'one_task'
    return { share: null, effect: null, low: null, high: null, reason, ...counts }
  }
  const share = first / all
  const squares = new Sum()
  for (const task of decisive) {
    const off = task.first - share * (task.first + task.second)
    squares.add(off * off)
  }
  const se = Math.sqrt((g / (g - 1)) * squares.value) / all
  const { low, high } = shareInterval(share, se, g, { level })
  return { share, effect: share - 0.5, low: low - 0.5, high: high - 0.5, reason: null, ...counts }
}
