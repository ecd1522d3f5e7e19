import type { UserId } from '../../ids.ts'
import type { AssignmentConfig } from '../../people/person.ts'
import { standingRequirements, unmetRequirements } from '../../workflow/requirements.ts'
import type { Assignment, Person, ReasonCode } from '../assignment.ts'
import { limitOf } from '../claim/terms.ts'
import { absence, historyOf, type OpenStep, unqualified } from '../eligibility.ts'
import type { StrategyInput } from '../strategies/strategy.ts'
import { mainReason } from './nearest.ts'

/** A person whom a strategy may be asked about. */
export type CrewMember = StrategyInput['people'][number]

/** All that decides about who may have a place, beside their load. */
export interface Seat extends Pick<OpenStep, 'stepId' | 'requirements' | 'openForMs' | 'excludedSteps'> {
  /** Controls that must have been judged of a person; absent in records of older versions. */
  readonly onboarding?: number | null | undefined
  /** All rows on the task, with those that the batch has given. */
  readonly rows: readonly Pick<Assignment, 'userId' | 'stepId' | 'status'>[]
}

/** People who meet the same requirements, by their place among all, and how many of the others lack what. */
export interface Able {
  readonly places: readonly number[]
  readonly counts: ReadonlyMap<ReasonCode, number>
}

/** The people who might do steps of one type, with their loads as a batch goes on. */
export class Crew {
  readonly #people: CrewMember[]
  readonly #places: ReadonlyMap<UserId, number>
  readonly #able = new Map<string, Able>()

  constructor(people: readonly Person[], config: AssignmentConfig) {
    this.#people = people.map((person) => ({ ...person, limit: limitOf(person.ownLimit, config) }))
    this.#places = new Map(people.map(({ userId }, place) => [userId, place]))
  }

  get people(): readonly CrewMember[] {
    return this.#people
  }

  give(userId: UserId, now: Date): void {
    const at = this.#places.get(userId)
    const person = at === undefined ? undefined : this.#people[at]
    if (at !== undefined && person)
      this.#people[at] = { ...person, live: person.live + 1, lastAssignedAt: now }
  }

  /** See {@link mainReason}. */
  mostHeld(seat: Seat, gateOpen: boolean): ReasonCode | 'noEligiblePerson' {
    const counts = new Map(this.ableFor(seat).counts)
    for (const codes of this.barred(seat).values()) {
      for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    const full = this.#people.filter((person) => !hasRoom(person)).length
    if (full > 0) counts.set('atLimit', full)
    if (!gateOpen) counts.set('queuePaused', this.#people.length)
    return mainReason(counts)
  }

  /** The people whose own rows on the task bar them from it, and why. */
  barred({ rows, stepId, excludedSteps }: Seat): ReadonlyMap<UserId, ReadonlySet<ReasonCode>> {
    const barred = new Map<UserId, ReadonlySet<ReasonCode>>()
    if (rows.length === 0) return barred
    for (const [userId, mine] of Map.groupBy(rows, (row) => row.userId)) {
      const reasons = historyOf(mine, { stepId, excludedSteps })
      if (reasons.length > 0 && this.#places.has(userId))
        barred.set(userId, new Set(reasons.map(({ code }) => code)))
    }
    return barred
  }

  /** Those who are there and have the skills; the same object for places that ask for the same. */
  ableFor({
    requirements,
    openForMs,
    onboarding = null,
  }: Pick<Seat, 'requirements' | 'openForMs' | 'onboarding'>): Able {
    const standing = standingRequirements(requirements, openForMs)
    const key = JSON.stringify(onboarding === null ? standing : [standing, onboarding])
    const known = this.#able.get(key)
    if (known) return known
    const places: number[] = []
    const counts = new Map<ReasonCode, number>()
    for (const [at, person] of this.#people.entries()) {
      const codes = new Set<ReasonCode>(absence(person).map(({ code }) => code))
      if (unmetRequirements(person.skills, requirements, openForMs).length > 0) codes.add('missingSkill')
      for (const { code } of unqualified(person, onboarding)) codes.add(code)
      if (codes.size === 0) places.push(at)
      for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    const able = { places, counts }
    this.#able.set(key, able)
    return able
  }
}

/** Whether the person may hold one more. */
export function hasRoom({ live, limit }: CrewMember): boolean {
  return live < limit
}
