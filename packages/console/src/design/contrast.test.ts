import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const CSS = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

type Colour = readonly [red: number, green: number, blue: number]

/** The colours of a theme by name: the first of each pair is light, the second dark. */
function theme(which: 0 | 1): ReadonlyMap<string, Colour> {
  const found = CSS.split('@media')[0]?.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g) ?? []
  return new Map(Array.from(found, ([, name = '', ...pair]) => [name, colour(pair[which] ?? '')]))
}

function colour(hex: string): Colour {
  const at = (place: number): number => Number.parseInt(hex.slice(place, place + 2), 16)
  return [at(1), at(3), at(5)]
}

/** Contrast as WCAG 2 computes it. */
function contrast(one: Colour, other: Colour): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
    const part = channel / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const mixed = (over: Colour, under: Colour, share: number): Colour => {
  const at = (place: 0 | 1 | 2): number => Math.round(over[place] * share + under[place] * (1 - share))
  return [at(0), at(1), at(2)]
}

const SURFACES = ['bg', 'surface', 'sunken', 'hover']
const TEXT = ['ink', 'ink-2', 'ink-3', 'active', 'done', 'failed', 'wait', 'rest']
const STATES = ['active', 'done', 'failed', 'wait', 'rest']
const SERIES = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8']

describe.each([
  ['light', theme(0)],
  ['dark', theme(1)],
])('the colours of the %s theme', (_name, colours) => {
  const of = (name: string): Colour => colours.get(name) ?? ([0, 0, 0] as const)
  const below = (least: number, pairs: readonly (readonly [string, Colour, Colour])[]): string[] =>
    pairs.flatMap(([name, one, other]) =>
      contrast(one, other) < least ? [`${name} ${contrast(one, other).toFixed(2)}`] : [],
    )
  const on = (names: readonly string[], surfaces: readonly string[]): (readonly [string, Colour, Colour])[] =>
    names.flatMap((name) =>
      surfaces.map((surface) => [`${name} on ${surface}`, of(name), of(surface)] as const),
    )

  it('hold text at 4.7 : 1 on every surface, and on its own tint', () => {
    expect(below(4.7, on(TEXT, SURFACES))).toEqual([])
    const tints = STATES.map(
      (name) => [`${name} on its tint`, of(name), mixed(of(name), of('surface'), 0.12)] as const,
    )
    expect(below(4.7, tints)).toEqual([])
    expect(below(4.7, on(['on-ink'], ['ink']))).toEqual([])
  })

  it('hold borders of controls and the focus at 3.1 : 1', () => {
    expect(below(3.1, on(['line-strong', 'focus'], SURFACES))).toEqual([])
  })

  it('hold series at 4.6 : 1', () => {
    expect(below(4.6, on(SERIES, ['surface']))).toEqual([])
  })
})
