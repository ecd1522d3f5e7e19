import { FORM_LIMITS } from './form.ts'

/** One of several things in turn. */
type Alternatives = readonly (readonly Item[])[]
type Item =
  | { readonly kind: 'character'; readonly source: RegExp; readonly min: number; readonly max: number }
  | { readonly kind: 'group'; readonly alternatives: Alternatives }
  | { readonly kind: 'assertion'; readonly holds: (characters: readonly string[], at: number) => boolean }

/** An expression that was read, or why it is none that is admitted. */
type Read = { readonly alternatives: Alternatives; readonly items: number } | { readonly fault: string }

/** A quantifier that may take more characters than this counts as a wide one. */
const WIDE = 10
const MOST_WIDE = 2

/**
 * Why a pattern is not admitted; `undefined`: it is. Admitted ones have no back-reference, no look-around, no quantifier behind a group and at most two
 * quantifiers that may take more than ten characters.
 */
export function patternFault(pattern: string): string | undefined {
  const read = readPattern(pattern)
  return 'fault' in read ? read.fault : undefined
}

/** How many characters, groups and assertions an admitted pattern is made of. */
export function patternSize(pattern: string): number {
  const read = readPattern(pattern)
  return 'fault' in read ? 0 : read.items
}

/**
 * Tests texts as `new RegExp(pattern, 'u')` does, for admitted patterns: in steps that grow with the pattern times the text, for it
 * follows all ways at once, where an engine that goes back may try each. A text of more than 500 code points passes: maxLength refuses it.
 */
export function matcher(pattern: string): { test(text: string): boolean } {
  const read = readPattern(pattern)
  if ('fault' in read) throw new Error(`The pattern ${pattern} ${read.fault}`)
  return {
    test(text) {
      if (text.length > 2 * FORM_LIMITS.patterned) return true
      const characters = Array.from(text)
      if (characters.length > FORM_LIMITS.patterned) return true
      const anywhere = new Uint8Array(characters.length + 1).fill(1)
      return through(read.alternatives, characters, anywhere).includes(1)
    },
  }
}

/** The places that can be reached from places by any of the alternatives. */
function through(alternatives: Alternatives, characters: readonly string[], from: Uint8Array): Uint8Array {
  const reached = new Uint8Array(from.length)
  for (const items of alternatives) {
    let places = from
    for (const item of items) places = past(item, characters, places)
    add(reached, places)
  }
  return reached
}

function add(reached: Uint8Array, places: Uint8Array): void {
  for (let place = 0; place < places.length; place++) if (places[place]) reached[place] = 1
}

function past(item: Item, characters: readonly string[], from: Uint8Array): Uint8Array {
  if (item.kind === 'group') return through(item.alternatives, characters, from)
  if (item.kind === 'assertion')
    return from.map((isReached, place) => (isReached && item.holds(characters, place) ? 1 : 0))
  const fits = characters.map((character) => item.source.test(character))
  const most = Math.min(item.max, characters.length)
  if (item.min > most) return new Uint8Array(from.length)
  let places = from
  for (let taken = 0; taken < item.min; taken++) places = stepped(places, fits)
  const reached = Uint8Array.from(places)
  if (item.max >= characters.length) {
    for (let place = 0; place < fits.length; place++)
      if (fits[place] && reached[place]) reached[place + 1] = 1
    return reached
  }
  for (let taken = item.min; taken < most; taken++) {
    places = stepped(places, fits)
    add(reached, places)
  }
  return reached
}

/** One character further, from each place whose character fits. */
function stepped(from: Uint8Array, fits: readonly boolean[]): Uint8Array {
  const places = new Uint8Array(from.length)
  for (let place = 0; place < fits.length; place++) if (fits[place] && from[place]) places[place + 1] = 1
  return places
}

function readPattern(pattern: string): Read {
  try {
    void new RegExp(pattern, 'u')
  } catch {
    return { fault: 'must be an ECMAScript expression with the flag u' }
  }
  const outer: Item[][] = [[]]
  const open: Item[][][] = [outer]
  const top = (): Item[][] => open.at(-1) ?? outer
  const put = (item: Item): void => void top().at(-1)?.push(item)
  let wide = 0
  let items = 0
  let at = 0
  while (at < pattern.length) {
    items += 1
    const rest = pattern.slice(at)
    if (/^\\([1-9]|k)/.test(rest)) return { fault: 'must not refer back to a group' }
    if (/^\(\?<?[=!]/.test(rest)) return { fault: 'must not look around' }
    const group = /^\((\?:|\?<[^>]*>|(?!\?))/u.exec(rest)
    const assertion = /^(\^|\$|\\[bB])/.exec(rest)
    if (rest.startsWith('(') && group === null) return { fault: 'must not change flags within' }
    if (group !== null) {
      open.push([[]])
      at += group[0].length
    } else if (rest.startsWith('|')) {
      top().push([])
      at += 1
    } else if (rest.startsWith(')')) {
      const alternatives = open.pop() ?? []
      put({ kind: 'group', alternatives })
      at += 1
      if (QUANTIFIER.test(pattern.slice(at))) return { fault: 'must have no quantifier behind a group' }
    } else if (assertion !== null) {
      put({ kind: 'assertion', holds: ASSERTIONS[assertion[0]] ?? never })
      at += assertion[0].length
    } else {
      const character = CHARACTER.exec(rest)?.[0] ?? ''
      at += character.length
      const quantifier = QUANTIFIER.exec(pattern.slice(at))
      const [min, max] = bounds(quantifier)
      at += quantifier?.[0].length ?? 0
      if (quantifier !== null && max > WIDE) wide += 1
      put({ kind: 'character', source: new RegExp(`^(?:${character})$`, 'u'), min, max })
    }
  }
  if (wide > MOST_WIDE)
    return { fault: 'must have at most two quantifiers that may take more than ten characters' }
  return { alternatives: outer, items }
}

/** One character of an expression with the flag u: a class, an escape (two halves of a pair are one), or itself. */
const CHARACTER =
  /^(\[(\\.|[^\]\\])*\]|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u\{[^}]*\}|\\u[\da-fA-F]{4}|\\[pP]\{[^}]*\}|\\x[\da-fA-F]{2}|\\c[a-zA-Z]|\\.|.)/su
const QUANTIFIER = /^([*+?]|\{(\d+)(,(\d*))?\})\??/

function bounds(quantifier: RegExpExecArray | null): [min: number, max: number] {
  if (quantifier === null) return [1, 1]
  const [, sign, least, more, most] = quantifier
  if (sign === '*') return [0, Number.POSITIVE_INFINITY]
  if (sign === '+') return [1, Number.POSITIVE_INFINITY]
  if (sign === '?') return [0, 1]
  const min = Number(least)
  if (more === undefined) return [min, min]
  return [min, most === '' || most === undefined ? Number.POSITIVE_INFINITY : Number(most)]
}

const isWord = (character: string | undefined): boolean => character !== undefined && /^\w$/.test(character)
const atEdge = (characters: readonly string[], at: number): boolean =>
  isWord(characters[at - 1]) !== isWord(characters[at])
const never = (): boolean => false

const ASSERTIONS: Readonly<Record<string, (characters: readonly string[], at: number) => boolean>> = {
  '^': (_, at) => at === 0,
  $: (characters, at) => at === characters.length,
  '\\b': atEdge,
  '\\B': (characters, at) => !atEdge(characters, at),
}
