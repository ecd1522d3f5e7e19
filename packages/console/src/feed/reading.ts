import { batch, type ReadonlySignal, type Signal, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { CallError, type Problem } from '../api/call.ts'

/** What was read, or why it could not be; what was read before stays until the answer. */
export interface Reading<Value> {
  readonly value: ReadonlySignal<Value | undefined>
  readonly problem: ReadonlySignal<Problem | undefined>
  /** Reads it again; of two at once the later one counts. */
  readonly again: () => Promise<void>
  /** Puts what is known otherwise, such as the answer of a move. */
  readonly put: (value: Value) => void
}

/** Reads by a call, on demand: `again` is for `useLive`. */
export function useReading<Value>(read: () => Promise<Value>): Reading<Value> {
  const value = useSignal<Value | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const latest = useRef(read)
  latest.current = read
  const made = useRef<Reading<Value>>(undefined)
  made.current ??= readingOf(value, problem, () => latest.current())
  return made.current
}

function readingOf<Value>(
  value: Signal<Value | undefined>,
  problem: Signal<Problem | undefined>,
  read: () => Promise<Value>,
): Reading<Value> {
  let turn = 0
  let inFlight = 0
  const again = async (): Promise<void> => {
    turn += 1
    const mine = turn
    inFlight += 1
    try {
      const next = await read()
      if (mine !== turn) return
      batch(() => {
        value.value = next
        problem.value = undefined
      })
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (mine === turn) problem.value = error.problem
    } finally {
      inFlight -= 1
    }
  }
  return {
    value,
    problem,
    again,
    put: (next) => {
      value.value = next
      // The answer that is on its way may be older than what is put, or newer.
      if (inFlight > 0) void again()
    },
  }
}
