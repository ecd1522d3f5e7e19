import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import type { Json } from '../json/json.ts'
import { type ResultKind, resultSchema } from './answer-schema.ts'
import type { NewForm } from './form.ts'
import { matcher } from './pattern.ts'

/** Says what is wrong with a result, as its form's schema sees it. */
export type Judge = (result: Json) => readonly ErrorObject[]

type Judged = Pick<NewForm, 'show' | 'questions'>

/** Compiled forms that are kept. */
const MOST_KEPT = 500

/** Of results, and of reviews. */
const byForm = { result: new WeakMap<Judged, Judge>(), review: new WeakMap<Judged, Judge>() }
/** The same by what the form says, the longest unused first. */
const byText = new Map<string, Judge>()

/** The judge of a form's results, compiled once in a process. @throws Error for a schema that the validator cannot compile */
export function judgeOf(form: Judged, { review = false }: ResultKind = {}): Judge {
  const kept = byForm[review ? 'review' : 'result']
  const known = kept.get(form)
  if (known !== undefined) return known
  const text = JSON.stringify([review, form.show, form.questions])
  const judge = byText.get(text) ?? compile(form, { review })
  byText.delete(text)
  byText.set(text, judge)
  if (byText.size > MOST_KEPT) byText.delete(byText.keys().next().value ?? text)
  kept.set(form, judge)
  return judge
}

/** A validator of its own for each form: one that is shared keeps all that it ever compiled. */
function compile(form: Judged, kind: ResultKind): Judge {
  const ajv = new Ajv2020({
    strict: true,
    allErrors: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
    strictTuples: false,
    validateFormats: false,
    // Questions may be named as what every object has, such as `constructor`.
    ownProperties: true,
    // Forms are checked before they come here, by rules that are narrower.
    validateSchema: false,
    meta: false,
    addUsedSchema: false,
    messages: false,
    logger: false,
    code: { regExp: withoutGoingBack },
  })
  const validate = ajv.compile(resultSchema(form, kind))
  return (result) => (validate(result) ? [] : (validate.errors ?? []))
}

/** The validator keeps expressions by their text. */
function withoutGoingBack(pattern: string): { test(text: string): boolean; toString(): string } {
  const expression = matcher(pattern)
  return { test: (text) => expression.test(text), toString: () => pattern }
}
withoutGoingBack.code = 'new RegExp'
