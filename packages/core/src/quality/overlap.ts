import { accuracySince, posterior } from '@muster/statistics'
import { agree } from '../forms/agreement.ts'
import {
  byAnswer,
  classOf,
  type FiniteAnswer,
  type FiniteQuestion,
  finiteParts,
  keyOfPart,
} from '../forms/finite.ts'
import type { Answers, Form, FormQuestion, NewForm } from '../forms/form.ts'
import type { AdaptiveOverlap, UntilRule } from '../forms/until.ts'
import type { FormId, TaskId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import { type Belief, NEWCOMER } from './believed.ts'
import { haveClique } from './cliques.ts'

/** How far short of `posterior` a chance may fall, for what is lost in adding. */
const SHORT = 1e-12

/** One answer that a decision rests on; `answer` null: none was given, since the question was hidden or left out. */
interface JudgedAnswer {
  readonly slotNo: number
  readonly answer: Json
  /** How often its person is believed to be right, if the rule asks for a posterior. */
  readonly accuracy?: number
}

/** Whether one rule of `until` holds, and what that was decided from. */
export interface UntilJudgement {
  readonly question: string
  /** Of a pairwise question with criteria, of which each is judged apart. */
  readonly criterion?: string
  readonly holds: boolean
  /** The chance of each answer, if the rule asks for one. */
  readonly posterior?: Readonly<Record<string, number>>
  /** The fit that it rests on; null: there was none yet. */
  readonly fit?: number | null
  readonly answers: readonly JudgedAnswer[]
}

/** The decision whether one more person is asked, and why. People stand in it by their slots, not by name. */
export interface OverlapDecision {
  readonly taskId: TaskId
  readonly stepId: string
  readonly kind: 'overlap'
  readonly decidedAt: Date
  /** Slots that the step had. */
  readonly slots: number
  readonly until: readonly UntilJudgement[]
  /** Whether it got one more; if not, it is complete. */
  readonly added: boolean
  /** Whether an added slot was no longer waited for. */
  readonly gaveUp: boolean
}

/** The rest of what a decision was made from, beside what it says; {@link replayOverlap} gives the same decision from both. */
export interface OverlapInput {
  readonly overlap: AdaptiveOverlap
  readonly formId: FormId
  /** Of each finite question in question, the share of each answer. */
  readonly prevalence: Readonly<Record<string, readonly number[]>>
}

/** The submissions for a step that is as complete as its slots let it be, and what is believed of their people. */
export interface OverlapQuestion {
  readonly taskId: TaskId
  readonly stepId: string
  readonly form: Pick<Form, 'formId' | 'show' | 'questions'>
  readonly overlap: AdaptiveOverlap
  /** Slots that the step has. */
  readonly slots: number
  /** By slot. */
  readonly submissions: readonly {
    readonly slotNo: number
    readonly userId: UserId
    readonly answers: Answers
  }[]
  readonly beliefs: readonly Belief[]
  readonly now: Date
  /** Nobody is waited for any longer. */
  readonly givesUp: boolean
}

/** A decision with what it was made from. */
export interface DecidedOverlap {
  readonly decision: OverlapDecision
  readonly input: OverlapInput
}

/** The questions, or criteria, of whose answers a posterior is asked, as fits name them. */
export function believedQuestions(
  form: Pick<NewForm, 'show' | 'questions'>,
  { until }: Pick<AdaptiveOverlap, 'until'>,
): string[] {
  const keys = until.flatMap((rule) => ('posterior' in rule ? partsOf(form, rule).map(({ key }) => key) : []))
  return [...new Set(keys)]
}

/** The chances that a decision rests on: by question or `question.criterion`, then by answer. */
export function posteriorsOf(until: OverlapDecision['until']): Record<string, Record<string, number>> {
  return Object.fromEntries(
    until.flatMap(({ question, criterion, posterior }) =>
      posterior === undefined ? [] : [[keyOfPart(question, criterion), { ...posterior }] as const],
    ),
  )
}

/** Decides whether one more person is asked. Neither the order of the submissions nor who gave which answer in what slot changes it. */
export function decideOverlap(question: OverlapQuestion): DecidedOverlap {
  const { form, overlap, submissions, beliefs, slots, givesUp } = question
  const prevalence: Record<string, readonly number[]> = {}
  const until = overlap.until.flatMap((rule): UntilJudgement[] => {
    const answers = submissions.map(({ slotNo, answers }) => ({ slotNo, answer: answerTo(answers, rule) }))
    if ('agreeing' in rule) return [judgeAgreeing(questionOf(form, rule), rule, answers)]
    return partsOf(form, rule).map((part) => {
      const belief = beliefs.find((one) => one.question === part.key)
      const shares = belief?.fit?.prevalence ?? part.classes.map(() => 1 / part.classes.length)
      prevalence[part.key] = shares
      const believed = answers.map((one, place) => {
        const { userId } = submissions[place] as OverlapQuestion['submissions'][number]
        return { ...one, answer: partOf(part, one.answer), accuracy: accuracyOf(belief, userId) }
      })
      return judgePosterior(part, rule, believed, shares, belief?.fit?.number ?? null)
    })
  })
  const { taskId, stepId, now } = question
  return {
    decision: {
      taskId,
      stepId,
      kind: 'overlap',
      decidedAt: now,
      slots,
      until,
      added: !givesUp && slots < overlap.max && !until.every(({ holds }) => holds),
      gaveUp: givesUp,
    },
    input: { overlap, formId: form.formId, prevalence },
  }
}

/** Decides a recorded decision again, from what it was decided from and the form that this names. */
export function replayOverlap(
  { decision, input }: DecidedOverlap,
  form: Pick<NewForm, 'show' | 'questions'>,
): Pick<OverlapDecision, 'until' | 'added'> {
  const { overlap, prevalence } = input
  const judged = [...decision.until]
  const until = overlap.until.flatMap((rule): UntilJudgement[] => {
    if ('agreeing' in rule)
      return [judgeAgreeing(questionOf(form, rule), rule, judged.shift()?.answers ?? [])]
    return partsOf(form, rule).map((part) => {
      const { answers = [], fit = null } = judged.shift() ?? {}
      return judgePosterior(part, rule, answers, prevalence[part.key] ?? [], fit)
    })
  })
  const holds = until.every((one) => one.holds)
  return { until, added: !decision.gaveUp && decision.slots < overlap.max && !holds }
}

type AgreeingRule = Extract<UntilRule, { readonly agreeing: number }>
type PosteriorRule = Extract<UntilRule, { readonly posterior: number }>

/** A question that most did not answer says nothing: it holds. */
function isHidden(answers: readonly JudgedAnswer[]): boolean {
  return answers.filter(({ answer }) => answer === null).length * 2 > answers.length
}

function judgeAgreeing(
  question: FormQuestion,
  { agreeing }: AgreeingRule,
  answers: readonly JudgedAnswer[],
): UntilJudgement {
  const given = answers.flatMap(({ answer }) => (answer === null ? [] : [answer]))
  const needed = Math.max(agreeing, Math.floor(answers.length / 2) + 1)
  const together = (one: number, other: number): boolean =>
    agree(question, given[one] as Json, given[other] as Json)
  const holds = isHidden(answers) || haveClique(given.length, needed, together)
  return { question: question.id, holds, answers }
}

function judgePosterior(
  part: FiniteQuestion,
  { posterior: least }: PosteriorRule,
  answers: readonly JudgedAnswer[],
  prevalence: readonly number[],
  fit: number | null,
): UntilJudgement {
  const { question, criterion, classes } = part
  // Sums depend on their order in the last bits: the order of slots must not show.
  const believed = answers
    .flatMap(({ answer, accuracy = NEWCOMER.accuracy }) =>
      answer === null ? [] : [{ answer: classes.indexOf(answer as FiniteAnswer), accuracy }],
    )
    .sort((one, other) => one.answer - other.answer || one.accuracy - other.accuracy)
  const chances = posterior(believed, prevalence)
  const holds = isHidden(answers) || chances.some((chance) => chance >= least - SHORT)
  return {
    question,
    ...(criterion !== null && { criterion }),
    holds,
    posterior: byAnswer(part, chances),
    fit,
    answers,
  }
}

/** How often the person is right, as far as the newest fit and gold since then tell. */
function accuracyOf(belief: Belief | undefined, userId: UserId): number {
  const known = belief?.people.find((person) => person.userId === userId)
  return accuracySince(known?.fitted ?? NEWCOMER, known?.since ?? { right: 0, wrong: 0 })
}

function questionOf(form: Pick<NewForm, 'questions'>, { question }: UntilRule): FormQuestion {
  const found = form.questions.find(({ id }) => id === question)
  if (found === undefined) throw new RangeError(`The form has no question ${question}`)
  return found
}

function partsOf(form: Pick<NewForm, 'show' | 'questions'>, rule: UntilRule): FiniteQuestion[] {
  return finiteParts(form, questionOf(form, rule))
}

function answerTo(answers: Answers, { question }: UntilRule): Json {
  return Object.hasOwn(answers, question) ? (answers[question] ?? null) : null
}

/** The answer to the part itself; null: none that it knows. */
function partOf(part: FiniteQuestion, answer: Json): Json {
  const place = classOf(part, answer)
  return place === -1 ? null : (part.classes[place] ?? null)
}
