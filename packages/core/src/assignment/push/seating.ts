import type { UserId } from '../../ids.ts'
import { type Able, type Crew, type CrewMember, hasRoom, type Seat } from './crew.ts'

/** One who gives a slot up, and who has it from then on. */
export interface Move {
  /** Of the places of the batch, the one whose slot moves. */
  readonly place: number
  readonly slot: number
  readonly from: UserId
  readonly to: UserId
  /** The place that `from` makes room for. */
  readonly madeRoomFor: number
}

/** People with room who can be reached by moving what the batch has given; each is at the same, least number of moves. */
export interface Reach {
  /** By userId; they may have the same step. */
  readonly people: readonly CrewMember[]
  /** Moves that make room, the last given first, once `userId` of them is chosen; then `first` has room for the place. */
  readonly through: (userId: UserId) => { readonly moves: readonly Move[]; readonly first: UserId }
  /** The place whose slot the chosen one gets. */
  readonly lastOf: (userId: UserId) => number
}

/** A place with who has got it, and what stays the same all along. */
interface Table {
  readonly seat: Seat
  readonly crew: Crew
  readonly able: Able
  /** The people whom the rows that were there before bar. */
  readonly barred: ReadonlyMap<UserId, unknown>
  readonly chosen: UserId[]
}

/**
 * The slots that a batch has given so far, and to whom. It finds room by moving them: a search for a shortest augmenting path, so that as many slots are filled as
 * can be (Hopcroft & Karp 1973, for people with limits). Slots that are filled stay so, so no place loses one to a later place.
 */
export class Seating {
  readonly #tables: Table[]
  readonly #held = new Map<UserId, number[]>()
  /** People from whom no chain of moves leads to room; none will, for room only shrinks. */
  readonly #shut = new Set<UserId>()

  constructor(seats: readonly Seat[], crewOf: (place: number) => Crew) {
    this.#tables = seats.map((seat, place) => {
      const crew = crewOf(place)
      return { seat, crew, able: crew.ableFor(seat), barred: crew.barred(seat), chosen: [] }
    })
  }

  chosen(place: number): readonly UserId[] {
    return this.#at(place).chosen
  }

  /** The place with the rows that the batch has given; a person has one row on a step, which is given again. */
  seat(place: number): Seat {
    const { seat, chosen } = this.#at(place)
    if (chosen.length === 0) return seat
    const { stepId } = seat
    const before = seat.rows.filter((row) => row.stepId !== stepId || !chosen.includes(row.userId))
    return {
      ...seat,
      rows: [...before, ...chosen.map((userId) => ({ userId, stepId, status: 'assigned' as const }))],
    }
  }

  /** Those against whom nothing speaks, the gate aside. By userId. */
  eligible(place: number): CrewMember[] {
    const { crew, able, barred, chosen } = this.#at(place)
    const eligible: CrewMember[] = []
    for (const at of able.places) {
      const person = crew.people[at]
      if (!person || !hasRoom(person)) continue
      if (!barred.has(person.userId) && !chosen.includes(person.userId)) eligible.push(person)
    }
    return eligible
  }

  give(place: number, userId: UserId): void {
    this.#at(place).chosen.push(userId)
    this.#hold(userId, place)
  }

  move({ place, slot, from, to }: Move): void {
    this.#at(place).chosen[slot] = to
    this.#held.set(
      from,
      this.#heldBy(from).filter((held) => held !== place),
    )
    this.#hold(to, place)
  }

  /** The people with room from whom moves lead to the place; undefined: nobody can make room for it. */
  reach(root: number): Reach | undefined {
    const reachedFrom = new Map<UserId, number>()
    const givenUpBy = new Map<number, UserId | undefined>([[root, undefined]])
    const unseen = new Unseen()
    for (let layer = [root]; layer.length > 0; ) {
      const free: CrewMember[] = []
      const next: number[] = []
      for (const place of layer) {
        for (const person of unseen.of(this.#at(place), this.#shut)) {
          reachedFrom.set(person.userId, place)
          if (hasRoom(person)) free.push(person)
          for (const held of this.#heldBy(person.userId).toReversed()) {
            if (givenUpBy.has(held)) continue
            givenUpBy.set(held, person.userId)
            next.push(held)
          }
        }
      }
      if (free.length > 0) return this.#reachOf(root, free, reachedFrom, givenUpBy)
      layer = next
    }
    for (const userId of reachedFrom.keys()) this.#shut.add(userId)
    return undefined
  }

  #reachOf(
    root: number,
    free: readonly CrewMember[],
    reachedFrom: ReadonlyMap<UserId, number>,
    givenUpBy: ReadonlyMap<number, UserId | undefined>,
  ): Reach {
    const lastOf = (userId: UserId): number => reachedFrom.get(userId) ?? root
    const stepOf = ({ userId }: CrewMember): string => this.#at(lastOf(userId)).seat.stepId
    const [first] = free
    return {
      people: free
        .filter((person) => first && stepOf(person) === stepOf(first))
        .sort((one, other) => (one.userId < other.userId ? -1 : 1)),
      lastOf,
      through: (userId) => {
        const moves: Move[] = []
        let to = userId
        for (let place = lastOf(to); place !== root; place = lastOf(to)) {
          const from = givenUpBy.get(place)
          if (from === undefined) throw new Error('a place on the way was reached from nobody')
          const slot = this.#at(place).chosen.indexOf(from)
          moves.push({ place, slot, from, to, madeRoomFor: lastOf(from) })
          to = from
        }
        return { moves, first: to }
      },
    }
  }

  #at(place: number): Table {
    const table = this.#tables[place]
    if (table === undefined) throw new RangeError(`There is no place ${place}`)
    return table
  }

  #heldBy(userId: UserId): readonly number[] {
    return this.#held.get(userId) ?? []
  }

  #hold(userId: UserId, place: number): void {
    this.#held.set(userId, [...this.#heldBy(userId), place])
  }
}

/** People whom a search has not come to yet, so that each is looked at once for all places that ask for the same. */
class Unseen {
  readonly #seen = new Set<UserId>()
  readonly #left = new Map<Able, readonly number[]>()

  /** Those who may have the seat, their load aside; they are seen from then on. */
  of({ crew, able, barred, chosen }: Table, shut: ReadonlySet<UserId>): CrewMember[] {
    const found: CrewMember[] = []
    const left: number[] = []
    for (const at of this.#left.get(able) ?? able.places) {
      const person = crew.people[at]
      if (person === undefined || shut.has(person.userId) || this.#seen.has(person.userId)) continue
      if (barred.has(person.userId) || chosen.includes(person.userId)) {
        left.push(at)
        continue
      }
      this.#seen.add(person.userId)
      found.push(person)
    }
    this.#left.set(able, left)
    return found
  }
}
