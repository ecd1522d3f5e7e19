import type { Json } from '@muster/core'
import {
  checkResult,
  type Form,
  type FormQuestion,
  formTemplates,
  type NewForm,
  readForm,
} from '@muster/core/forms'
import { keep } from './rounds.ts'

const RESULTS = 20_000
const FORMS = 21

interface Figure {
  readonly what: string
  readonly ms: number
  readonly bar: number
}

/** What the judgement of results costs in this process: no database has a part in it. */
export function forms(): Promise<void> {
  const figures = [...judged(), compiled(), ...worst()]
  for (const { what, ms, bar } of figures)
    console.log(
      `${what.padEnd(64)} ${ms.toFixed(3).padStart(9)} ms   bar ${bar}   ${ms <= bar ? 'holds' : 'BROKEN'}`,
    )
  keep('forms', { figures })
  return Promise.resolve()
}

/** The slowest template's result, once compiled, at the median and at p99. */
function judged(): Figure[] {
  const series = formTemplates.map((form) => {
    const { payload, result } = form.example ?? { payload: null }
    for (let n = 0; n < 2000; n++) checkResult(form, payload, result)
    const times = Array.from({ length: RESULTS }, () => timed(() => checkResult(form, payload, result)))
    return times.sort((one, other) => one - other)
  })
  const at = (share: number): number =>
    Math.max(...series.map((times) => times[Math.floor(times.length * share)] ?? Number.NaN))
  return [
    { what: 'a result judged, slowest of twelve forms, p50', ms: at(0.5), bar: 0.1 },
    { what: 'a result judged, slowest of twelve forms, p99', ms: at(0.99), bar: 0.1 },
  ]
}

/** Forms of 50 questions of every type, each a new one: checked, derived and compiled. */
function compiled(): Figure {
  const times = Array.from({ length: FORMS }, (_, n) => {
    const form = {
      ...large(),
      title: `Form ${n}`,
      questions: large().questions.map((one) => ({ ...one, title: `${n}` })),
    }
    return spent(() => checkResult(readForm(form), undefined, {}))
  })
  return { what: 'a form of 50 questions read and compiled, slowest of 21', ms: Math.max(...times), bar: 200 }
}

function large(): NewForm {
  const questions = formTemplates
    .flatMap((form) => form.questions)
    .filter(({ type, showIf }) => showIf === undefined && !['pairwise', 'ranking'].includes(type))
    .filter((question) => !('of' in question && question.of !== undefined))
  const fifty = Array.from({ length: 50 }, (_, n): FormQuestion => {
    const question = questions[n % questions.length]
    if (question === undefined) throw new Error('The templates ask nothing')
    return n === 0
      ? { id: 'q0', type: 'yesNo', title: 'First' }
      : { ...question, id: `q${n}`, showIf: { question: 'q0', is: true } }
  })
  return { name: 'large', title: 'Large', show: [], questions: fifty }
}

/** Answers made to cost as much as what is admitted can, the first of each kind in a process. */
function worst(): Figure[] {
  const ask = (question: object): Pick<Form, 'show' | 'questions'> =>
    readForm({
      name: 'w',
      title: 'W',
      show: [{ name: 't', as: 'text', at: '' }],
      questions: [{ id: 'q', title: 'Q', ...question }],
    })
  const text = (pattern: string): Pick<Form, 'show' | 'questions'> =>
    ask({ type: 'text', maxLength: 500, pattern })
  const cases: readonly (readonly [what: string, form: Pick<Form, 'show' | 'questions'>, answer: Json])[] = [
    ['two wide quantifiers and a long tail', text(`.*.*${'.'.repeat(180)}b`), `${'𝒂'.repeat(499)}!`],
    ['66 optional characters', text(`${'a?'.repeat(99)}b`), 'a'.repeat(499)],
    ['33 quantifiers up to nine', text(`${'a{0,9}'.repeat(33)}b`), 'a'.repeat(499)],
    ['28 groups of two ways', text(`${'(?:a|a)'.repeat(28)}b`), 'a'.repeat(499)],
    ['letters of any script', text('\\p{L}*\\p{L}*\\p{N}'), 'é'.repeat(500)],
    [
      'a thousand marks, all wrong',
      ask({ type: 'spans', of: 't', labels: [{ value: 'x' }] }),
      Array.from({ length: 1000 }, () => ({ start: -1, end: 'x', label: 1, more: 1 })),
    ],
    [
      'a thousand marks that all overlap',
      ask({ type: 'spans', of: 't', labels: [{ value: 'x' }] }),
      Array.from({ length: 1000 }, () => ({ start: 0, end: 2, label: 'x' })),
    ],
    [
      'a JSON answer of 20 000 values, all wrong',
      ask({ type: 'json', schema: { items: { items: { type: 'string', minLength: 1 } } } }),
      Array.from({ length: 20 }, () => Array.from({ length: 990 }, () => 1)),
    ],
    [
      'objects that must all differ',
      ask({ type: 'json', schema: { maxItems: 45, uniqueItems: true, items: { type: 'object' } } }),
      Array.from({ length: 45 }, (_, n) =>
        Object.fromEntries(Array.from({ length: 390 }, (__, key) => [`k${key}`, key === 389 ? n : 0])),
      ),
    ],
  ]
  return cases.map(([what, form, answer]) => {
    checkResult(form, 'text', { q: null })
    const ms = spent(() => checkResult(form, 'text', { q: answer }))
    return { what: `worst: ${what}`, ms, bar: 50 }
  })
}

/** Milliseconds that work took of this thread's processor: others on the machine have no part in it. */
function spent(work: () => unknown): number {
  const start = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(start)
  return (user + system) / 1000
}

function timed(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}
