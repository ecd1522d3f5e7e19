import type { FormId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import {
  type Condition,
  FORM_LIMITS,
  type FormQuestion,
  isRequired,
  type NewForm,
  placesOf,
  type QuestionOf,
  VERDICTS,
} from './form.ts'
import { fixedSides, NO_SIDES, type Sides } from './sides.ts'

/** A JSON Schema (2020-12), as an object. */
export type JsonSchema = { readonly [keyword: string]: Json }

/** A keyword of JSON Schema. */
// oxlint-disable-next-line unicorn/no-thenable -- a schema, which nobody awaits
const THEN = 'then'
/** The kind of result: that of a review has its verdict and comment beside the answers to the form. */
export interface ResultKind {
  readonly review?: boolean | undefined
}

/** The members that every review has, whatever its form asks. */
const REVIEW_PROPERTIES = {
  verdict: { type: 'string', enum: VERDICTS },
  comment: { type: 'string', maxLength: FORM_LIMITS.comment },
} as const satisfies Readonly<Record<string, JsonSchema>>

/** Whether it is a member that reviews have beside the questions of their form. */
export function isOfReview(id: string): boolean {
  return Object.hasOwn(REVIEW_PROPERTIES, id)
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/**
 * The JSON Schema (2020-12) of results of a form: what results are validated by. `sides` fills in the ids of a task's own sides, which are
 * any strings without. With `review` it is that of a review by this form, which says its verdict too.
 */
export function answerSchema(
  form: NewForm & { readonly formId?: FormId | undefined },
  sides: Sides = {},
  kind: ResultKind = {},
): JsonSchema {
  const $id = `urn:muster:form:${form.formId}${kind.review === true ? ':review' : ''}`
  return {
    $schema: DIALECT,
    ...(form.formId !== undefined && { $id }),
    title: form.title,
    ...resultSchema(form, kind, sides),
  }
}

/** The part of {@link answerSchema} that decides. */
export function resultSchema(
  form: Pick<NewForm, 'show' | 'questions'>,
  { review = false }: ResultKind = {},
  sides: Sides = {},
): JsonSchema {
  const allOf = form.questions.flatMap((question) => {
    const { id, showIf } = question
    if (showIf === undefined) return []
    return [
      {
        if: conditionSchema(showIf),
        ...(isRequired(question) && { [THEN]: { required: [id] } }),
        else: { properties: { [id]: false } },
      },
    ]
  })
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...(review && REVIEW_PROPERTIES),
      ...Object.fromEntries(
        form.questions.map((question) => [question.id, questionSchema(form, question, sides)]),
      ),
    },
    required: [
      ...(review ? ['verdict'] : []),
      ...form.questions.filter((one) => isRequired(one) && one.showIf === undefined).map(({ id }) => id),
    ],
    ...(allOf.length > 0 && { allOf }),
  }
}

function conditionSchema(condition: Condition): JsonSchema {
  if ('all' in condition) return { allOf: condition.all.map(conditionSchema) }
  if ('any' in condition) return { anyOf: condition.any.map(conditionSchema) }
  if ('not' in condition) return { not: conditionSchema(condition.not) }
  const { question } = condition
  const such = (schema: JsonSchema): JsonSchema => ({
    required: [question],
    properties: { [question]: schema },
  })
  if ('is' in condition) return such({ const: condition.is })
  if ('in' in condition) return such({ enum: condition.in })
  if ('has' in condition) return such({ type: 'array', contains: { const: condition.has } })
  if ('atLeast' in condition) return such({ type: 'number', minimum: condition.atLeast })
  if ('atMost' in condition) return such({ type: 'number', maximum: condition.atMost })
  return condition.answered ? { required: [question] } : { not: { required: [question] } }
}

/** The schema of one question's answers. */
function questionSchema(form: Pick<NewForm, 'show'>, question: FormQuestion, sides: Sides): JsonSchema {
  const sidesOf = (name: string): readonly string[] | undefined => {
    const known = Object.hasOwn(sides, name) ? sides[name] : undefined
    return known === undefined || known.length === 0 ? fixedSides(form, name) : known
  }
  switch (question.type) {
    case 'choice':
      return oneOf(valuesOf(question, sidesOf))
    case 'multi': {
      const values = valuesOf(question, sidesOf)
      return {
        type: 'array',
        uniqueItems: true,
        items: oneOf(values),
        minItems: question.min ?? (isRequired(question) ? 1 : 0),
        maxItems: question.max ?? values?.length ?? FORM_LIMITS.sides,
      }
    }
    case 'yesNo':
      return { type: 'boolean' }
    case 'scale':
      return { type: 'number', enum: placesOf(question) }
    case 'number': {
      const { min, max, integer } = question
      return {
        type: integer === true ? 'integer' : 'number',
        ...(min !== undefined && { minimum: min }),
        ...(max !== undefined && { maximum: max }),
      }
    }
    case 'text':
      return {
        type: 'string',
        minLength: question.minLength ?? (isRequired(question) ? 1 : 0),
        maxLength: question.maxLength ?? FORM_LIMITS.textDefault,
        ...(question.pattern !== undefined && { pattern: `^(?:${question.pattern})$` }),
      }
    case 'ranking':
      return rankingSchema(question, sidesOf(question.of))
    case 'pairwise':
      return pairwiseSchema(question, sidesOf(question.of))
    case 'spans':
      return spansSchema(question)
    case 'json':
      return question.schema
  }
}

/** A string, of these values if they are known. */
function oneOf(values: readonly string[] | undefined): JsonSchema {
  return values === undefined ? { type: 'string' } : { type: 'string', enum: values }
}

function valuesOf(
  { options, of }: QuestionOf<'choice'> | QuestionOf<'multi'>,
  sidesOf: (name: string) => readonly string[] | undefined,
): readonly string[] | undefined {
  return options?.map(({ value }) => value) ?? (of === undefined ? undefined : sidesOf(of))
}

function rankingSchema(
  { ties, top }: QuestionOf<'ranking'>,
  sides: readonly string[] | undefined,
): JsonSchema {
  const side = oneOf(sides)
  const most = Math.min(top ?? FORM_LIMITS.sides, sides?.length ?? FORM_LIMITS.sides)
  if (ties !== true) {
    const least = top ?? sides?.length ?? 2
    return { type: 'array', items: side, minItems: Math.min(least, most), maxItems: most }
  }
  return {
    type: 'array',
    items: { type: 'array', items: side, minItems: 1, maxItems: most },
    minItems: 1,
    maxItems: most,
  }
}

function pairwiseSchema(
  { tie, bothBad, criteria }: QuestionOf<'pairwise'>,
  sides: readonly string[] | undefined,
): JsonSchema {
  const [asTie, asBothBad] = NO_SIDES
  const others = [...(tie === true ? [asTie] : []), ...(bothBad === true ? [asBothBad] : [])]
  const side = oneOf(sides && [...sides, ...others.filter((one) => one !== undefined)])
  if (criteria === undefined) return side
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(criteria.map(({ id }) => [id, side])),
    required: criteria.map(({ id }) => id),
  }
}

function spansSchema({ labels, attributes = [], min, max }: QuestionOf<'spans'>): JsonSchema {
  const needed = attributes.filter(({ required }) => required !== false).map(({ id }) => id)
  const attributeSchema: JsonSchema = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      attributes.map(({ id, options }) => [id, oneOf(options.map(({ value }) => value))]),
    ),
    required: needed,
  }
  return {
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      properties: {
        start: { type: 'integer', minimum: 0 },
        end: { type: 'integer', minimum: 0 },
        label: oneOf(labels.map(({ value }) => value)),
        ...(attributes.length > 0 && { attributes: attributeSchema }),
      },
      required: ['start', 'end', 'label', ...(needed.length > 0 ? ['attributes'] : [])],
    },
    minItems: min ?? 0,
    maxItems: max ?? FORM_LIMITS.spans,
  }
}
