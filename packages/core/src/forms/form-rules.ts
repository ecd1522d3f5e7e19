import { type Issue, pathOf } from '../json/json.ts'
import { fits } from './comparator.ts'
import { conditionFaults } from './condition.ts'
import {
  FORM_LIMITS,
  type FormQuestion,
  isCompare,
  type NewForm,
  type Option,
  placesOf,
  type QuestionOf,
  type Render,
  type Show,
  type ShowCompare,
} from './form.ts'
import { schemaFaults } from './json-schema.ts'
import { patternFault } from './pattern.ts'
import { NO_SIDES } from './sides.ts'

/** Names of a review's own, which no question may have. */
const RESERVED = ['verdict', 'comment']

/** Ways of showing one string, whose characters can be marked. */
const MARKABLE: readonly Show['as'][] = ['text', 'markdown', 'code']

type Refuse = (rule: string, message: string, ...path: PropertyKey[]) => void

/** The faults between the parts of a form whose parts are each as they should be. */
export function formFaults(form: NewForm, at: readonly PropertyKey[] = []): Issue[] {
  const issues: Issue[] = []
  const refuse: Refuse = (rule, message, ...path) =>
    void issues.push({ path: pathOf([...at, ...path]), rule, message })
  const under =
    (...above: PropertyKey[]): Refuse =>
    (rule, message, ...path) =>
      refuse(rule, message, ...above, ...path)

  repeats(form.show, 'name', under('show'))
  for (const [place, show] of form.show.entries()) checkShow(show, under('show', place))
  repeats(form.questions, 'id', under('questions'))
  const earlier = new Map<string, FormQuestion>()
  const compares = form.show.every(
    (show) => !isCompare(show) || (show.sides === undefined) !== (show.each === undefined),
  )
  form.questions.forEach((question, place) => {
    const before = issues.length
    checkQuestion(form, question, under('questions', place))
    if (question.type === 'json')
      issues.push(...schemaFaults(question.schema, [...at, 'questions', place, 'schema']))
    if (question.showIf !== undefined && compares) {
      for (const { path, rule, message } of conditionFaults(form, question.showIf, earlier))
        refuse(rule, message, 'questions', place, 'showIf', ...path)
    }
    if (issues.length === before) earlier.set(question.id, question)
  })
  distinct(form.skip?.codes ?? [], under('skip', 'codes'))
  return issues
}

function repeats<Name extends string>(
  list: readonly { readonly [name in Name]: string }[],
  name: Name,
  refuse: Refuse,
): void {
  const seen = new Set<string>()
  list.forEach((one, place) => {
    if (seen.has(one[name])) refuse('repeated', `repeats ${one[name]}`, place, name)
    seen.add(one[name])
  })
}

function distinct(list: readonly string[], refuse: Refuse): void {
  list.forEach((one, place) => {
    if (list.indexOf(one) !== place) refuse('repeated', `repeats ${one}`, place)
  })
}

/** Which ways of showing each field of a rendering is for. */
const FIELDS_FOR: Readonly<Partial<Record<keyof Render, readonly Render['as'][]>>> = {
  roleAt: ['chat'],
  contentAt: ['chat'],
  fold: ['chat'],
  language: ['code', 'diff'],
  languageAt: ['code', 'diff'],
  beforeAt: ['diff'],
  afterAt: ['diff'],
  columns: ['table'],
  alt: ['image', 'audio'],
}

function checkShow(show: Show, refuse: Refuse): void {
  if (!isCompare(show)) {
    checkRender(show, refuse)
    return
  }
  checkRender(show.render, (rule, message, ...path) => refuse(rule, message, 'render', ...path))
  checkCompare(show, refuse)
}

function checkRender(render: Render, refuse: Refuse): void {
  for (const [field, kinds] of Object.entries(FIELDS_FOR)) {
    if (render[field as keyof Render] !== undefined && !kinds.includes(render.as))
      refuse('unknownField', `is for ${kinds.join(' and ')} only`, field)
  }
  distinct(render.fold ?? [], (rule, message, ...path) => refuse(rule, message, 'fold', ...path))
  if ((render.beforeAt === undefined) !== (render.afterAt === undefined))
    refuse(
      'required',
      'comes with its counterpart: beforeAt and afterAt',
      render.beforeAt === undefined ? 'beforeAt' : 'afterAt',
    )
  if (render.language !== undefined && render.languageAt !== undefined)
    refuse('unknownField', 'comes without language: there is one of both', 'languageAt')
}

function checkCompare({ sides, each, idAt, valueAt }: ShowCompare, refuse: Refuse): void {
  if ((sides === undefined) === (each === undefined))
    refuse('required', 'must have either sides or each', sides === undefined ? 'sides' : 'each')
  if (each === undefined && idAt !== undefined) refuse('unknownField', 'comes with each only', 'idAt')
  if (each === undefined && valueAt !== undefined) refuse('unknownField', 'comes with each only', 'valueAt')
  if (sides === undefined) return
  repeats(sides, 'id', (rule, message, ...path) => refuse(rule, message, 'sides', ...path))
  sides.forEach(({ id }, place) => {
    if (NO_SIDES.includes(id))
      refuse('option', `must be neither ${NO_SIDES.join(' nor ')}`, 'sides', place, 'id')
  })
}

function checkQuestion(form: NewForm, question: FormQuestion, refuse: Refuse): void {
  if (RESERVED.includes(question.id))
    refuse('option', `must be neither ${RESERVED.join(' nor ')}: a review has these of its own`, 'id')
  checkAgree(question, refuse)
  switch (question.type) {
    case 'choice':
    case 'multi':
      checkChoosing(form, question, refuse)
      break
    case 'scale':
      checkScale(question, refuse)
      break
    case 'number':
      checkNumber(question, refuse)
      break
    case 'text':
      checkText(question, refuse)
      break
    case 'ranking':
    case 'pairwise':
      checkSides(form, question, refuse)
      break
    case 'spans':
      checkSpans(form, question, refuse)
      break
    case 'yesNo':
    case 'json':
  }
}

function checkAgree(question: FormQuestion, refuse: Refuse): void {
  const { agree } = question
  if (agree === undefined) return
  const by = typeof agree === 'string' ? agree : agree.by
  if (!fits(by, question)) {
    const options = question.type === 'choice' && by === 'ordinal' ? ' without options' : ''
    refuse('comparator', `cannot compare answers to a ${question.type}${options} by ${by}`, 'agree')
    return
  }
  if (typeof agree === 'string') return
  const measured = by === 'ordinal' || by === 'interval'
  if (measured && agree.atLeast !== undefined) refuse('unknownField', `is not for ${by}`, 'agree', 'atLeast')
  if (!measured && agree.within !== undefined) refuse('unknownField', `is not for ${by}`, 'agree', 'within')
}

/** The compare that a question is about; `undefined`, and refused, if there is none. */
function comparedBy(form: NewForm, of: string, refuse: Refuse): ShowCompare | undefined {
  const shown = form.show.find((show) => show.name === of)
  if (shown !== undefined && isCompare(shown)) return shown
  refuse('unknownName', 'names no compare that the form shows', 'of')
  return undefined
}

function checkChoosing(
  form: NewForm,
  question: QuestionOf<'choice'> | QuestionOf<'multi'>,
  refuse: Refuse,
): void {
  const { options, of } = question
  if ((options === undefined) === (of === undefined))
    refuse('required', 'must have either options or of', options === undefined ? 'options' : 'of')
  if (options !== undefined) checkOptions(options, refuse, 'options')
  const compare = of === undefined ? undefined : comparedBy(form, of, refuse)
  if (question.shuffle === true) {
    if (of !== undefined) refuse('shuffle', 'is not for sides, whose order is drawn anyway', 'shuffle')
    const by = typeof question.agree === 'object' ? question.agree.by : question.agree
    if (by === 'ordinal')
      refuse('shuffle', 'is not for ordinal choices, whose order says something', 'shuffle')
  }
  if (question.type === 'choice') return
  const most =
    options?.length ?? compare?.sides?.length ?? (of === undefined ? FORM_LIMITS.options : FORM_LIMITS.sides)
  checkCounts(question, most, refuse)
}

function checkCounts(
  { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined },
  most: number,
  refuse: Refuse,
): void {
  if (max !== undefined && max > most) refuse('max', `must be at most ${most}`, 'max')
  if (min !== undefined && min > (max ?? most)) refuse('max', `must be at most ${max ?? most}`, 'min')
}

function checkOptions(options: readonly Option[], refuse: Refuse, ...at: PropertyKey[]): void {
  repeats(options, 'value', (rule, message, ...path) => refuse(rule, message, ...at, ...path))
  const keys = new Set<string>()
  options.forEach(({ key }, place) => {
    if (key === undefined) return
    if (keys.has(key)) refuse('repeated', `repeats the key ${key}`, ...at, place, 'key')
    keys.add(key)
  })
}

function checkScale(question: QuestionOf<'scale'>, refuse: Refuse): void {
  const { min, max, labels = {} } = question
  if (min >= max) {
    refuse('min', 'must be greater than min', 'max')
    return
  }
  const places = placesOf(question)
  if (places.length > FORM_LIMITS.places)
    refuse('tooMany', `must be such that there are at most ${FORM_LIMITS.places} places`, 'step')
  else if (Math.abs((places.at(-1) ?? min) - max) > 1e-9 * Math.max(1, Math.abs(max)))
    refuse('max', 'must be a whole number of steps above min', 'max')
  else if (new Set(places).size < places.length) refuse('min', 'must be at least 1e-12', 'step')
  for (const label of Object.keys(labels)) {
    if (!places.some((place) => String(place) === label))
      refuse('option', 'is no place of the scale', 'labels', label)
  }
}

function checkNumber({ min, max, integer }: QuestionOf<'number'>, refuse: Refuse): void {
  if (min === undefined || max === undefined) return
  if (min > max) refuse('min', 'must be at least min', 'max')
  else if (integer === true && Math.floor(max) < Math.ceil(min))
    refuse('max', 'leaves no whole number between min and max', 'max')
}

function checkText({ minLength, maxLength, pattern }: QuestionOf<'text'>, refuse: Refuse): void {
  const most = maxLength ?? FORM_LIMITS.textDefault
  if (minLength !== undefined && minLength > most) refuse('max', `must be at most ${most}`, 'minLength')
  if (pattern === undefined) return
  const fault = patternFault(pattern)
  if (fault !== undefined) refuse('pattern', fault, 'pattern')
  if (most > FORM_LIMITS.patterned)
    refuse('pattern', `needs a maxLength of at most ${FORM_LIMITS.patterned} beside it`, 'pattern')
}

function checkSides(
  form: NewForm,
  question: QuestionOf<'ranking'> | QuestionOf<'pairwise'>,
  refuse: Refuse,
): void {
  const sides = comparedBy(form, question.of, refuse)?.sides
  if (question.type === 'pairwise') {
    if (sides !== undefined && sides.length !== 2) refuse('tooMany', 'must name a compare of two sides', 'of')
    repeats(question.criteria ?? [], 'id', (rule, message, ...path) =>
      refuse(rule, message, 'criteria', ...path),
    )
  } else if (sides !== undefined && question.top !== undefined && question.top > sides.length) {
    refuse('max', `must be at most ${sides.length}`, 'top')
  }
}

function checkSpans(form: NewForm, question: QuestionOf<'spans'>, refuse: Refuse): void {
  const { of, labels, attributes = [] } = question
  if (!form.show.some(({ name, as }) => name === of && MARKABLE.includes(as)))
    refuse('unknownName', 'names no text, markdown or code that the form shows', 'of')
  checkOptions(labels, refuse, 'labels')
  repeats(attributes, 'id', (rule, message, ...path) => refuse(rule, message, 'attributes', ...path))
  for (const [place, { options }] of attributes.entries())
    checkOptions(options, refuse, 'attributes', place, 'options')
  checkCounts(question, FORM_LIMITS.spans, refuse)
}
