import { setTimeout as delay } from 'node:timers/promises'
import type { JobType, Json } from '@muster/core'
import { json } from '@muster/core/schemas'
import { MOST_UNITS } from '@muster/core/usage'
import { z } from 'zod'

const FAILURES = ['network', 'rateLimit', 'validation', 'auth'] as const
const DAY_MS = 86_400_000

const units = z.int().min(0).max(MOST_UNITS)

/** What a mock call used, as a handler reports it. */
const simulatedUsage = z
  .strictObject({
    model: z.string().min(1).max(200).optional(),
    input: units,
    output: units,
    cached: units.optional(),
    cacheWrite: units.optional(),
    reasoning: units.optional(),
    costMicros: units.optional(),
  })
  .refine(({ input, cached = 0, cacheWrite = 0 }) => cached + cacheWrite <= input, {
    path: ['cached'],
    message: 'must be a part of input, together with cacheWrite',
  })
  .refine(({ output, reasoning = 0 }) => reasoning <= output, {
    path: ['reasoning'],
    message: 'must be a part of output',
  })

/** Whatever a scenario holds, and how the probe shall behave. */
export const stubPayload = z.looseObject({
  simulate: z
    .strictObject({
      /** How long the answer takes. */
      delayMs: z.number().min(0).max(DAY_MS).optional(),
      /** How many attempts fail before one succeeds; missing beside `failWith`: all. */
      failTimes: z.int().min(0).optional(),
      /** How they fail; missing beside `failTimes`: `network`. */
      failWith: z.enum(FAILURES).optional(),
      /** The answer, in place of a transcript. */
      result: json.optional(),
      /** Answers by the model's name, before `result`. */
      results: z.record(z.string(), json).optional(),
      /** What each attempt reports to have used before it ends, however that is: a call, or several. */
      usage: z.union([simulatedUsage, z.array(simulatedUsage).max(100)]).optional(),
    })
    .optional(),
})

type StubPayload = z.infer<typeof stubPayload>
type Simulated = NonNullable<StubPayload['simulate']>
type Failure = (typeof FAILURES)[number]

/** What the mock model said. */
export interface Transcript {
  readonly model: string | null
  readonly transcript: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[]
}

/**
 * A probe of no model: it waits and fails as its payload asks, and answers what its payload says, by model or whatever the model, else with a made-up
 * transcript. For trials, tests and load.
 */
export const stubProbe: JobType<StubPayload, Json | Transcript> = {
  name: 'stub:probe',
  payload: stubPayload,
  async handler({ payload: { simulate = {}, ...scenario }, model, attempt }, tools) {
    if (simulate.delayMs !== undefined) await delay(simulate.delayMs, undefined, { signal: tools.signal })
    for (const call of [simulate.usage ?? []].flat()) void tools.usage(call)
    const failure = failureOf(simulate, attempt)
    if (failure !== undefined) throw FAILING[failure]()
    tools.step('probe', 1, 1)
    const answer = answerOf(simulate, model)
    if (answer !== undefined) return answer
    return {
      model,
      transcript: [
        { role: 'user', content: JSON.stringify(scenario) },
        { role: 'assistant', content: `A mock answer of ${model ?? 'no model'}` },
      ],
    }
  },
}

function answerOf({ result, results = {} }: Simulated, model: string | null): Json | undefined {
  return model !== null && Object.hasOwn(results, model) ? results[model] : result
}

function failureOf({ failTimes, failWith }: Simulated, attempt: number): Failure | undefined {
  if (failWith === undefined && failTimes === undefined) return undefined
  return attempt <= (failTimes ?? Number.POSITIVE_INFINITY) ? (failWith ?? 'network') : undefined
}

/** Errors as the clients of real models throw them, so that the retry rules meet what they will meet. */
const FAILING: Readonly<Record<Failure, () => Error>> = {
  network: () => Object.assign(new Error('Simulated: the connection was reset'), { code: 'ECONNRESET' }),
  rateLimit: () => Object.assign(new Error('Simulated: too many requests'), { status: 429 }),
  validation: () =>
    Object.assign(new Error('Simulated: the request was refused as invalid'), { status: 422 }),
  auth: () => Object.assign(new Error('Simulated: the key was refused'), { status: 401 }),
}
