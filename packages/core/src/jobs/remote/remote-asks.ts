import {
  AskRefusedError,
  type MusterError,
  NotFoundError,
  TooManyAsksError,
  ValidationError,
} from '../../errors.ts'
import type { Issue, Json } from '../../json/json.ts'
import type { JobAsk, JobLife, PlannedAsk } from '../asks/ask.ts'
import { checkKept, checkNumber, checkSame } from '../asks/asking.ts'
import type { AskDesk } from '../asks/desk.ts'
import type { HeldJob } from './remote-worker.ts'

/** An outcome that cannot be recorded as it is: the error that ends its job, and each place at fault. */
export interface Refusal {
  readonly refusal: MusterError
  readonly errors: readonly Issue[]
}

/** The questions of an outcome as they can be put, or the reason why one of them cannot. */
export async function plannedAsks(
  desk: Pick<AskDesk, 'read' | 'plan'>,
  job: HeldJob,
  ask: Readonly<Record<string, Json>>,
  before: readonly JobAsk[],
): Promise<{ readonly asks: readonly PlannedAsk[] } | Refusal> {
  const asks: PlannedAsk[] = []
  for (const [name, wish] of Object.entries(ask)) {
    try {
      const read = desk.read(name, wish)
      const answered = before.find((one) => one.name === name)
      if (answered) {
        checkSame(name, answered.digest, read.digest)
        throw new AskRefusedError([{ path: name, message: 'has its answer: the claim gave it' }])
      }
      checkNumber(name, before.length, asks.length)
      asks.push(await desk.plan(job, read))
    } catch (error) {
      return refusalOf(error, `ask.${name}`, name)
    }
  }
  return { asks }
}

/** Why the values of an outcome cannot be kept, if they cannot. */
export function unkeepable(
  keep: Readonly<Record<string, Json>>,
  before: JobLife['kept'],
): Refusal | undefined {
  try {
    checkKept(keep, before)
    return undefined
  } catch (error) {
    return refusalOf(error, 'keep')
  }
}

/** The places at fault stand behind `at`; `whole` is the path of that itself. @throws what is no fault of the outcome, such as a store that is away */
function refusalOf(error: unknown, at: string, whole = ''): Refusal {
  if (error instanceof ValidationError) {
    const errors = error.issues.map(({ path, ...issue }) => ({
      ...issue,
      path: path === whole ? at : `${at}.${path}`,
    }))
    return { refusal: error, errors }
  }
  if (error instanceof TooManyAsksError || error instanceof NotFoundError)
    return { refusal: error, errors: [{ path: at, message: error.message }] }
  throw error
}
