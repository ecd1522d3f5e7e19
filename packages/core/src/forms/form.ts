import type { FormId } from '../ids.ts'
import type { Json } from '../json/json.ts'

/** How something of a task's payload is shown; `compare` shows several things beside each other. */
export const SHOWN_AS = [
  'text',
  'markdown',
  'chat',
  'code',
  'diff',
  'json',
  'table',
  'image',
  'audio',
] as const
/** One of {@link SHOWN_AS}. */
export type ShownAs = (typeof SHOWN_AS)[number]

/** Messages of a `chat` that may be shown folded: by their role, or the reasoning in any of them. */
export const FOLDED = ['system', 'developer', 'tool', 'reasoning'] as const

/** How one thing is rendered. Pointers start at the thing itself, but `languageAt`, which starts at the payload. */
export interface Render {
  readonly as: ShownAs
  /** Of a `chat`; default `/role`. */
  readonly roleAt?: string | undefined
  /** Of a `chat`; default `/content`. */
  readonly contentAt?: string | undefined
  readonly fold?: readonly (typeof FOLDED)[number][] | undefined
  readonly language?: string | undefined
  readonly languageAt?: string | undefined
  /** Of a `diff`, together with `afterAt`: two strings instead of a unified diff. */
  readonly beforeAt?: string | undefined
  readonly afterAt?: string | undefined
  /** Of a `table`; default: the keys of the first row. */
  readonly columns?: readonly { readonly at: string; readonly title: string }[] | undefined
  /** Of an `image` or `audio`, for those who cannot perceive it. */
  readonly alt?: string | undefined
}

/** One thing of the payload that is shown. */
export interface ShowOne extends Render {
  readonly name: string
  /** A JSON Pointer into the payload. */
  readonly at: string
  readonly title?: string | undefined
  /** Whether the payload may lack it. Default false. */
  readonly optional?: boolean | undefined
}

/** Things shown beside each other, in an order that is drawn: `sides`, or `each` element of an array. */
export interface ShowCompare {
  readonly name: string
  readonly as: 'compare'
  readonly title?: string | undefined
  readonly render: Render
  readonly sides?: readonly { readonly id: string; readonly at: string }[] | undefined
  /** A pointer to an array of 2–20. */
  readonly each?: string | undefined
  /** From the element; without it a side's id is its place, from 1. */
  readonly idAt?: string | undefined
  /** From the element; without it the element is shown. */
  readonly valueAt?: string | undefined
}

/** The parts of a task that are shown. */
export type Show = ShowOne | ShowCompare

/** Whether a question is asked, by what earlier ones were answered. */
export type Condition =
  | { readonly question: string; readonly is: string | number | boolean }
  | { readonly question: string; readonly in: readonly (string | number | boolean)[] }
  | { readonly question: string; readonly has: string }
  | { readonly question: string; readonly atLeast: number }
  | { readonly question: string; readonly atMost: number }
  | { readonly question: string; readonly answered: boolean }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }

/** How two answers to one question are held against each other. */
export const COMPARATORS = [
  'exact',
  'ordinal',
  'interval',
  'set',
  'span',
  'text',
  'ranking',
  'ignore',
] as const
/** One of {@link COMPARATORS}. */
export type ComparatorName = (typeof COMPARATORS)[number]

/** A comparator with its bound: `within` of `ordinal` and `interval`, `atLeast` of `set`, `span` and `ranking`. */
export type Agree =
  | ComparatorName
  | {
      readonly by: 'ordinal' | 'interval' | 'set' | 'span' | 'ranking'
      readonly within?: number | undefined
      readonly atLeast?: number | undefined
    }

/** One of the values that may be chosen. */
export interface Option {
  readonly value: string
  readonly title?: string | undefined
  /** One of `a-z0-9`. */
  readonly key?: string | undefined
  readonly help?: string | undefined
}

interface Asked<Type extends string> {
  /** `^[a-z][a-zA-Z0-9_]{0,62}$`, unique in the form. */
  readonly id: string
  readonly type: Type
  readonly title: string
  readonly help?: string | undefined
  /** Default true. */
  readonly required?: boolean | undefined
  readonly showIf?: Condition | undefined
  readonly agree?: Agree | undefined
  /** A pointer into the payload: a valid answer that stands there is filled in. */
  readonly from?: string | undefined
}

/** Values to choose from: `options`, or the sides of the compare that `of` names. */
interface Choosing {
  readonly options?: readonly Option[] | undefined
  readonly of?: string | undefined
  readonly shuffle?: boolean | undefined
}

/** A question by its type; `forms.md` of the guide says what each one's answer is. */
export type FormQuestion =
  | (Asked<'choice'> & Choosing)
  | (Asked<'multi'> & Choosing & { readonly min?: number | undefined; readonly max?: number | undefined })
  | Asked<'yesNo'>
  | (Asked<'scale'> & {
      readonly min: number
      readonly max: number
      /** Default 1. */
      readonly step?: number | undefined
      /** Titles of places, by the number as text. */
      readonly labels?: Readonly<Record<string, string>> | undefined
    })
  | (Asked<'number'> & {
      readonly min?: number | undefined
      readonly max?: number | undefined
      readonly integer?: boolean | undefined
      readonly unit?: string | undefined
    })
  | (Asked<'text'> & {
      readonly minLength?: number | undefined
      /** In code points; default 2 000. */
      readonly maxLength?: number | undefined
      /** An ECMAScript `u` expression for the whole answer. */
      readonly pattern?: string | undefined
      readonly lines?: number | undefined
    })
  | (Asked<'ranking'> & {
      readonly of: string
      readonly ties?: boolean | undefined
      readonly top?: number | undefined
    })
  | (Asked<'pairwise'> & {
      readonly of: string
      readonly tie?: boolean | undefined
      readonly bothBad?: boolean | undefined
      readonly criteria?:
        | readonly { readonly id: string; readonly title: string; readonly help?: string | undefined }[]
        | undefined
    })
  | (Asked<'spans'> & {
      readonly of: string
      readonly labels: readonly (Option & { readonly color?: string | undefined })[]
      readonly attributes?:
        | readonly {
            readonly id: string
            readonly title: string
            readonly options: readonly Option[]
            /** Default true. */
            readonly required?: boolean | undefined
          }[]
        | undefined
      /** Whether marks may overlap. Default false. */
      readonly overlap?: boolean | undefined
      readonly by?: 'character' | 'word' | undefined
      readonly min?: number | undefined
      /** Default 1 000. */
      readonly max?: number | undefined
    })
  | (Asked<'json'> & { readonly schema: { readonly [key: string]: Json } })

/** The types of questions. */
export const QUESTION_TYPES = [
  'choice',
  'multi',
  'yesNo',
  'scale',
  'number',
  'text',
  'ranking',
  'pairwise',
  'spans',
  'json',
] as const satisfies readonly FormQuestion['type'][]
/** One of {@link QUESTION_TYPES}. */
export type QuestionType = FormQuestion['type']
/** A question of one type. */
export type QuestionOf<Type extends QuestionType> = Extract<FormQuestion, { readonly type: Type }>

/** Codes by which a person may skip a task, as moves of assignments know them. */
export const SKIP_CODES = ['unclear', 'wrong_skill', 'conflict_of_interest', 'broken_item', 'other'] as const

/** A form as its author writes it. */
export interface NewForm {
  readonly name: string
  readonly title: string
  /** Markdown without HTML and images. */
  readonly help?: string | undefined
  readonly show: readonly Show[]
  readonly questions: readonly FormQuestion[]
  readonly skip?:
    | {
        readonly codes?: readonly (typeof SKIP_CODES)[number][] | undefined
        readonly commentRequired?: boolean | undefined
      }
    | undefined
  /** Whether a result may come with free words, which are never compared. */
  readonly comment?: boolean | undefined
  /** Checked when the form is made. */
  readonly example?:
    | { readonly payload: Json; readonly result?: { readonly [key: string]: Json } | undefined }
    | undefined
}

/** An immutable version of what a person sees of a task and what they are asked. */
export interface Form extends NewForm {
  readonly formId: FormId
  /** From 1; the same name again makes the next. */
  readonly version: number
  readonly createdAt: Date
}

/** Answers to a form by question; what is hidden or left out is absent, never null. */
export type Answers = { readonly [question: string]: Json }

/** The answers of a review on the work that it judges. */
export const VERDICTS = ['accept', 'return'] as const

/** Most shown things, questions, options and so on of one form. */
export const FORM_LIMITS = {
  bytes: 64 * 1024,
  shown: 50,
  questions: 50,
  options: 100,
  sides: 20,
  criteria: 20,
  labels: 50,
  attributes: 10,
  /** Of an answer of `text`, and what it is where the form says nothing. */
  text: 20_000,
  textDefault: 2000,
  /** Of an answer that a `pattern` is for. */
  patterned: 500,
  pattern: 200,
  spans: 1000,
  places: 101,
  conditionDepth: 5,
  /** Of free words beside a result, and of a review's. */
  comment: 10_000,
} as const

/** Most that one result holds: bytes as JSON, items of one array, values in all. */
export const RESULT_LIMITS = { bytes: 1024 * 1024, items: 1000, values: 20_000 } as const

/** Whether it shows things beside each other. */
export function isCompare(show: Show): show is ShowCompare {
  return show.as === 'compare'
}

/** Whether the question must be answered where it is asked. */
export function isRequired(question: FormQuestion): boolean {
  return question.required !== false
}

/** The compare of that name. @throws Error for a form that was not checked */
export function compareOf(form: Pick<NewForm, 'show'>, name: string): ShowCompare {
  const found = form.show.find((show) => show.name === name)
  if (found === undefined || !isCompare(found)) throw new Error(`The form shows no compare named ${name}`)
  return found
}

/** The places of a scale, from its lowest. Steps are rounded to 12 decimals, so that 0.3 is one. */
export function placesOf({
  min,
  max,
  step = 1,
}: Pick<QuestionOf<'scale'>, 'min' | 'max' | 'step'>): number[] {
  const count = Math.floor((max - min) / step + 1e-9) + 1
  return Array.from({ length: Math.min(count, FORM_LIMITS.places + 1) }, (_, k) =>
    Number((min + k * step).toFixed(12)),
  )
}

/** The questions that a condition looks at, each once. */
export function questionsIn(condition: Condition): string[] {
  if ('all' in condition) return [...new Set(condition.all.flatMap(questionsIn))]
  if ('any' in condition) return [...new Set(condition.any.flatMap(questionsIn))]
  return 'not' in condition ? questionsIn(condition.not) : [condition.question]
}

/** The key of each option of a question: its own, else the first free of 1–9; null where none is left. */
export function keysOf(options: readonly Pick<Option, 'key'>[]): (string | null)[] {
  const taken = new Set(options.flatMap(({ key }) => key ?? []))
  const free = Array.from('123456789').filter((key) => !taken.has(key))
  return options.map(({ key }) => key ?? free.shift() ?? null)
}
