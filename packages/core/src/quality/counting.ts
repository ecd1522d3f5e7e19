import { spanOverlap } from '@muster/statistics'
import { agree, distance, spansOf } from '../forms/agreement.ts'
import { comparatorOf } from '../forms/comparator.ts'
import type { Form, FormQuestion } from '../forms/form.ts'
import type { ProjectId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import { answerKey, compositionKey } from './answers.ts'
import {
  addedUp,
  type Counted,
  type Counters,
  NO_COUNTERS,
  type PairCounter,
  type ShareCounter,
  type ShareKind,
} from './counters.ts'
import { hasCompositions, isDiscrete, keyFor, questionsOf, shareKindsOf } from './questions.ts'

/** A step of a task that is complete, as agreement counts it. */
export interface CompleteStep {
  readonly projectId: ProjectId
  readonly stepId: string
  /** `undefined`: it has the one question `label`. */
  readonly form: Form | undefined
  /** Skills that the task or the step requires. */
  readonly skills: readonly string[]
  /** The counting submissions by slot: the answers of each, by question. */
  readonly submissions: readonly {
    readonly userId: UserId
    readonly answers: Readonly<Record<string, Json | undefined>>
  }[]
}

/** The shares are whole numbers of this part. */
const BILLION = 1_000_000_000

interface Given {
  readonly userId: UserId
  readonly answer: Json
}

/** The counters that a complete step adds, or (−1) takes away. */
export function countersOf(step: CompleteStep, by: 1 | -1 = 1): Counters {
  return addedUp(
    questionsOf(step.form).map((question) => {
      if (comparatorOf(question).by === 'ignore') return NO_COUNTERS
      const given = step.submissions.flatMap(({ userId, answers }): Given[] => {
        const answer = Object.hasOwn(answers, question.id) ? answers[question.id] : undefined
        return answer === undefined ? [] : [{ userId, answer }]
      })
      return given.length === 0 ? NO_COUNTERS : countersOfQuestion(step, question, given, by)
    }),
  )
}

function countersOfQuestion(
  { projectId, stepId, form, skills }: CompleteStep,
  question: FormQuestion,
  given: readonly Given[],
  by: 1 | -1,
): Counters {
  const counted: Counted = { projectId, stepId, formId: form?.formId ?? null, question: question.id }
  const groups = [null, ...new Set(skills)]
  const compared = given.length > 1 ? by : 0
  const raters = groups.flatMap((skill) =>
    given.map(({ userId }) => ({ ...counted, skill, userId, answers: by, compared })),
  )
  const answers = given.map(({ answer }) => answer)
  const composition = compositionKey(answers, (answer) => keyFor(question, answer))
  return {
    raters,
    shares: sharesOf(counted, question, given, groups, by),
    compositions: hasCompositions(question)
      ? groups.map((skill) => ({ ...counted, skill, composition, tasks: by }))
      : [],
    pairs: isDiscrete(question) ? pairCounters(counted, given, by) : [],
  }
}

function pairCounters(counted: Counted, given: readonly Given[], by: 1 | -1): PairCounter[] {
  return pairsOf(given).map(([one, other]) => {
    const [a, b] = inOrder(one, other)
    const said = { answerA: answerKey(a.answer), answerB: answerKey(b.answer) }
    return { ...counted, a: a.userId, b: b.userId, ...said, tasks: by }
  })
}

function sharesOf(
  counted: Counted,
  question: FormQuestion,
  given: readonly Given[],
  groups: readonly (string | null)[],
  by: 1 | -1,
): ShareCounter[] {
  const pairs = pairsOf(given)
  if (pairs.length === 0) return []
  return shareKindsOf(question).flatMap((kind) => {
    const shares = pairs.map(([one, other]) => shareOf(question, kind, one.answer, other.answer))
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    const of = (share: number) => {
      const whole = BigInt(Math.round(share * BILLION))
      return { ...counted, kind, tasks: by, sum: whole * BigInt(by), squares: whole * whole * BigInt(by) }
    }
    return [
      ...groups.map((skill): ShareCounter => ({ ...of(mean), skill, pair: null })),
      ...pairs.map(([one, other], nth): ShareCounter => {
        const [a, b] = inOrder(one, other)
        return { ...of(shares[nth] ?? 0), skill: null, pair: { a: a.userId, b: b.userId } }
      }),
    ]
  })
}

function shareOf(question: FormQuestion, kind: ShareKind, one: Json, other: Json): number {
  switch (kind) {
    case 'agree':
      return agree(question, one, other) ? 1 : 0
    case 'iou':
      return spanOverlap(spansOf(one), spansOf(other)).iou
    case 'f1':
      return 1 - (distance(question, one, other) ?? 0)
    case 'tau':
      return 1 - 2 * (distance(question, one, other) ?? 0)
  }
}

function pairsOf(given: readonly Given[]): (readonly [Given, Given])[] {
  return given.flatMap((one, place) => given.slice(place + 1).map((other) => [one, other] as const))
}

function inOrder(one: Given, other: Given): readonly [Given, Given] {
  return one.userId < other.userId ? [one, other] : [other, one]
}
