import type { AssignmentId, ProjectId, UserId } from '../ids.ts'
import type { Json } from '../json.ts'
import type { Person, ReasonCode } from './assignment.ts'
import { judgeFor, type Place } from './deciding.ts'
import { type Ranked, rank } from './strategies/decide.ts'
import type { AssignmentStrategy } from './strategies/strategy.ts'
import { assignPerson } from './task-work.ts'

/** What changes of a person while a batch is decided. */
export type Load = Pick<Person, 'live' | 'lastAssignedAt'>

/** The strategy of one step with what it remembers, which moves on with each choice. */
export interface Chooser {
  readonly projectId: ProjectId
  readonly stepId: string
  readonly name: string
  readonly strategy: AssignmentStrategy
  state: Json
}

/** Who gets the free slots of a task, and why the rest of them stay free. */
export interface Plan {
  readonly chosen: readonly { readonly userId: UserId; readonly assignmentId: AssignmentId }[]
  /** null: none stays. */
  readonly left: ReasonCode | 'noEligiblePerson' | null
}

/**
 * Fills the free slots of a place one by one, each by the strategy's choice among who is still eligible. `loads` and the chooser's
 * state are moved on as if it had been done, so that the next place is decided on what is true then.
 */
export function planFor(
  place: Place,
  people: readonly Person[],
  loads: Map<UserId, Load>,
  chooser: Chooser,
  nextId: () => AssignmentId,
): Plan {
  const chosen: { userId: UserId; assignmentId: AssignmentId }[] = []
  let work = place.work
  for (;;) {
    const free = work.slots.some(({ stepId, state }) => stepId === place.step.stepId && state === 'free')
    if (!free) return { chosen, left: null }
    const ranked = rank({
      people: people.map((person) => ({ ...person, ...loads.get(person.userId) })),
      reasonsAgainst: judgeFor({ ...place, work }),
      strategy: chooser.strategy,
      config: place.rules.config,
      state: chooser.state,
    })
    if (ranked.choice === undefined) return { chosen, left: mostHeld(ranked) }
    const pick = { userId: ranked.choice.chosen, assignmentId: nextId() }
    work = assignPerson(work, place.rules, pick).work
    chooser.state = ranked.choice.state
    const live = ranked.input.people.find(({ userId }) => userId === pick.userId)?.live ?? 0
    loads.set(pick.userId, { live: live + 1, lastAssignedAt: place.rules.now })
    chosen.push(pick)
  }
}

/** The reason that holds for most people; of several the one that is named first. */
function mostHeld({ judged }: Ranked): ReasonCode | 'noEligiblePerson' {
  const counts = new Map<ReasonCode, number>()
  for (const { reasons } of judged) {
    for (const code of new Set(reasons.map((reason) => reason.code))) {
      counts.set(code, (counts.get(code) ?? 0) + 1)
    }
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one)
  return most?.[0] ?? 'noEligiblePerson'
}
