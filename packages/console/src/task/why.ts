import { clockTime } from '../design/time.ts'

/** Why a person may not take the step, as the decision says it. */
export interface Reason {
  readonly code: string
  readonly [detail: string]: unknown
}

/** A person of a decision. */
export interface Candidate {
  readonly userId: string
  readonly displayName: string
  readonly status: string
  readonly eligible: boolean
  readonly reasons: readonly Reason[]
}

/** Any of these skills at or above the level. */
export interface Requirement {
  readonly anyOf: readonly string[]
  readonly minLevel: number
  readonly dropAfterMinutes?: number | null
}

/** What the sentence is made of: a decision, with the people nearest first. */
export interface Decided {
  readonly requirements: readonly Requirement[]
  readonly considered: number
  readonly eligible: number
  readonly reasons: Readonly<Record<string, number>>
  readonly candidates: readonly Candidate[]
}

/** A step of the workflow. */
export interface StepOf {
  readonly stepId: string
  readonly stepType: string
}

/** People that the sentence names at most. */
const MOST_NAMED = 4

/** Reasons that are the step's, not a person's. */
const OF_STEP = ['queuePaused', 'noFreeSlot', 'coolingDown', 'reservedFor']

/**
 * Why nobody has it, in words, from the decision alone: what holds for everybody, then whoever has the skills asked for and what keeps
 * each of them, then who is nearest of the others.
 */
export function whySentence(decided: Decided, steps: readonly StepOf[]): string {
  const { candidates, considered, eligible } = decided
  if (considered === 0) return 'Nobody is there to ask: the project has no annotators.'
  if (eligible > 0) {
    const names = candidates.filter((each) => each.eligible).map(({ displayName }) => displayName)
    return `${listed(names, eligible)} may take it.`
  }
  const everybody = OF_STEP.filter((code) => decided.reasons[code] === considered)
  const own = candidates.map((each) => ({
    ...each,
    reasons: each.reasons.filter(({ code }) => !everybody.includes(code)),
  }))
  const said = everybody.map((code) => ofStep(candidates[0]?.reasons.find((each) => each.code === code)))
  const free = own.filter(({ reasons }) => reasons.length === 0)
  // Once every place is taken, the next thing is the work of those who have it.
  const isTaken = everybody.includes('noFreeSlot')
  const others =
    free.length > 0
      ? isTaken
        ? []
        : [`Then ${listed(free.map(nameOf), free.length)} may take it.`]
      : people(own, decided, steps)
  return [...said, ...others].join(' ')
}

function people(own: readonly Candidate[], decided: Decided, steps: readonly StepOf[]): string[] {
  const { requirements, considered } = decided
  const skilled = own.filter(({ reasons }) => reasons.every(({ code }) => code !== 'missingSkill'))
  const asks = requirements.length > 0
  const lacking = decided.reasons['missingSkill'] ?? 0
  const able = considered - lacking
  const parts: string[] = []
  if (able === 0) parts.push(`Nobody has ${asks ? asked(requirements) : 'the skills asked for'}.`)
  else if (skilled.length > 0) {
    const among = asks
      ? able === 1
        ? `The only one who has ${asked(requirements)},`
        : `Of the ${number(able)} who have ${asked(requirements)},`
      : considered === 1
        ? ''
        : `Of ${number(considered)} people,`
    const named = skilled.slice(0, MOST_NAMED).map((each) => `${each.displayName} ${phrases(each, steps)}`)
    const rest = able - named.length
    const more = rest > 0 ? [`${number(rest)} more cannot either`] : []
    parts.push(`${among} ${series([...named, ...more])}.`.trim())
  }
  const near = own.filter(
    ({ reasons }) => reasons.length > 0 && reasons.every(({ code }) => code === 'missingSkill'),
  )
  if (near.length > 0)
    parts.push(...near.slice(0, 2).map((each) => `${each.displayName} ${phrases(each, steps)}.`))
  return parts
}

/** What keeps a person, in words behind their name. */
export function phrases(
  { reasons, status }: Pick<Candidate, 'reasons' | 'status'>,
  steps: readonly StepOf[],
): string {
  return reasons.length === 0 ? 'may take it' : series(reasons.map((reason) => phrase(reason, status, steps)))
}

const DID: Readonly<Record<string, string>> = {
  annotation: 'annotated it',
  review: 'reviewed it',
  adjudication: 'decided it',
}

/** One reason in words, behind a name. */
export function phrase(reason: Reason, status: string, steps: readonly StepOf[]): string {
  switch (reason.code) {
    case 'inactive':
      return status === 'suspended' ? 'is suspended' : 'is away'
    case 'notMember':
      return 'is no member'
    case 'missingSkill': {
      const [level, minLevel] = [Number(reason['level']), Number(reason['minLevel'])]
      const skills = either((reason['anyOf'] ?? []) as readonly string[])
      if (level === 0) return `has no ${skills}`
      const short = minLevel - level
      return `is ${short === 1 ? 'one level' : `${number(short)} levels`} short in ${skills}`
    }
    case 'alreadyAssigned':
      return 'has had it at this step'
    case 'excludedByStep': {
      const type = steps.find(({ stepId }) => stepId === reason['stepId'])?.stepType ?? ''
      return DID[type] ?? `did ${String(reason['stepId'])}`
    }
    case 'rejectedBefore':
      return 'skipped it'
    case 'atLimit':
      return `holds ${String(reason['live'])} of ${String(reason['limit'])}`
    case 'qualityPaused':
      return 'is paused here'
    case 'notQualified':
      return `has ${String(reason['judged'])} of ${String(reason['count'])} first answers judged`
    case 'coolingDown':
      return `must wait until ${at(reason['until'])}`
    case 'reservedFor':
      return `finds it kept for somebody until ${at(reason['until'])}`
    case 'noFreeSlot':
      return 'finds every place taken'
    case 'queuePaused':
      return 'finds the queue paused'
    default:
      return reason.code
  }
}

/** A reason that the step has, whoever asks. */
function ofStep(reason: Reason | undefined): string {
  if (reason?.code === 'queuePaused') return 'The queue is paused.'
  if (reason?.code === 'coolingDown') return `It rests until ${at(reason['until'])}.`
  if (reason?.code === 'reservedFor')
    return `It is kept until ${at(reason['until'])} for the person who had it.`
  return 'Every place of it is taken.'
}

const at = (instant: unknown): string => clockTime(new Date(String(instant))).slice(0, 5)
const nameOf = ({ displayName }: Candidate): string => displayName

const either = (skills: readonly string[]): string => skills.join(' or ')

const asked = (requirements: readonly Requirement[]): string =>
  requirements.map(({ anyOf, minLevel }) => `${either(anyOf)} at ${minLevel}`).join(' and ')

/** `Ann, Ben and 3 more`. */
function listed(names: readonly string[], all: number): string {
  const named = names.slice(0, MOST_NAMED)
  const rest = all - named.length
  return series(rest > 0 ? [...named, `${number(rest)} more`] : named)
}

function series(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const number = (value: number): string => NUMBERS[value] ?? String(value)

/** What would let somebody in, as the decision says it. */
export type Remedy =
  | { readonly kind: 'assign'; readonly people: readonly Candidate[] }
  | {
      readonly kind: 'lower'
      readonly requirement: Requirement
      /** 0: the skill is asked for no longer. */
      readonly to: number
      readonly people: readonly Candidate[]
    }
  | { readonly kind: 'addMember'; readonly people: readonly Candidate[] }
  | { readonly kind: 'override'; readonly people: readonly Candidate[] }
  | { readonly kind: 'endReservations'; readonly people: readonly Candidate[] }

/**
 * The deeds of which the decision says whom they would let in. `own` are the task's own requirements, which alone can be lowered here;
 * those of the step are `ofStep`.
 */
export function remediesOf(
  { candidates }: Pick<Decided, 'candidates'>,
  own: readonly Requirement[],
  ofTheStep: readonly Requirement[],
  isAdmin: boolean,
): Remedy[] {
  const only = (code: string): Candidate[] =>
    candidates.filter(({ reasons }) => reasons.length > 0 && reasons.every((reason) => reason.code === code))
  const eligible = candidates.filter((each) => each.eligible)
  const remedies: Remedy[] = []
  if (eligible.length > 0) remedies.push({ kind: 'assign', people: eligible })
  for (const requirement of own) {
    if (ofTheStep.some((other) => isAlike(other, requirement))) continue
    const lacking = only('missingSkill').filter(
      ({ reasons: [first, ...more] }) => first !== undefined && more.length === 0 && isOf(first, requirement),
    )
    const levels = lacking.map(({ reasons: [first] }) => Number(first?.['level']))
    if (levels.length === 0) continue
    const to = Math.max(...levels)
    const people = lacking.filter(({ reasons: [first] }) => Number(first?.['level']) >= to)
    remedies.push({ kind: 'lower', requirement, to, people })
  }
  const outside = only('notMember')
  if (outside.length > 0) remedies.push({ kind: 'addMember', people: outside })
  const kept = only('reservedFor')
  if (kept.length > 0) remedies.push({ kind: 'endReservations', people: kept })
  const excluded = only('excludedByStep')
  if (isAdmin && excluded.length > 0) remedies.push({ kind: 'override', people: excluded })
  return remedies
}

/** The task's own requirements once one of them asks for less, or for nothing. */
export function lowered(own: readonly Requirement[], requirement: Requirement, to: number): Requirement[] {
  return own.flatMap((each) =>
    each === requirement ? (to === 0 ? [] : [{ ...each, minLevel: to }]) : [each],
  )
}

const isAlike = (one: Requirement, other: Requirement): boolean =>
  one.minLevel >= other.minLevel && [...one.anyOf].sort().join() === [...other.anyOf].sort().join()

const isOf = (reason: Reason, { anyOf, minLevel }: Requirement): boolean =>
  reason['minLevel'] === minLevel && JSON.stringify(reason['anyOf']) === JSON.stringify(anyOf)
