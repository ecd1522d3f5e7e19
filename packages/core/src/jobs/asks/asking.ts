import {
  AskCancelledError,
  AskRefusedError,
  AskTimedOutError,
  TooManyAsksError,
  ValidationError,
} from '../../errors.ts'
import { isName, lengthOf } from '../../input/parse.ts'
import { type Json, jsonOf } from '../../json/json.ts'
import type { ActiveJob } from '../worker-store.ts'
import {
  type AskAnswer,
  type AskWish,
  type JobAsk,
  type JobLife,
  LONGEST_ASK_NAME,
  MAX_KEPT_BYTES,
  MOST_ASKS,
  MOST_OPEN_ASKS,
  type PlannedAsk,
  type ReadAsk,
} from './ask.ts'
import type { AskDesk } from './desk.ts'

/** Thrown to end an attempt whose job falls asleep. No `Error`: handlers that look for one do not take it for a failure. */
class Suspended {
  readonly message = 'The job falls asleep until people have answered'
}

/** A question that waits for an answer. */
interface Planned {
  readonly digest: string
  readonly plan: Promise<PlannedAsk>
  /** It can be put. */
  planned?: PlannedAsk
}

/** The questions and kept values of one attempt. */
export class Asking {
  readonly #job: ActiveJob
  readonly #desk: AskDesk
  /** Called with the first question that waits for an answer. */
  readonly #suspend: () => void
  #life: Promise<JobLife> | undefined
  /** In the order in which they were asked. */
  readonly #planned = new Map<string, Planned>()
  #isSuspended = false
  readonly #kept = new Map<string, Json>()
  readonly #making = new Map<string, Promise<Json>>()
  #keptBytes: number | undefined

  constructor(job: ActiveJob, desk: AskDesk, suspend: () => void) {
    this.#job = job
    this.#desk = desk
    this.#suspend = suspend
  }

  /** The questions that the job falls asleep over, in the order in which they were asked; none: it goes on. */
  get asks(): readonly PlannedAsk[] {
    return [...this.#planned.values()].flatMap(({ planned }) => planned ?? [])
  }

  /** Whether it has a question that can be put, and waits for an answer. */
  get isSuspended(): boolean {
    return this.#isSuspended
  }

  /** The values that this attempt has made. */
  get kept(): Readonly<Record<string, Json>> | undefined {
    return this.#kept.size === 0 ? undefined : Object.fromEntries(this.#kept)
  }

  /** Resolves once nothing is being looked at. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#planned.values()].map(({ plan }) => plan))
  }

  /** @throws Suspended while there is no answer */
  async ask(name: string, given: AskWish): Promise<AskAnswer> {
    const read = this.#desk.read(name, given)
    const { asks } = await this.#read()
    const before = asks.find((ask) => ask.name === name)
    if (before !== undefined) {
      checkSame(name, before.digest, read.digest)
      return answerOf(before)
    }
    const known = this.#planned.get(name)
    if (known) checkSame(name, known.digest, read.digest)
    const plan = known?.plan ?? this.#plan(read, asks)
    await plan
    // oxlint-disable-next-line typescript/only-throw-error -- handlers that look for errors do not take it for one
    throw new Suspended()
  }

  #plan(read: ReadAsk, before: readonly JobAsk[]): Promise<PlannedAsk> {
    const { name, digest } = read
    checkNumber(name, before.length, this.#planned.size)
    const plan = this.#desk.plan(this.#job, read).then(
      (planned) => {
        const known = this.#planned.get(name)
        if (known) known.planned = planned
        if (!this.#isSuspended) this.#suspend()
        this.#isSuspended = true
        return planned
      },
      (refusal: unknown) => {
        // It may be asked otherwise.
        this.#planned.delete(name)
        throw refusal
      },
    )
    this.#planned.set(name, { digest, plan })
    return plan
  }

  /** The value of that name, made once. */
  async once(name: string, make: () => unknown): Promise<Json> {
    if (!isKeptName(name)) throw new ValidationError([{ path: 'name', message: NAME_RULE }])
    const { kept } = await this.#read()
    if (Object.hasOwn(kept, name)) return kept[name] as Json
    const making = this.#making.get(name) ?? this.#make(name, make, kept)
    this.#making.set(name, making)
    try {
      return await making
    } catch (error) {
      this.#making.delete(name)
      throw error
    }
  }

  async #make(name: string, make: () => unknown, kept: JobLife['kept']): Promise<Json> {
    const { value, issues } = jsonOf((await make()) ?? null, [name])
    if (issues.length > 0) throw new ValidationError(issues, 'The value cannot be kept')
    this.#keptBytes = checkedBytes(name, value as Json, this.#keptBytes ?? bytesOfAll(kept))
    this.#kept.set(name, value as Json)
    return value as Json
  }

  #read(): Promise<JobLife> {
    this.#life ??= this.#desk.life(this.#job.jobId).catch((error: unknown) => {
      this.#life = undefined
      throw error
    })
    return this.#life
  }
}

/** @throws TooManyAsksError if a job that has put so many questions before, and so many now, may not put this one too */
export function checkNumber(name: string, before: number, now: number): void {
  const most =
    before + now >= MOST_ASKS
      ? `${MOST_ASKS} questions in its life`
      : now >= MOST_OPEN_ASKS && `${MOST_OPEN_ASKS} open questions`
  if (most !== false) throw new TooManyAsksError(`A job may put ${most} at most: ${name} is one more`)
}

/** @throws ValidationError naming each of the values that cannot be kept beside those that the job has */
export function checkKept(values: Readonly<Record<string, Json>>, before: JobLife['kept']): void {
  const misnamed = Object.keys(values).filter((name) => !isKeptName(name))
  if (misnamed.length > 0)
    throw new ValidationError(misnamed.map((path) => ({ path, message: `is no name: it ${NAME_RULE}` })))
  let bytes = bytesOfAll(
    Object.fromEntries(Object.entries(before).filter(([name]) => !Object.hasOwn(values, name))),
  )
  for (const [name, value] of Object.entries(values)) bytes = checkedBytes(name, value, bytes)
}

const NAME_RULE = `must have 1 to ${LONGEST_ASK_NAME} characters`

function isKeptName(name: string): boolean {
  return isName(name) && lengthOf(name) <= LONGEST_ASK_NAME
}

function bytesOfAll(kept: JobLife['kept']): number {
  return Object.values(kept).reduce((sum: number, one) => sum + bytesOf(one), 0)
}

/** The bytes of all kept values with this one. @throws ValidationError if it is too large */
function checkedBytes(name: string, value: Json, before: number): number {
  const bytes = bytesOf(value)
  const { each, together } = MAX_KEPT_BYTES
  const most = bytes > each ? each : before + bytes > together ? together : undefined
  if (most === undefined) return before + bytes
  const of = most === each ? 'one value' : 'all values of a job'
  throw new ValidationError([{ path: name, message: `is too large: ${of} may have ${most} bytes` }])
}

/** @throws AskRefusedError if the same name was given to another question */
export function checkSame(name: string, first: string, now: string): void {
  if (first === now) return
  const message = `was asked with other content before, and that counts: another question needs another name`
  throw new AskRefusedError([{ path: name, message }], 'ask_changed')
}

function answerOf({ name, state, answer, by, taskId }: JobAsk): AskAnswer {
  switch (state) {
    case 'timedOut':
      throw new AskTimedOutError(name, taskId)
    case 'cancelled':
      throw new AskCancelledError(name, taskId)
    case 'defaulted':
      return { answer, by, taskId, timedOut: true }
    case 'answered':
      return { answer, by, taskId }
    case 'open':
      throw new RangeError(`${name} is open, although its job is awake`)
  }
}

function bytesOf(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value))
}
