import type { TaskId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import type { AssignmentConfig } from '../../people/person.ts'
import type { Candidate, Decision, IneligibleReason, Person } from '../assignment.ts'
import { limitOf } from '../claim/terms.ts'
import type { RecordedDecision } from '../stores/decision-store.ts'
import type { AssignmentStrategy, StrategyChoice, StrategyInput } from './strategy.ts'

/** The question which of these people gets something. */
export interface RankQuestion {
  /** By userId ascending. */
  readonly people: readonly Person[]
  readonly reasonsAgainst: (person: Person) => readonly IneligibleReason[]
  readonly strategy: AssignmentStrategy
  readonly config: AssignmentConfig
  /** The state that the strategy kept from its last choice for this step. */
  readonly state: Json
}

/** The question, with its strategy by name. */
export interface Question extends RankQuestion {
  readonly taskId: TaskId
  readonly stepId: string
  readonly strategyName: string
}

/** The decision explained, the strategy's next state, and what to record so that it can be decided again. */
export interface Decided {
  readonly decision: Decision
  readonly state: Json
  readonly input: Json
}

/** The answer to each person, the input of the strategy, and its choice; nothing was asked if nobody is eligible. */
interface Ranked {
  readonly judged: readonly { readonly person: Person; readonly reasons: readonly IneligibleReason[] }[]
  readonly input: StrategyInput
  readonly choice: StrategyChoice | undefined
}

/** Judges everybody, and lets the strategy choose among those who are eligible. */
function rank({ people, reasonsAgainst, strategy, config, state }: RankQuestion): Ranked {
  const judged = people.map((person) => ({ person, reasons: reasonsAgainst(person) }))
  const input: StrategyInput = {
    people: judged
      .filter(({ reasons }) => reasons.length === 0)
      .map(({ person }) => ({ ...person, limit: limitOf(person.ownLimit, config) })),
    weights: config.weights,
    state,
  }
  return { judged, input, choice: input.people.length > 0 ? strategy(input) : undefined }
}

/** Decides, and explains for each person. Nobody eligible: `chosen` is null and the state stays. */
export function decide(question: Question): Decided {
  const { judged, input, choice } = rank(question)
  return {
    decision: {
      taskId: question.taskId,
      stepId: question.stepId,
      strategy: question.strategyName,
      chosen: choice?.chosen ?? null,
      candidates: judged.map(({ person, reasons }) => candidateOf(person, reasons, choice)),
    },
    state: choice?.state ?? question.state,
    input: recordOf(input),
  }
}

/**
 * Decides a recorded decision again, from what it was decided from.
 * @throws RangeError when its strategy is not, or no longer, registered
 */
export function replayDecision(
  recorded: Pick<RecordedDecision, 'decision' | 'input'>,
  strategies: ReadonlyMap<string, AssignmentStrategy>,
): UserId | null {
  const { strategy: name } = recorded.decision
  const strategy = strategies.get(name)
  if (strategy === undefined) throw new RangeError(`There is no strategy ${name}`)
  const input = inputOf(recorded.input)
  return input.people.length > 0 ? strategy(input).chosen : null
}

function candidateOf(
  { userId }: Person,
  reasons: readonly IneligibleReason[],
  choice: StrategyChoice | undefined,
): Candidate {
  const scored = choice?.scores.get(userId)
  return {
    userId,
    eligible: reasons.length === 0,
    reasons,
    score: scored?.score ?? null,
    parts: scored?.parts ?? {},
  }
}

function recordOf({ people, weights, state }: StrategyInput): Json {
  return {
    people: people.map(recordedPerson),
    weights: { ...weights },
    state,
  }
}

/** Somebody as they stand in a record. Nobody who is paused comes this far, nor a newcomer. */
type RecordedPerson = Omit<StrategyInput['people'][number], 'paused' | 'controls' | 'lastAssignedAt'> & {
  readonly lastAssignedAt: string | null
}

/** Member by member: a rest and a spread of each person took a third of a decision. */
function recordedPerson(person: StrategyInput['people'][number]): RecordedPerson {
  return {
    userId: person.userId,
    status: person.status,
    skills: { ...person.skills },
    isMember: person.isMember,
    live: person.live,
    ownLimit: person.ownLimit,
    quality: person.quality,
    lastAssignedAt: person.lastAssignedAt?.toISOString() ?? null,
    limit: person.limit,
  }
}

function inputOf(recorded: Json): StrategyInput {
  const { people, weights, state } = recorded as unknown as {
    readonly people: readonly RecordedPerson[]
    readonly weights: StrategyInput['weights']
    readonly state: Json
  }
  return {
    people: people.map((person) => ({
      ...person,
      lastAssignedAt: person.lastAssignedAt === null ? null : new Date(person.lastAssignedAt),
    })),
    weights,
    state,
  }
}
