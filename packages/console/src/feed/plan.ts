import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { CallError, type Problem } from '../api/call.ts'

/** What a deed would do. */
export interface Plan<Answer> {
  /** undefined until the answer is there for what is typed. */
  readonly value: ReadonlySignal<Answer | undefined>
  readonly problem: ReadonlySignal<Problem | undefined>
  /** What is wrong at one of these places of the request, or below. */
  readonly faultOf: (...paths: readonly string[]) => string | undefined
}

/** A plan follows what is typed, this long after the last key. */
const SOON_MS = 250

/** Asks what a request would do, anew as it changes; undefined: there is nothing to ask yet. */
export function usePlan<Answer>(body: unknown, ask: () => Promise<Answer>): Plan<Answer> {
  const value = useSignal<Answer | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const turn = useRef(0)
  useEffect(() => {
    turn.current += 1
    const mine = turn.current
    value.value = undefined
    if (body === undefined) {
      problem.value = undefined
      return
    }
    const timer = setTimeout(() => {
      void ask().then(
        (answer) => {
          if (mine !== turn.current) return
          value.value = answer
          problem.value = undefined
        },
        (error: unknown) => {
          if (!(error instanceof CallError)) throw error
          if (mine === turn.current) problem.value = error.problem
        },
      )
    }, SOON_MS)
    return () => clearTimeout(timer)
  }, [JSON.stringify(body)])
  return {
    value,
    problem,
    faultOf: (...paths) =>
      problem.value?.errors?.find(({ path }) => paths.some((one) => path.startsWith(one)))?.message,
  }
}
