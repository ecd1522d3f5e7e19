import { BINDINGS, type Binding, type Deed, isSingle, keysOf, PLACES_OF, type Place } from './bindings.ts'

/** A question in focus takes a key before its page does. */
const QUESTIONS: ReadonlySet<Place> = new Set(['marking', 'ranking'])

/** Keys that nobody can bind to a deed: digits answer questions, and `+` stands between keys in the table. */
const NEVER = /^[\d+\s]$/

/** Why a key cannot be that of a deed, as this person's keys are now; undefined: it can. */
export function refusal(deed: Deed, key: string): string | undefined {
  if (key.length !== 1 || !/^[\x21-\x7e]$/.test(key))
    return 'It must be a letter or a sign, alone and without shift.'
  if (NEVER.test(key)) return /\d/.test(key) ? 'Digits answer questions.' : 'This key cannot be chosen.'
  const taken = otherWith(deed, key)
  return taken === undefined ? undefined : `${key} is taken by “${taken.title}”.`
}

/** The deed of the same page that a key would be of as well. */
function otherWith(deed: Deed, key: string): Binding | undefined {
  const bindings: readonly Binding[] = BINDINGS
  const one = bindings.find((binding) => binding.deed === deed)
  if (one === undefined) return undefined
  // With shift it acts too, where the table says so.
  const wanted = one.keys.filter(isSingle).map((old) => `${old.slice(0, -1)}${key}`)
  return bindings.find(
    (other) =>
      other.deed !== deed &&
      Object.values(PLACES_OF).some((places) => isActive(one, places) && isActive(other, places)) &&
      !areApart(one, other) &&
      keysOf(other).some((taken) => wanted.some((mine) => taken === mine || taken.startsWith(`${mine} `))),
  )
}

/** Every two deeds that one key would have on one page; the build fails if there are any. */
export function clashes(): string[] {
  const bindings: readonly Binding[] = BINDINGS
  const found = new Set<string>()
  for (const [page, places] of Object.entries(PLACES_OF)) {
    const active = bindings.filter((binding) => isActive(binding, places))
    for (const one of active)
      for (const other of active) {
        if (one === other || areApart(one, other)) continue
        for (const key of keysOf(one))
          if (keysOf(other).some((taken) => taken === key || taken.startsWith(`${key} `)))
            found.add(`${key} on ${page}: ${[one.deed, other.deed].sort().join(', ')}`)
      }
  }
  return Array.from(found)
}

function isActive({ place }: Binding, places: readonly Place[]): boolean {
  return place === 'anywhere' || places.includes(place)
}

/** Whether one of two deeds hides the other, or both never have the focus. */
function areApart(one: Binding, other: Binding): boolean {
  if (QUESTIONS.has(one.place))
    return other.place === 'work' || (QUESTIONS.has(other.place) && one.place !== other.place)
  return QUESTIONS.has(other.place) && one.place === 'work'
}
