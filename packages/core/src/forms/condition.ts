import { type Condition, type FormQuestion, type NewForm, placesOf, type QuestionOf } from './form.ts'
import { fixedSides } from './sides.ts'

/** One that looks at a question, and no combination. */
type Leaf = Extract<Condition, { readonly question: string }>

/** A fault of a condition, and its place in it. */
interface ConditionFault {
  readonly path: readonly PropertyKey[]
  readonly rule: 'laterQuestion' | 'neverHolds' | 'tooDeep'
  readonly message: string
}

/** Deepest nesting of conditions. */
const MOST_DEEP = 5

/** The faults of a question's condition, given the questions before it: names that are no earlier ones, what can never hold, depth. */
export function conditionFaults(
  form: Pick<NewForm, 'show'>,
  condition: Condition,
  earlier: ReadonlyMap<string, FormQuestion>,
  path: readonly PropertyKey[] = [],
  depth = 1,
): ConditionFault[] {
  if (depth > MOST_DEEP)
    return [{ path, rule: 'tooDeep', message: `must not be nested deeper than ${MOST_DEEP}` }]
  const inside = (one: Condition, ...more: PropertyKey[]): ConditionFault[] =>
    conditionFaults(form, one, earlier, [...path, ...more], depth + 1)
  if ('all' in condition) return condition.all.flatMap((one, place) => inside(one, 'all', place))
  if ('any' in condition) return condition.any.flatMap((one, place) => inside(one, 'any', place))
  if ('not' in condition) return inside(condition.not, 'not')
  const question = earlier.get(condition.question)
  if (question === undefined)
    return [{ path: [...path, 'question'], rule: 'laterQuestion', message: 'names no earlier question' }]
  const [key, possible] = canHold(form, condition, question)
  if (possible) return []
  const message = `can never hold: ${question.id} is ${KINDS[question.type]} that is never answered so`
  return [{ path: [...path, key], rule: 'neverHolds', message }]
}

const KINDS: Readonly<Record<FormQuestion['type'], string>> = {
  choice: 'a choice',
  multi: 'a choice of several',
  yesNo: 'a yes or no',
  scale: 'a scale',
  number: 'a number',
  text: 'a text',
  ranking: 'a ranking',
  pairwise: 'a pairwise choice',
  spans: 'a marking of spans',
  json: 'JSON',
}

function canHold(
  form: Pick<NewForm, 'show'>,
  condition: Leaf,
  question: FormQuestion,
): readonly [key: string, possible: boolean] {
  if ('answered' in condition) return ['answered', true]
  if ('is' in condition) return ['is', canBe(form, question, condition.is)]
  if ('in' in condition) return ['in', condition.in.some((value) => canBe(form, question, value))]
  if ('has' in condition) return ['has', question.type === 'multi' && chosen(form, question, condition.has)]
  const numbers = rangeOf(question)
  if ('atLeast' in condition) return ['atLeast', numbers !== undefined && condition.atLeast <= numbers.max]
  return ['atMost', numbers !== undefined && condition.atMost >= numbers.min]
}

/** Whether `value` is an answer that the question may get. */
function canBe(
  form: Pick<NewForm, 'show'>,
  question: FormQuestion,
  value: string | number | boolean,
): boolean {
  switch (question.type) {
    case 'yesNo':
      return typeof value === 'boolean'
    case 'scale':
      return placesOf(question).some((place) => place === value)
    case 'number': {
      const { min, max } = rangeOf(question) ?? { min: 0, max: 0 }
      const whole = question.integer === true && !Number.isInteger(value)
      return typeof value === 'number' && value >= min && value <= max && !whole
    }
    case 'choice':
      return typeof value === 'string' && chosen(form, question, value)
    case 'pairwise': {
      if (typeof value !== 'string' || question.criteria !== undefined) return false
      if (value === 'tie') return question.tie === true
      if (value === 'bothBad') return question.bothBad === true
      return fixedSides(form, question.of)?.includes(value) ?? true
    }
    case 'text':
      return typeof value === 'string'
    case 'json':
      return true
    case 'multi':
    case 'ranking':
    case 'spans':
      return false
  }
}

function chosen(
  form: Pick<NewForm, 'show'>,
  { options, of }: QuestionOf<'choice'> | QuestionOf<'multi'>,
  value: string,
): boolean {
  if (options !== undefined) return options.some((option) => option.value === value)
  return of === undefined || (fixedSides(form, of)?.includes(value) ?? true)
}

function rangeOf(question: FormQuestion): { readonly min: number; readonly max: number } | undefined {
  if (question.type !== 'scale' && question.type !== 'number') return undefined
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = question
  return { min, max }
}

/** A condition in words, such as "overall is a or b". */
export function inWords(condition: Condition): string {
  if ('all' in condition) return joined(condition.all, ' and ')
  if ('any' in condition) return joined(condition.any, ' or ')
  if ('not' in condition) return `it is not so that ${inWords(condition.not)}`
  const { question } = condition
  if ('is' in condition) return `${question} is ${said(condition.is)}`
  if ('in' in condition) return `${question} is ${listed(condition.in.map(said))}`
  if ('has' in condition) return `${question} has ${condition.has}`
  if ('atLeast' in condition) return `${question} is at least ${condition.atLeast}`
  if ('atMost' in condition) return `${question} is at most ${condition.atMost}`
  return `${question} is ${condition.answered ? 'answered' : 'not answered'}`
}

function joined(conditions: readonly Condition[], by: string): string {
  return conditions.map((one) => ('all' in one || 'any' in one ? `(${inWords(one)})` : inWords(one))).join(by)
}

const said = (value: string | number | boolean): string =>
  value === true ? 'yes' : value === false ? 'no' : String(value)

function listed(values: readonly string[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}
