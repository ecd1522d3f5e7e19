import { z } from 'zod'
import type { JobId } from '../../ids.ts'
import { json, name, unreadable, uuid } from '../../input/parse.ts'
import type { Issue, Json } from '../../json/json.ts'
import type { CallUsage } from '../../usage/usage.ts'
import { MOST_SLOTS } from '../job-types.ts'
import type { AttemptKey } from './remote-worker.ts'
import type {
  Heartbeat,
  NewRemoteWorker,
  RemoteClaim,
  RemoteOutcome,
  RemoteSettle,
} from './remote-workers.ts'

/** The most jobs of one call. */
export const MOST_CLAIMED = 500
/** The longest that a claim waits, in seconds. */
export const LONGEST_CLAIM_SECONDS = 25
/** The longest message of an error, in characters; what is kept of it is shorter. */
const LONGEST_MESSAGE = 100_000

const jobId = uuid as unknown as z.ZodType<JobId, string>
const count = z.int().min(0)

/** A worker to be opened. */
export const newRemoteWorker: z.ZodType<NewRemoteWorker, unknown> = z.strictObject({
  name,
  types: z.array(name).min(1).max(1_000),
  concurrency: z.int().min(1).max(MOST_SLOTS),
})

/** A claim. */
export const remoteClaim: z.ZodType<RemoteClaim, unknown> = z.strictObject({
  max: z.int().min(1).max(MOST_CLAIMED),
  waitSeconds: z.number().min(0).max(LONGEST_CLAIM_SECONDS).optional(),
})

// The use case holds it to its rules, which ask for the job's model.
const call: z.ZodType<CallUsage> = z.strictObject({
  model: name.optional(),
  input: count,
  output: count,
  cached: count.optional(),
  cacheWrite: count.optional(),
  reasoning: count.optional(),
  costMicros: count.optional(),
})

const usage: z.ZodType<readonly CallUsage[], unknown> = z
  .union([call, z.array(call).max(1_000)])
  .transform((given) => (Array.isArray(given) ? given : [given]))
  .meta({ description: 'One call of a provider, or a list of them' })

const attempt = z.int().min(1)

const step = z
  .strictObject({ name, index: z.int().min(1), total: z.int().min(1) })
  .refine(({ index, total }) => index <= total, { path: ['index'], message: 'must be at most total' })

const report = z.int().min(1).optional()

/** Usage is counted by report. */
function numbered<Input extends { readonly report?: number | undefined }>(
  schema: z.ZodType<Input, unknown>,
  usersOf: (input: Input) => readonly { readonly usage?: readonly CallUsage[] | undefined }[],
): z.ZodType<Input, unknown> {
  return schema.refine(
    (input) => input.report !== undefined || usersOf(input).every((one) => (one.usage ?? []).length === 0),
    { path: ['report'], message: 'must be given beside usage' },
  )
}

/** A sign of life. */
export const heartbeat: z.ZodType<Heartbeat, unknown> = numbered<Heartbeat>(
  z.strictObject({
    report,
    jobs: z
      .array(
        z.strictObject({
          jobId,
          attempt,
          step: step.optional(),
          progress: z.number().min(0).max(100).optional(),
          usage: usage.optional(),
        }),
      )
      .max(MOST_SLOTS)
      .optional(),
  }),
  ({ jobs = [] }) => jobs,
)

const failure = z.strictObject({
  code: name,
  message: z.string().max(LONGEST_MESSAGE),
  retryable: z.boolean().optional(),
  retryAfterSeconds: z.number().min(0).optional(),
  key: z.string().min(1).max(200).optional(),
})

/** The use case reads the values: one that is wrong is no reason to refuse the outcomes beside it. */
const named: z.ZodType<Readonly<Record<string, Json>>, unknown> = z.record(z.string(), json)

const questions = named
  .refine((ask) => Object.keys(ask).length > 0, 'must have a question')
  .meta({
    minProperties: 1,
    description:
      'Questions to people, by name: each `{ payload, form?, workflowId?, requiredSkills?, priority?, timeoutSeconds?, onTimeout? }`. The job is asleep until all of them have an answer, and is then claimed again with `answers`.',
  })

/** Which attempt it is. */
const key = {
  jobId,
  attempt,
  startedAt: z.iso.datetime({ offset: true, error: 'must be the startedAt of the claim' }),
}

const outcome = z
  .strictObject({
    ...key,
    result: json.optional(),
    error: failure.optional(),
    ask: questions.optional(),
    keep: named.optional().meta({
      description:
        'Values of `once`, by name: kept with the job unless it ends with a result, and given with its next claims.',
    }),
    usage: usage.optional(),
  })
  .refine(
    ({ result, error, ask }) => [result, error, ask].filter((given) => given !== undefined).length === 1,
    { path: ['result'], message: 'must be given, or else error or ask, and only one of them' },
  )

/** Ends of attempts. */
export const remoteSettle: z.ZodType<RemoteSettle, unknown> = numbered<RemoteSettle>(
  z.strictObject({ report, outcomes: z.array(outcome).min(1).max(MOST_CLAIMED) }),
  ({ outcomes }) => outcomes,
)

const keyed = z.strictObject({ report, outcomes: z.array(z.looseObject(key)).min(1).max(MOST_CLAIMED) })

/** The end of an attempt as it was read, or what is wrong with it. */
export interface ReadEnd {
  readonly key: AttemptKey & Pick<RemoteOutcome, 'startedAt'>
  readonly outcome?: RemoteOutcome
  readonly errors?: readonly Issue[]
}

/** Reads each end of an attempt by itself: one that is wrong is no reason to refuse those beside it. @throws ValidationError unless each says which attempt it is of, and usage comes with a report */
export function readSettle(given: unknown): {
  readonly report?: number | undefined
  readonly ends: readonly ReadEnd[]
} {
  const whole = remoteSettle.safeParse(given)
  if (whole.success) {
    const { report: number, outcomes } = whole.data
    return { report: number, ends: outcomes.map((one) => ({ key: one, outcome: one })) }
  }
  const ends = keyed.safeParse(given).data?.outcomes.map(readEnd)
  const isUsing = ends?.some(({ outcome: read }) => (read?.usage ?? []).length > 0)
  const { report: number } = Object(given) as RemoteSettle
  if (ends === undefined || (isUsing && number === undefined)) throw unreadable(whole.error)
  return { report: number, ends }
}

function readEnd(given: ReadEnd['key']): ReadEnd {
  const { jobId: id, attempt: nth, startedAt } = given
  const named = { jobId: id, attempt: nth, startedAt }
  const read = outcome.safeParse(given)
  return read.success
    ? { key: named, outcome: read.data }
    : { key: named, errors: unreadable(read.error).issues }
}

/** Jobs to hand back. */
export const remoteReturn: z.ZodType<{ readonly jobIds: readonly JobId[] }, unknown> = z.strictObject({
  jobIds: z.array(jobId).min(1).max(MOST_SLOTS),
})
