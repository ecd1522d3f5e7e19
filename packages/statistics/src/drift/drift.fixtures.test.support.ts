import type { Functions } from '../fixtures.test.support.ts'
import { type CusumPolicy, cusum, cusumSteps, wrongPause } from './cusum.ts'

type Walk = CusumPolicy & { readonly answers: readonly number[] }

/** The functions that the fixtures name. */
export const FUNCTIONS: Functions = {
  cusumSteps: (standard: { good: number; bad: number }) => cusumSteps(standard),
  cusum: ({ answers, ...policy }: Walk) =>
    cusum(
      answers.map((answer) => answer === 1),
      policy,
    ),
  wrongPause: ({ p, n, ...policy }: CusumPolicy & { p: number; n: number }) => wrongPause(p, n, policy),
}
