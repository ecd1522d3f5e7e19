import { createHash } from 'node:crypto'
import type { CallOptions, Issue, MusterClient } from '@muster/client'
import { z } from 'zod'

/** What a call of a tool changes: nothing, something that may be changed back, or something that is gone then. */
export type Effect = 'reads' | 'writes' | 'destroys'

/** What assistants may call, by its name. */
export interface Tool {
  readonly name: string
  readonly title: string
  /** What it does, in the words that an assistant decides by. */
  readonly description: string
  readonly effect: Effect
  readonly input: z.ZodObject
  /** @throws MusterError | ToolRefusedError */
  readonly call: (muster: MusterClient, input: unknown, options: CallOptions) => Promise<object>
}

/** A tool whose call gets what its schema makes of the input. */
export function tool<Input extends z.ZodObject>(definition: {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly effect: Effect
  readonly input: Input
  readonly call: (muster: MusterClient, input: z.output<Input>, options: CallOptions) => Promise<object>
}): Tool {
  const { input, call } = definition
  return {
    ...definition,
    call: async (muster, given, options) => {
      const broken = [...brokenIn(given, [])]
      if (broken.length > 0) throw new ToolRefusedError('validation_failed', BREAKS_RULES, broken)
      const read = input.safeParse(given ?? {})
      if (read.success) return call(muster, read.data, options)
      throw new ToolRefusedError('validation_failed', BREAKS_RULES, read.error.issues.flatMap(issuesOf))
    },
  }
}

const BREAKS_RULES = 'The input breaks rules'

/** One field breaks a rule. */
export function refused(path: string, message: string): ToolRefusedError {
  return new ToolRefusedError('validation_failed', BREAKS_RULES, [{ path, message }])
}

/** Values that Muster would not get as they were meant: no address and no header holds the one, and the other was changed when the message was read. */
function* brokenIn(value: unknown, path: readonly PropertyKey[]): Generator<Issue> {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) yield { path: pathOf(path), message: 'must not contain a lone surrogate' }
  } else if (typeof value === 'number') {
    if (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value))
      yield {
        path: pathOf(path),
        message: `must be a number of at most 15 digits, not ${value}; send it as text`,
      }
  } else if (Array.isArray(value)) {
    for (const [place, item] of value.entries()) yield* brokenIn(item, [...path, place])
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) yield* brokenIn(member, [...path, name])
  }
}

/** A call of a tool was refused before Muster was asked. */
export class ToolRefusedError extends Error {
  readonly code: string
  /** Each fault of the input. */
  readonly issues: readonly Issue[]

  constructor(code: string, message: string, issues: readonly Issue[]) {
    super(message)
    this.name = 'ToolRefusedError'
    this.code = code
    this.issues = issues
  }
}

function issuesOf(issue: z.core.$ZodIssue): Issue[] {
  const at = pathOf(issue.path)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'is no field here' }))
  return [{ path: at, message: issue.message }]
}

/** Such as `tasks[0].payload`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`
    return before === '' ? String(part) : `${before}.${String(part)}`
  }, '')
}

/** An id as Muster makes them. Checked here because ids become parts of paths. */
export const id = z.guid('must be an id, such as 0190cbb0-0000-7000-8000-000000000000')

/** The input of lists. */
export const paging = {
  limit: z.int().min(1).max(50).default(20),
  cursor: z.string().optional().describe('nextCursor of the page before'),
}

/** The key of a call that changes something. It goes in a header: a text that none can hold as it is goes as its digest. */
export const key = z
  .string()
  .min(1)
  .max(200)
  .describe('Your own text for this change: a repeat does nothing more')
  .transform((text) =>
    /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(text)
      ? text
      : `sha256:${createHash('sha256').update(text).digest('hex')}`,
  )

type Given<Input> = { [Name in keyof Input]: Exclude<Input[Name], undefined> }

/** The members that are not undefined. */
export function given<Input extends object>(input: Input): Given<Input> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Given<Input>
}
