import type { components } from './schema.ts'
import { JobFailedError } from './work-errors.ts'

type ClaimedJob = components['schemas']['ClaimedJobs']['jobs'][number]

/** A question to people, as the server takes it. */
export interface WorkQuestion {
  /** Shown to people. */
  readonly payload: unknown
  /** A form by its name, in its newest version, or by its id. */
  readonly form?: string
  /** Default: the workflow of the project. */
  readonly workflowId?: string
  readonly requiredSkills?: readonly {
    readonly anyOf: readonly string[]
    readonly minLevel?: number
    readonly dropAfterMinutes?: number | null
  }[]
  /** −1000..1000, higher first, default 0. */
  readonly priority?: number
  /** How long people are waited for, 1 to 31 536 000 (a year); default: without end. */
  readonly timeoutSeconds?: number
  /** Needed beside `timeoutSeconds`. */
  readonly onTimeout?: { readonly answer: unknown } | 'raise' | 'fail'
}

/** The answer to a question. */
export interface WorkAnswer {
  /** The outcome of the task; null: people did not settle on one. */
  readonly answer: unknown
  /** The ids of the people whose submissions made it. */
  readonly by: readonly string[]
  readonly taskId: string
  /** The time was up, and `answer` is the default one. */
  readonly timedOut?: true
}

/** Nobody answered in time, and the question has no default answer. */
export class AskTimedOutError extends JobFailedError {
  override readonly name = 'AskTimedOutError'
}

/** The task of the question was cancelled. */
export class AskCancelledError extends JobFailedError {
  override readonly name = 'AskCancelledError'
}

/** The name was given to another question before, and that one counts. */
export class AskChangedError extends JobFailedError {
  override readonly name = 'AskChangedError'
}

/** Thrown to end an attempt whose job falls asleep. No `Error`: handlers that look for one do not take it for a failure. */
class Suspended {
  readonly message = 'The job falls asleep until people have answered'
}

/** The questions and kept values of one attempt. */
export class WorkAsking {
  readonly #job: ClaimedJob
  /** Called with the first question that waits for an answer. */
  readonly #suspend: () => void
  readonly #questions = new Map<string, WorkQuestion>()
  readonly #kept = new Map<string, unknown>()
  readonly #making = new Map<string, Promise<unknown>>()

  constructor(job: ClaimedJob, suspend: () => void) {
    this.#job = job
    this.#suspend = suspend
  }

  /** The questions over which the job falls asleep, by name; none: it goes on. */
  get questions(): Record<string, unknown> | undefined {
    return this.#questions.size === 0 ? undefined : Object.fromEntries(this.#questions)
  }

  /** The values that this attempt has made, by name. */
  get kept(): Record<string, unknown> | undefined {
    return this.#kept.size === 0 ? undefined : Object.fromEntries(this.#kept)
  }

  /** @throws Suspended while there is no answer */
  async ask(name: string, question: WorkQuestion): Promise<WorkAnswer> {
    const answered = this.#job.answers?.[name]
    if (answered === undefined) {
      const isFirst = this.#questions.size === 0
      const before = this.#questions.get(name)
      if (before && canonicalJson(before) !== canonicalJson(question)) throw changed(name)
      this.#questions.set(name, question)
      if (isFirst) this.#suspend()
      // oxlint-disable-next-line typescript/only-throw-error -- handlers that look for errors do not take it for one
      throw new Suspended()
    }
    if (answered.digest !== (await digestOf(canonicalJson(question)))) throw changed(name)
    const { state, answer, by, taskId } = answered
    const final = { retryable: false }
    if (state === 'timedOut')
      throw new AskTimedOutError(`Nobody answered ${name} in time`, { code: 'ask_timed_out', ...final })
    if (state === 'cancelled')
      throw new AskCancelledError(`The task of ${name} was cancelled`, { code: 'ask_cancelled', ...final })
    return { answer, by, taskId, ...(state === 'defaulted' && { timedOut: true }) }
  }

  /** The value of that name, made once. */
  async once(name: string, make: () => unknown): Promise<unknown> {
    const { kept } = this.#job
    if (kept && Object.hasOwn(kept, name)) return kept[name]
    const making = this.#making.get(name) ?? this.#make(name, make)
    this.#making.set(name, making)
    try {
      return await making
    } catch (error) {
      this.#making.delete(name)
      throw error
    }
  }

  async #make(name: string, make: () => unknown): Promise<unknown> {
    // As it comes with the next claim.
    const value: unknown = asJson((await make()) ?? null)
    this.#kept.set(name, value)
    return value
  }
}

function changed(name: string): AskChangedError {
  const message = `${name} was asked with other content before, and that counts: another question needs another name`
  return new AskChangedError(message, { code: 'ask_changed', retryable: false })
}

function asJson(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`A kept value must be JSON, not ${typeof value}`)
  return JSON.parse(text)
}

/** JSON with its members in the order of their names and no space, as the server draws the digest of a question. */
function canonicalJson(value: unknown): string {
  return textOf(asJson(value))
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${textOf(member)}`).join()}}`
}

/** The SHA-256 of a text, in hex. */
async function digestOf(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
