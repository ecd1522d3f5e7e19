import type { ImportFinding, KeptFinding, Tallies } from './import.ts'

/** Errors that are told one by one, as many notes, and as many parts without a home; of more, how many. */
export const MOST_TOLD = 10_000

/** No finding yet. */
export const NO_TALLIES: Tallies = { errors: 0, notes: 0, conflicts: 0, lefts: 0, more: {}, places: {} }

/** Collects findings of a part of an import, and counts them with those before. */
export class Findings {
  readonly #count: { error: number; note: number; left: number; conflicts: number }
  readonly #more: Map<string, number>
  readonly #places: Map<string, number>
  #told: KeptFinding[] = []

  constructor(before: Tallies) {
    const { errors: error, notes: note, lefts: left, conflicts, more, places } = before
    this.#count = { error, note, left, conflicts }
    this.#more = new Map(Object.entries(more))
    this.#places = new Map(Object.entries(places))
  }

  /** All that has been counted so far. */
  get tallies(): Tallies {
    const { error: errors, note: notes, left: lefts, conflicts } = this.#count
    const [more, places] = [Object.fromEntries(this.#more), Object.fromEntries(this.#places)]
    return { errors, notes, lefts, conflicts, more, places }
  }

  /** @param at the row that it stands at, or behind which it was found */
  add({ line, place, externalId, level, code, message }: ImportFinding, at: number): void {
    this.#count[level]++
    if (level === 'error' && code === 'conflict') this.#count.conflicts++
    if (this.#count[level] > MOST_TOLD) {
      countIn(this.#more, `${level} ${code}`)
      return
    }
    const seq = this.#count.error + this.#count.note + this.#count.left
    const told = {
      line,
      place: kept(place),
      externalId: kept(externalId),
      level,
      code,
      message: kept(message),
    }
    this.#told.push({ ...told, at, seq })
  }

  /** Counts members of a record that have no home. */
  leave(kind: string, places: readonly string[]): void {
    for (const place of places) countIn(this.#places, `${place} of a ${kind}`)
  }

  /** Those to be kept one by one since the last call. */
  taken(): readonly KeptFinding[] {
    const told = this.#told
    this.#told = []
    return told
  }
}

/** How many findings there are of parts without a home: those told by themselves, and each place. */
export function leftOf({ lefts, places }: Tallies): number {
  return lefts + Object.keys(places).length
}

/** The lines behind those that are told one by one: how many more of each code, then how often each place was left. */
export function countedFindings({ more, places }: Tallies): ImportFinding[] {
  const counted = Object.entries(more).map(([key, count]) => {
    const [level = '', code = ''] = key.split(' ')
    return finding(level as ImportFinding['level'], code, `${count} more`)
  })
  const left = Object.entries(places).map(([place, count]) => ({
    ...finding('left', 'no_home', `has no home, ${count} times`),
    place,
  }))
  return [...counted, ...left]
}

/** A finding about the file as a whole. */
export function finding(level: ImportFinding['level'], code: string, message: string): ImportFinding {
  return { line: null, place: null, externalId: null, level, code, message }
}

/** Text as every database keeps it: a place or a message may quote what none does. */
function kept<Text extends string | null>(text: Text): Text {
  return (text?.replaceAll('\u0000', '\uFFFD').toWellFormed() ?? null) as Text
}

function countIn(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
