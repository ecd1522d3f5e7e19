import type { ErrorObject } from 'ajv/dist/2020.js'
import { type Json, jsonIssues, pathOf, valueAt } from '../json/json.ts'
import { isOfReview, type ResultKind } from './answer-schema.ts'
import { answersFaults } from './check-answers.ts'
import { inWords } from './condition.ts'
import type { Fault, FaultRule } from './faults.ts'
import { type Answers, type FormQuestion, type NewForm, questionsIn, RESULT_LIMITS } from './form.ts'
import { judgeOf } from './judge.ts'
import { partsOf } from './pointer.ts'

/** Most faults of one question that are told. */
const MOST_TOLD = 20

type Judged = Pick<NewForm, 'show' | 'questions'>

/**
 * Everything that is wrong with a result of the form, none if it is valid: first what the derived schema says, then, of questions without a fault so far, what
 * the task's payload has to say. Without a payload that is left out. With `review` it is the result of a review by this form, which says its verdict too.
 */
export function checkResult(
  form: Judged,
  payload: Json | undefined,
  result: unknown,
  kind: ResultKind = {},
): Fault[] {
  const unfit = limitFaults(result)
  if (unfit.length > 0) return unfit
  const faults = schemaFaults(form, result as Json, kind)
  const faulty = new Set(faults.map(({ question }) => question))
  if (payload !== undefined && isAnswers(result)) {
    for (const question of form.questions) {
      const answer = Object.hasOwn(result, question.id) ? result[question.id] : undefined
      if (answer !== undefined && !faulty.has(question.id))
        faults.push(...answersFaults(form, question, answer, payload).slice(0, MOST_TOLD))
    }
  }
  const order = new Map(form.questions.map(({ id }, place) => [id, place]))
  const place = ({ question }: Fault): number => order.get(question ?? '') ?? order.size
  return distinct(faults).sort((one, other) => place(one) - place(other))
}

/**
 * The same of a part of a result, such as a known answer: nothing is required, and a question may be answered whose condition the part says nothing of.
 */
export function checkPart(form: Judged, payload: Json | undefined, part: unknown): Fault[] {
  const conditions = new Map(form.questions.map(({ id, showIf }) => [id, showIf]))
  return checkResult(form, payload, part).filter(({ question, rule, path }) => {
    const ofTheWhole = question !== null && path === pathOf(['result', question])
    if (!ofTheWhole || (rule !== 'required' && rule !== 'hidden')) return true
    const condition = conditions.get(question)
    if (rule === 'required' || condition === undefined || !isAnswers(part)) return false
    return questionsIn(condition).some((id) => Object.hasOwn(part, id))
  })
}

/** The same of a task's known answer: paths begin with `gold`. */
export function checkGold(form: Judged, payload: Json, gold: unknown): Fault[] {
  return checkPart(form, payload, gold).map((fault) => ({
    ...fault,
    path: fault.path.replace(/^result/, 'gold'),
  }))
}

/** Answers of the payload to questions that say where from: valid ones alone. */
export function prefilledOf(form: Judged, payload: Json): Answers {
  return Object.fromEntries(
    form.questions.flatMap(({ id, from }) => {
      const answer = from === undefined ? undefined : valueAt(payload, from)
      if (answer === undefined) return []
      const faults = checkPart(form, payload, { [id]: answer })
      return faults.length === 0 ? [[id, answer] as const] : []
    }),
  )
}

function isAnswers(value: unknown): value is Answers {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function distinct(faults: readonly Fault[]): Fault[] {
  const seen = new Map<string, Fault>()
  for (const fault of faults) {
    const key = `${fault.path} ${fault.rule}`
    if (!seen.has(key)) seen.set(key, fault)
  }
  return [...seen.values()]
}

/** Whether it is JSON, and no more of it than a result may hold. */
function limitFaults(result: unknown): Fault[] {
  const unkept = jsonIssues(result, ['result'])
  if (unkept.length > 0) return unkept.map((issue) => ({ ...issue, question: null, rule: 'type' }))
  const faults: Fault[] = []
  let values = 0
  let characters = 0
  const count = (value: Json, at: readonly PropertyKey[]): void => {
    values += 1
    if (typeof value === 'string') characters += value.length
    if (typeof value !== 'object' || value === null || faults.length > 0) return
    if (Array.isArray(value) && value.length > RESULT_LIMITS.items) {
      const message = `must have at most ${RESULT_LIMITS.items} items`
      faults.push({ path: pathOf(at), message, question: questionAt(at), rule: 'tooMany' })
    }
    for (const [key, item] of Object.entries(value)) {
      characters += key.length
      count(item as Json, [...at, Array.isArray(value) ? Number(key) : key])
    }
  }
  count(result as Json, ['result'])
  const whole = (rule: FaultRule, message: string): void =>
    void faults.push({ path: 'result', message, question: null, rule })
  if (faults.length === 0 && values > RESULT_LIMITS.values)
    whole('tooMany', `must hold at most ${RESULT_LIMITS.values} values`)
  // A character takes six bytes at most, and a value with its commas and braces some thirty beside them.
  if (faults.length === 0 && characters * 6 + values * 30 > RESULT_LIMITS.bytes) {
    const bytes = new TextEncoder().encode(JSON.stringify(result)).length
    if (bytes > RESULT_LIMITS.bytes) whole('tooLong', `must be at most ${RESULT_LIMITS.bytes} bytes of JSON`)
  }
  return faults
}

const questionAt = (at: readonly PropertyKey[]): string | null => (at[1] === undefined ? null : String(at[1]))

function schemaFaults(form: Judged, result: Json, kind: ResultKind): Fault[] {
  const errors = judgeOf(form, kind)(result)
  if (errors.length === 0) return []
  const questions = new Map(form.questions.map((question) => [question.id, question]))
  const told = new Map<string, number>()
  return errors.flatMap((error) => {
    const [, question = ''] = error.instancePath.split('/', 2)
    const count = (told.get(question) ?? 0) + 1
    told.set(question, count)
    return question !== '' && count > MOST_TOLD ? [] : (faultOf(error, result, questions, kind) ?? [])
  })
}

/** An error of the validator in words of forms; `undefined`: others say the same. */
function faultOf(
  error: ErrorObject,
  result: Json,
  questions: ReadonlyMap<string, FormQuestion>,
  { review = false }: ResultKind,
): Fault | undefined {
  const { keyword } = error
  if (keyword === 'if') return undefined
  const params = error.params as Params
  const parts = partsOf(result, error.instancePath)
  const named = params['missingProperty'] ?? params['additionalProperty']
  if (named !== undefined && keyword !== 'dependentRequired') parts.push(named as string)
  const id = parts[0] === undefined ? null : String(parts[0])
  const question = id === null ? undefined : questions.get(id)
  const path = pathOf(['result', ...parts])
  const fault = (rule: FaultRule, message: string): Fault => ({ path, message, question: id, rule })
  const isKnown = question !== undefined || (review && id !== null && isOfReview(id))
  if (id !== null && !isKnown) return fault('unknownQuestion', 'is no question of the form')
  if (error.schemaPath.startsWith('#/allOf/') && keyword === 'false schema') {
    const condition = question?.showIf
    const where = condition === undefined ? '' : `: it is asked only where ${inWords(condition)}`
    return fault('hidden', `must be absent${where}`)
  }
  const [rule, message] = RULES[keyword]?.(params) ?? ['schema', 'is not as the schema of the question says']
  if (parts.length > 1 || keyword !== 'required') {
    if (question?.type === 'json') return fault('schema', message)
  }
  if (question?.type === 'ranking' && (rule === 'tooFew' || rule === 'tooMany'))
    return fault('notPermutation', 'must name each side once, as many as are to be ranked')
  return fault(rule, message)
}

const KINDS: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true or false',
  number: 'a number',
  integer: 'a whole number',
  string: 'text',
  array: 'a list',
  object: 'an object',
}

/** The parameters of a validator's error beside its keyword, but for lists of values. */
type Params = Readonly<Record<string, string | number | boolean | null | undefined>>
type Rule = (params: Params) => readonly [rule: FaultRule, message: string]

const some = (count: Params[string], of: string): string => `${String(count)} ${of}${count === 1 ? '' : 's'}`
const such =
  (rule: FaultRule, words: (limit: Params[string]) => string): Rule =>
  ({ limit }) => [rule, words(limit)]

/** The message of each keyword of the derived schema, by its rule. */
const RULES: Readonly<Record<string, Rule>> = {
  required: () => ['required', 'is required'],
  additionalProperties: () => ['unknownField', 'is not a known field'],
  type: ({ type }) => {
    const types = (Array.isArray(type) ? type : [type]) as readonly string[]
    return ['type', `must be ${types.map((one) => KINDS[one] ?? one).join(' or ')}`]
  },
  enum: ({ allowedValues }) => [
    'option',
    `must be one of ${listed(allowedValues as unknown as readonly Json[])}`,
  ],
  const: ({ allowedValue }) => ['option', `must be ${JSON.stringify(allowedValue)}`],
  minimum: such('min', (limit) => `must be at least ${String(limit)}`),
  exclusiveMinimum: such('min', (limit) => `must be greater than ${String(limit)}`),
  maximum: such('max', (limit) => `must be at most ${String(limit)}`),
  exclusiveMaximum: such('max', (limit) => `must be less than ${String(limit)}`),
  minLength: such('tooShort', (limit) => `must have at least ${some(limit, 'character')}`),
  maxLength: such('tooLong', (limit) => `must have at most ${some(limit, 'character')}`),
  pattern: ({ pattern }) => ['pattern', `must match ${String(pattern)}`],
  minItems: such('tooFew', (limit) => `must have at least ${some(limit, 'item')}`),
  maxItems: such('tooMany', (limit) => `must have at most ${some(limit, 'item')}`),
  uniqueItems: () => ['repeated', 'must have no item twice'],
}

/** Values with commas between, the first twenty of them. */
function listed(list: readonly Json[]): string {
  const said = list.slice(0, 20).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
  return said.join(', ') + (list.length > said.length ? ', …' : '')
}
