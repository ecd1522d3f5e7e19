import type { JobTools, Json } from '@muster/core'
import { NonRetryableError } from '@muster/core'
import { AskCancelledError, AskTimedOutError, type AskWish } from '@muster/core/asks'

/** An answer as a program reads it. `answer` is null if the question was `cancelled` or has `timedOut`. */
interface GivenAnswer {
  readonly state: 'answered' | 'defaulted' | 'timedOut' | 'cancelled'
  readonly answer: Json
  readonly by: readonly string[]
  readonly taskId: string
}

/** The questions and kept values of one run of a program. */
interface Round {
  readonly ask: Readonly<Record<string, AskWish>>
  readonly keep: Readonly<Record<string, Json>>
}

/** The input of a program that may ask people. */
interface AskingInput {
  readonly payload: unknown
  readonly answers: Readonly<Record<string, GivenAnswer>>
  readonly kept: Readonly<Record<string, Json>>
}

/** A value of that name was not kept. */
const NOTHING = Symbol('nothing')

/**
 * Runs a program that may ask people: it is given the answers to what it has asked before, and what it kept. Once it gives `{"ask", "keep"?}` in place of a
 * result, the job sleeps until people have answered. Its questions are kept with the job, so that their answers are known before it is run again.
 */
export async function runAsking(
  payload: unknown,
  run: (input: AskingInput) => Promise<unknown>,
  { ask, once }: Pick<JobTools, 'ask' | 'once'>,
): Promise<unknown> {
  const answers: Record<string, GivenAnswer> = Object.create(null) as Record<string, GivenAnswer>
  const kept: Record<string, Json> = Object.create(null) as Record<string, Json>
  for (let number = 1; ; number++) {
    const name = `asked ${number}`
    const known = await roundOf(once, name)
    const result = known === undefined ? await run({ payload, answers, kept }) : undefined
    const round = known ?? askedIn(result)
    if (round === undefined) return result
    if (Object.keys(round.ask).every((each) => each in answers))
      throw new NonRetryableError('The Python program asks again what has been answered, and nothing else')
    const asked = Object.entries(round.ask).map(async ([each, wish]) => {
      answers[each] = await answerTo(ask, each, wish)
    })
    const ends = await Promise.allSettled(asked)
    const reasons = ends.flatMap((end): unknown[] => (end.status === 'rejected' ? [end.reason] : []))
    const refusal = reasons.find((reason) => reason instanceof Error)
    if (refusal !== undefined) throw refusal
    await once(name, () => round)
    // The job falls asleep: what says so is no error.
    // oxlint-disable-next-line typescript/only-throw-error -- it is passed on
    if (reasons.length > 0) throw reasons[0]
    Object.assign(kept, round.keep)
  }
}

async function roundOf(once: JobTools['once'], name: string): Promise<Round | undefined> {
  try {
    return (await once<Json>(name, () => {
      // oxlint-disable-next-line typescript/only-throw-error -- caught right below
      throw NOTHING
    })) as unknown as Round
  } catch (error) {
    if (error === NOTHING) return undefined
    throw error
  }
}

async function answerTo(ask: JobTools['ask'], name: string, wish: AskWish): Promise<GivenAnswer> {
  try {
    const { answer, by, taskId, timedOut } = await ask(name, wish)
    return { state: timedOut ? 'defaulted' : 'answered', answer, by, taskId }
  } catch (error) {
    const isOver = error instanceof AskTimedOutError || error instanceof AskCancelledError
    if (!isOver) throw error
    const state = error instanceof AskTimedOutError ? 'timedOut' : 'cancelled'
    return { state, answer: null, by: [], taskId: String(error.details['taskId']) }
  }
}

/** The questions of the program, if it gave `{"ask", "keep"?}` and nothing else. @throws NonRetryableError if one of both is no object, or nothing is asked */
function askedIn(result: unknown): Round | undefined {
  if (!isObject(result) || !('ask' in result)) return undefined
  const { ask, keep = {}, ...others } = result
  if (Object.keys(others).length > 0) return undefined
  if (!isObject(ask) || Object.keys(ask).length === 0)
    throw new NonRetryableError('`ask` of the Python program must be an object with a question by each name')
  if (!isObject(keep)) throw new NonRetryableError('`keep` of the Python program must be an object')
  return { ask, keep } as unknown as Round
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
