import { z } from 'zod'
import { ValidationError } from '../errors.ts'
import { json, LONGEST_NAME, text } from '../input/parse.ts'
import { type Issue, JSON_POINTER, type Json, jsonOf, NUL, pathOf } from '../json/json.ts'
import {
  type Agree,
  COMPARATORS,
  type Condition,
  FOLDED,
  FORM_LIMITS,
  type FormQuestion,
  type NewForm,
  type Option,
  QUESTION_TYPES,
  type Render,
  SHOWN_AS,
  type Show,
  type ShowCompare,
  type ShowOne,
  SKIP_CODES,
} from './form.ts'
import { formFaults } from './form-rules.ts'

const line = text(1, LONGEST_NAME)
const prose = text(1, 4000)
const value = text(1, 200)
const pointer = text(0, 500, {
  pattern: JSON_POINTER,
  rule: 'must be a JSON Pointer such as /answer, or empty for the whole',
})
const id = text(1, 63, {
  pattern: /^[a-z][a-zA-Z0-9_]{0,62}$/,
  rule: 'must begin with a letter a-z, then up to 62 of a-z, A-Z, 0-9 and _',
})
const key = text(1, 1, { pattern: /^[a-z0-9]$/, rule: 'must be one of a-z and 0-9' })
const flag = z.boolean().optional()
const jsonObject = z.record(z.string(), json) as unknown as z.ZodType<{ readonly [key: string]: Json }>

/** Says which kinds there are, of a thing whose `field` names none of them. */
function unlessKnown(
  field: string,
  known: readonly string[],
): (issue: { code?: string }) => string | undefined {
  return ({ code }) => (code === 'invalid_union' ? `needs ${field}, one of ${known.join(', ')}` : undefined)
}

const renderFields = {
  roleAt: pointer.optional(),
  contentAt: pointer.optional(),
  fold: z.array(z.enum(FOLDED)).max(5).optional(),
  language: line.optional(),
  languageAt: pointer.optional(),
  beforeAt: pointer.optional(),
  afterAt: pointer.optional(),
  columns: z
    .array(z.strictObject({ at: pointer, title: line }))
    .min(1)
    .max(50)
    .optional(),
  alt: line.optional(),
}

const render: z.ZodType<Render> = z.strictObject({ as: z.enum(SHOWN_AS), ...renderFields })

const showOne: z.ZodType<ShowOne> = z.strictObject({
  name: id,
  as: z.enum(SHOWN_AS),
  at: pointer,
  title: line.optional(),
  optional: flag,
  ...renderFields,
})

const showCompare: z.ZodType<ShowCompare> = z.strictObject({
  name: id,
  as: z.literal('compare'),
  title: line.optional(),
  render,
  sides: z
    .array(z.strictObject({ id: value, at: pointer }))
    .min(2)
    .max(FORM_LIMITS.sides)
    .optional(),
  each: pointer.optional(),
  idAt: pointer.optional(),
  valueAt: pointer.optional(),
})

/** One shown thing, by its `as`. */
const show: z.ZodType<Show> = z.discriminatedUnion('as', [showOne as never, showCompare as never], {
  error: unlessKnown('as', [...SHOWN_AS, 'compare']),
})

const A_CONDITION =
  'must be { question } with one of is, in, has, atLeast, atMost and answered, or { all }, { any } or { not }'
const scalar = z.union([z.string(), z.number(), z.boolean()])
const conditions = z.lazy(() => z.array(condition).min(1).max(20))
/** When a question is asked. */
const condition: z.ZodType<Condition> = z.union(
  [
    z.strictObject({ question: id, is: scalar }),
    z.strictObject({ question: id, in: z.array(scalar).min(1).max(100) }),
    z.strictObject({ question: id, has: value }),
    z.strictObject({ question: id, atLeast: z.number() }),
    z.strictObject({ question: id, atMost: z.number() }),
    z.strictObject({ question: id, answered: z.boolean() }),
    z.strictObject({ all: conditions }),
    z.strictObject({ any: conditions }),
    z.strictObject({ not: z.lazy(() => condition) }),
  ],
  { error: A_CONDITION },
)

const agree: z.ZodType<Agree> = z.union(
  [
    z.enum(COMPARATORS),
    z.strictObject({
      by: z.enum(['ordinal', 'interval', 'set', 'span', 'ranking']),
      within: z.number().min(0).optional(),
      atLeast: z.number().gt(0).max(1).optional(),
    }),
  ],
  {
    error: `must be one of ${COMPARATORS.join(', ')}, or { by } with within from 0, or atLeast above 0 up to 1`,
  },
)

const optionFields = { value, title: line.optional(), key: key.optional(), help: prose.optional() }
const options: z.ZodType<readonly Option[]> = z
  .array(z.strictObject(optionFields))
  .min(2)
  .max(FORM_LIMITS.options)

const asked = {
  id,
  title: line,
  help: prose.optional(),
  required: flag,
  showIf: condition.optional(),
  agree: agree.optional(),
  from: pointer.optional(),
}
const choosing = { options: options.optional(), of: id.optional(), shuffle: flag }
const count = (min: number, max: number) => z.int().min(min).max(max).optional()

/** One question, by its type. */
const formQuestion: z.ZodType<FormQuestion> = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('choice'), ...asked, ...choosing }),
    z.strictObject({
      type: z.literal('multi'),
      ...asked,
      ...choosing,
      min: count(0, FORM_LIMITS.options),
      max: count(1, FORM_LIMITS.options),
    }),
    z.strictObject({ type: z.literal('yesNo'), ...asked }),
    z.strictObject({
      type: z.literal('scale'),
      ...asked,
      min: z.number(),
      max: z.number(),
      step: z.number().gt(0).optional(),
      labels: z.record(text(0, 20), line).optional(),
    }),
    z.strictObject({
      type: z.literal('number'),
      ...asked,
      min: z.number().optional(),
      max: z.number().optional(),
      integer: flag,
      unit: line.optional(),
    }),
    z.strictObject({
      type: z.literal('text'),
      ...asked,
      minLength: count(0, FORM_LIMITS.text),
      maxLength: count(1, FORM_LIMITS.text),
      pattern: text(1, FORM_LIMITS.pattern).optional(),
      lines: count(1, 50),
    }),
    z.strictObject({
      type: z.literal('ranking'),
      ...asked,
      of: id,
      ties: flag,
      top: count(1, FORM_LIMITS.sides),
    }),
    z.strictObject({
      type: z.literal('pairwise'),
      ...asked,
      of: id,
      tie: flag,
      bothBad: flag,
      criteria: z
        .array(z.strictObject({ id, title: line, help: prose.optional() }))
        .min(1)
        .max(FORM_LIMITS.criteria)
        .optional(),
    }),
    z.strictObject({
      type: z.literal('spans'),
      ...asked,
      of: id,
      labels: z
        .array(
          z.strictObject({
            ...optionFields,
            color: text(7, 7, {
              pattern: /^#[0-9a-f]{6}$/,
              rule: 'must be a colour such as #c62828',
            }).optional(),
          }),
        )
        .min(1)
        .max(FORM_LIMITS.labels),
      attributes: z
        .array(z.strictObject({ id, title: line, required: flag, options }))
        .min(1)
        .max(FORM_LIMITS.attributes)
        .optional(),
      overlap: flag,
      by: z.enum(['character', 'word']).optional(),
      min: count(0, FORM_LIMITS.spans),
      max: count(1, FORM_LIMITS.spans),
    }),
    z.strictObject({
      type: z.literal('json'),
      ...asked,
      schema: jsonObject,
    }),
  ],
  { error: unlessKnown('type', QUESTION_TYPES) },
)

/** A form as its author writes it. {@link readForm} checks its parts against each other. */
const formShape: z.ZodType<NewForm> = z.strictObject({
  name: line,
  title: line,
  help: prose.optional(),
  show: z.array(show).max(FORM_LIMITS.shown),
  questions: z.array(formQuestion).min(1).max(FORM_LIMITS.questions),
  skip: z
    .strictObject({
      codes: z.array(z.enum(SKIP_CODES)).max(5).optional(),
      commentRequired: flag,
    })
    .optional(),
  comment: flag,
  example: z
    .strictObject({
      payload: json,
      result: jsonObject.optional(),
    })
    .optional(),
})

/**
 * A form as its author wrote it, with all that its parts say of each other.
 * @throws ValidationError naming each place and the rule
 */
export function readForm(input: unknown, at: readonly PropertyKey[] = []): NewForm {
  const refuse = (issues: readonly Issue[]): never => {
    throw new ValidationError(issues, 'The form is not valid')
  }
  const { value: kept, issues: unkept } = jsonOf(input, at)
  if (unkept.length > 0) refuse(unkept.map((issue) => ({ ...issue, rule: 'type' })))
  if (new TextEncoder().encode(JSON.stringify(kept)).length > FORM_LIMITS.bytes)
    refuse([
      {
        path: pathOf(at),
        rule: 'tooLong',
        message: `must be at most ${FORM_LIMITS.bytes / 1024} KiB of JSON`,
      },
    ])
  const parsed = formShape.safeParse(withoutDialect(kept))
  if (!parsed.success) return refuse(parsed.error.issues.flatMap((issue) => issuesOf(issue, at)))
  const faults = formFaults(parsed.data, at)
  return faults.length > 0 ? refuse(faults) : parsed.data
}

/** Without `$schema`, by which an editor finds the meta-schema and which is no part of the form. */
function withoutDialect(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('$schema' in input)) return input
  const { $schema, ...form } = input
  return typeof $schema === 'string' ? form : input
}

function issuesOf(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): Issue[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: pathOf([...at, ...issue.path, key]),
      rule: 'unknownField',
      message: 'is not a known field',
    }))
  return [{ path: pathOf([...at, ...issue.path]), rule: ruleOf(issue), message: issue.message }]
}

function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.message.endsWith('received undefined') ? 'required' : 'type'
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const small = issue.code === 'too_small'
    if (issue.origin === 'array') return small ? 'tooFew' : 'tooMany'
    return small ? 'min' : 'max'
  }
  return issue.code === 'custom' ? 'text' : 'option'
}

const NAMED = { type: 'string', minLength: 1, maxLength: LONGEST_NAME, pattern: `^[^${NUL}]*$` }

/** A form as its author writes it, each fault with its rule. Documents say what the meta-schema has at the top. */
export const newForm: z.ZodType<NewForm, NewForm> = z
  .unknown()
  .check((context) => {
    try {
      context.value = readForm(context.value)
    } catch (refusal) {
      if (!(refusal instanceof ValidationError)) throw refusal
      for (const { path, message, rule } of refusal.issues) {
        const place = path === '' ? [] : [path]
        context.issues.push({ code: 'custom', input: context.value, path: place, message, params: { rule } })
      }
    }
  })
  .meta({
    type: 'object',
    required: ['name', 'title', 'show', 'questions'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', pattern: NAMED.pattern },
      help: { type: 'string' },
      skip: { type: 'object' },
      comment: { type: 'boolean' },
      example: { type: 'object' },
      name: NAMED,
      title: NAMED,
      show: { type: 'array', items: { type: 'object' }, maxItems: FORM_LIMITS.shown },
      questions: {
        type: 'array',
        items: { type: 'object' },
        minItems: 1,
        maxItems: FORM_LIMITS.questions,
      },
    },
    description:
      'A form. The meta-schema `urn:muster:form` says what its parts are; GET /form-templates has twelve of them.',
  }) as unknown as z.ZodType<NewForm, NewForm>
