import type { FormId, ProjectId, UserId } from '../ids.ts'

/** A question of one version of a form at a step of a project: what agreement is counted of. */
export interface Counted {
  readonly projectId: ProjectId
  readonly stepId: string
  /** null: the step has no form, and the one question `label`. */
  readonly formId: FormId | null
  readonly question: string
}

/** Tasks that require a skill, or (null) all tasks. */
interface OfSkill {
  readonly skill: string | null
}

/** How many tasks were answered so. */
export interface CompositionCounter extends Counted, OfSkill {
  /** `{"a":2,"b":1}`: answers by how often each was given. */
  readonly composition: string
  readonly tasks: number
}

/** How many tasks two people answered so. `a` is the smaller id. */
export interface PairCounter extends Counted {
  readonly a: UserId
  readonly b: UserId
  readonly answerA: string
  readonly answerB: string
  readonly tasks: number
}

/** Measures of how far the answers to one task agree: by the comparator, by code points, or by order. */
export const SHARE_KINDS = ['agree', 'f1', 'iou', 'tau'] as const
/** One of {@link SHARE_KINDS}. */
export type ShareKind = (typeof SHARE_KINDS)[number]

/** The shares of tasks, summed up; each is a mean over its pairs of answers, in billionths. */
export interface ShareCounter extends Counted, OfSkill {
  /** Two people, the smaller id first; null: everybody. */
  readonly pair: { readonly a: UserId; readonly b: UserId } | null
  readonly kind: ShareKind
  readonly tasks: number
  readonly sum: bigint
  readonly squares: bigint
}

/** How much somebody has answered. */
export interface RaterCounter extends Counted, OfSkill {
  readonly userId: UserId
  readonly answers: number
  /** Of them, those to tasks that others answered too. */
  readonly compared: number
}

/** Counters of agreement, or what is added to them. */
export interface Counters {
  readonly compositions: readonly CompositionCounter[]
  readonly pairs: readonly PairCounter[]
  readonly shares: readonly ShareCounter[]
  readonly raters: readonly RaterCounter[]
}

/** Nothing is added. */
export const NO_COUNTERS: Counters = { compositions: [], pairs: [], shares: [], raters: [] }

/** The sum of what is added, each counter once and none that comes to nothing. */
export function addedUp(all: readonly Counters[]): Counters {
  return {
    compositions: summed(
      all.flatMap(({ compositions }) => compositions),
      compositionId,
      ['tasks'],
    ),
    pairs: summed(
      all.flatMap(({ pairs }) => pairs),
      pairId,
      ['tasks'],
    ),
    shares: summed(
      all.flatMap(({ shares }) => shares),
      shareId,
      ['tasks', 'sum', 'squares'],
    ),
    raters: summed(
      all.flatMap(({ raters }) => raters),
      raterId,
      ['answers', 'compared'],
    ),
  }
}

/** Whether anything is added. */
export function isNothing({ compositions, pairs, shares, raters }: Counters): boolean {
  return compositions.length + pairs.length + shares.length + raters.length === 0
}

const compositionId = (one: CompositionCounter): readonly unknown[] => [
  ...countedId(one),
  one.skill,
  one.composition,
]
const pairId = (one: PairCounter): readonly unknown[] => [
  ...countedId(one),
  one.a,
  one.b,
  one.answerA,
  one.answerB,
]
const shareId = (one: ShareCounter): readonly unknown[] => [
  ...countedId(one),
  one.skill,
  one.pair?.a,
  one.pair?.b,
  one.kind,
]
const raterId = (one: RaterCounter): readonly unknown[] => [...countedId(one), one.skill, one.userId]

function countedId({ projectId, stepId, formId, question }: Counted): readonly unknown[] {
  return [projectId, stepId, formId, question]
}

function summed<Counter extends Counted>(
  counters: readonly Counter[],
  idOf: (counter: Counter) => readonly unknown[],
  parts: readonly (keyof Counter)[],
): Counter[] {
  const byId = new Map<string, Counter>()
  for (const counter of counters) {
    const id = JSON.stringify(idOf(counter).map((part) => part ?? null))
    const before = byId.get(id)
    byId.set(id, before === undefined ? counter : plus(before, counter, parts))
  }
  return [...byId.values()].filter((counter) => parts.some((part) => Number(counter[part]) !== 0))
}

function plus<Counter>(one: Counter, other: Counter, parts: readonly (keyof Counter)[]): Counter {
  const sums = parts.map((part) => [part, (one[part] as number) + (other[part] as number)])
  return { ...one, ...(Object.fromEntries(sums) as Partial<Counter>) }
}
