import { z } from 'zod'
import { ValidationError } from '../errors.ts'
import {
  type Issue,
  JSON_POINTER,
  type Json,
  jsonOf,
  MAX_JSON_DEPTH,
  NUL,
  pathOf,
  unstorableText,
} from '../json/json.ts'
import { CURSOR_TEXT, DEFAULT_PAGE, MAX_PAGE } from '../paging.ts'

/**
 * `value` as `schema` reads it.
 * @throws ValidationError naming every place at fault, each path behind `at`
 */
export function parse<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  at: readonly PropertyKey[] = [],
): Output {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw unreadable(parsed.error, at)
}

/** The error of a value that a schema does not take, naming each place at fault. */
export function unreadable(error: z.ZodError, at: readonly PropertyKey[] = []): ValidationError {
  return new ValidationError(error.issues.flatMap((issue) => issuesOf(issue, at)))
}

/** The faults that an issue of a schema names, at its path behind `at`: of a choice between kinds, that of the only kind that was meant. */
function issuesOf(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): Issue[] {
  const here = [...at, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: pathOf([...here, key]), message: 'is not a known field' }))
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const [meant, ...others] = issue.errors.filter((kind) => !kind.some(isOtherKind))
    if (meant !== undefined && others.length === 0) return meant.flatMap((inside) => issuesOf(inside, here))
  }
  return [{ path: pathOf(here), message: issue.message, ...named(issue) }]
}

/** Whether it says that the value as a whole is of another kind. */
function isOtherKind({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' && path.length === 0
}

/** The rule that a check of ours names. */
function named(issue: z.core.$ZodIssue): { readonly rule?: string } {
  const rule: unknown = issue.code === 'custom' ? issue.params?.['rule'] : undefined
  return typeof rule === 'string' ? { rule } : {}
}

/** Longest name of anything: of a user, a project, a skill, a model, a job type, in characters. */
export const LONGEST_NAME = 200

/** How many characters a text has, as JSON Schema and Postgres count them: a pair of surrogates is one. */
export function lengthOf(text: string): number {
  let length = text.length
  for (let place = 1; place < text.length; place++) {
    if (text.charCodeAt(place) >> 10 === 0x37 && text.charCodeAt(place - 1) >> 10 === 0x36) length -= 1
  }
  return length
}

/** Whether it is a name: text of 1–200 characters that every adapter can keep. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && faultsOf(value, 1, LONGEST_NAME).length === 0
}

function faultsOf(value: string, min: number, max: number): string[] {
  const length = lengthOf(value)
  const rule = `must have ${min === 0 ? 'at most' : `${min} to`} ${max} character${max === 1 ? '' : 's'}`
  return [length < min || length > max ? rule : undefined, unstorableText(value)].filter(
    (fault) => fault !== undefined,
  )
}

/** No U+0000. Lone surrogates are refused too, but engines of patterns differ on them: the head of a document says so. */
const KEPT = `^[^${NUL}]*$`

/** A further form that a text must have. */
export interface TextForm {
  /** Lets no U+0000 through; without flags, which documents leave out. */
  readonly pattern: RegExp
  /** Said of a text that has another form. */
  readonly rule: string
}

/**
 * Text that every adapter can keep, of `min` to `max` characters as {@link lengthOf} counts them, and of a form. Documents say the same of it.
 */
export function text(min: number, max: number, form?: TextForm): z.ZodType<string, string> {
  const pattern = form && new RegExp(form.pattern.source, 'u')
  const limited = z.string().check(({ value: input, issues }) => {
    const faults = faultsOf(input, min, max)
    if (faults.length === 0 && form && pattern?.test(input) === false) faults.push(form.rule)
    for (const message of faults) issues.push({ code: 'custom', message, input })
  })
  return limited.meta({
    ...(min > 0 && { minLength: min }),
    maxLength: max,
    pattern: form?.pattern.source ?? KEPT,
  })
}

/** A name: 1–200 characters. */
export const name: z.ZodType<string, string> = text(1, LONGEST_NAME)

/** Any JSON that comes back as it went in, or what `JSON.stringify` makes JSON of; each fault is named by its own path. */
export const json: z.ZodType<Json, unknown> = z
  .unknown()
  .check((context) => {
    const input = context.value
    const { value, issues } = jsonOf(input)
    context.value = value
    for (const { path, message } of issues) {
      context.issues.push({ code: 'custom', message, path: path === '' ? [] : [path], input })
    }
  })
  .meta({
    description: `Any JSON, at most ${MAX_JSON_DEPTH} levels deep. A number that a double would change is refused: send it as text.`,
  }) as unknown as z.ZodType<Json, unknown>

/** The highest priority; the lowest is as far below 0. */
export const HIGHEST_PRIORITY = 1_000

/** Priorities of tasks and items: −1000..1000, higher first. */
export const priority: z.ZodType<number, number> = z.int().min(-HIGHEST_PRIORITY).max(HIGHEST_PRIORITY)

/** How well somebody has a skill, or must have it. */
export const skillLevel: z.ZodType<number, number> = z.int().min(1).max(5)

const LONGEST_DURATION = 1_000_000_000

/** A number of minutes or seconds, fractions allowed. */
export const duration: z.ZodType<number, number> = z.number().min(0).max(LONGEST_DURATION)

/** A lease: a {@link duration} that lasts. */
export const lease: z.ZodType<number, number> = z
  .number()
  .gt(0, 'must be greater than 0')
  .max(LONGEST_DURATION)

/** How much of a list is wanted; as in a query it may be text, in digits. */
export const pageLimit: z.ZodType<number, unknown> = z
  .preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
    z.int().min(1).max(MAX_PAGE),
  )
  .meta({ description: `How many at most; ${DEFAULT_PAGE} unless said` })

/** Where to go on in a list. That it is of this list is seen when it is read. */
export const pageCursor: z.ZodType<string, string> = text(1, 4000, {
  pattern: CURSOR_TEXT,
  rule: 'is no cursor: send one back as it was received',
}).meta({ description: '`nextCursor` of the page before, unchanged, with the same filters' })

/** Several of `values`: a list, or as in a query its items with commas between. */
export function severalOf<Value extends string>(
  values: readonly [Value, ...Value[]],
): z.ZodType<Value[], unknown> {
  return z.preprocess(
    (list) => (typeof list === 'string' ? list.split(',') : list),
    z.array(z.enum(values)).min(1),
  )
}

/** Longest id of a step, in characters. */
export const LONGEST_STEP_ID = 63

/** A step's own name in its workflow, chosen by its author. */
export const stepId: z.ZodType<string, string> = text(1, LONGEST_STEP_ID, {
  pattern: /^[a-z][a-z0-9_-]{0,62}$/,
  rule: 'must begin with a letter a-z, then up to 62 of a-z, 0-9, _ and -',
})

/** An instant: a Date, or ISO 8601 with its zone. */
export const instant: z.ZodType<Date, unknown> = z
  .preprocess(
    (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value),
    z.iso.datetime({ offset: true, error: 'must be an instant, as 2026-03-02T12:00:00Z' }),
  )
  .transform((text) => new Date(text))

/** A JSON Pointer. */
export const pointer: z.ZodType<string, string> = text(0, 1_000, {
  pattern: JSON_POINTER,
  rule: 'must be a JSON Pointer, as /label, or empty for the whole',
})

/** A UUID of any version, in lower case from here on. Both cases stand in the pattern: documents leave out flags. */
export const uuid: z.ZodType<string, string> = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/, 'must be a UUID')
  .toLowerCase()

/**
 * An object of one of several kinds, each known by a member that it alone must have: its faults are those of that kind alone. Documents show all kinds.
 */
export function byMember<Output>(kinds: Readonly<Record<string, z.ZodType>>): z.ZodType<Output, unknown> {
  const members = Object.keys(kinds)
  const shown = Object.entries(kinds).map(([member, kind]) => {
    const {
      $schema: _schema,
      required = [],
      ...schema
    } = z.toJSONSchema(kind, {
      io: 'input',
      unrepresentable: 'any',
    })
    // A member of any kind before it is read passes for optional.
    return { ...schema, required: [...new Set([...required, member])] }
  })
  return z
    .unknown()
    .check((context) => {
      const input = context.value
      const isObject = typeof input === 'object' && input !== null
      const [member, ...more] = members.filter((one) => isObject && Object.hasOwn(input, one))
      const kind = member === undefined || more.length > 0 ? undefined : kinds[member]
      if (kind === undefined) {
        context.issues.push({ code: 'custom', message: `must have one of ${members.join(', ')}`, input })
        return
      }
      const read = kind.safeParse(input)
      if (read.success) context.value = read.data
      else context.issues.push(...(read.error.issues as unknown as z.core.$ZodRawIssue[]))
    })
    .meta({ anyOf: shown }) as unknown as z.ZodType<Output, unknown>
}
