import type { FormQuestion } from '@muster/core/forms'
import { placesOf } from '@muster/core/forms'
import { type Choice, choicesOf, pairChoices, type ShownByName, type Stop, sideChoices } from './asked.ts'

/** What a key does to the answer of the stop that has the focus. */
export type KeyDeed = (answer: unknown) => unknown

/** What a stop knows of its item. */
export interface Around {
  readonly shown: ShownByName
  readonly orders: Readonly<Record<string, readonly string[]>>
}

/** The deeds of the form's own keys at a stop. Marking has keys of its own. */
export function keyDeeds({ question, criterion }: Stop, around: Around): ReadonlyMap<string, KeyDeed> {
  switch (question.type) {
    case 'choice':
      return deeds(choicesOf(question, around.shown, around.orders), (value) => () => value)
    case 'multi':
      return deeds(
        choicesOf(question, around.shown, around.orders),
        (value) => (answer) => toggled(answer, value),
      )
    case 'yesNo':
      return new Map<string, KeyDeed>([
        ['1', () => true],
        ['y', () => true],
        ['2', () => false],
        ['n', () => false],
      ])
    case 'scale':
      return new Map(scaleKeys(question).map(({ key, value }) => [key, () => value] as const))
    case 'pairwise':
      return deeds(
        pairChoices(question, around.shown),
        (value) => (answer) => chosen(answer, criterion, value),
      )
    case 'ranking':
      return deeds(
        sideChoices(question.of, around.shown),
        (value) => (answer) => ranked(question, answer, value),
      )
    case 'number':
    case 'text':
    case 'spans':
    case 'json':
      return new Map()
  }
}

function deeds(choices: readonly Choice[], deed: (value: string) => KeyDeed): Map<string, KeyDeed> {
  return new Map(choices.flatMap(({ key, value }) => (key === null ? [] : [[key, deed(value)] as const])))
}

/** The answer of a `multi` with a value put in, or taken out. */
export function toggled(answer: unknown, value: string): string[] {
  const before = Array.isArray(answer) ? (answer as string[]) : []
  return before.includes(value) ? before.filter((one) => one !== value) : [...before, value]
}

/** The answer of a `pairwise`, whole or one criterion of it. */
export function chosen(answer: unknown, criterion: string | undefined, value: string): unknown {
  if (criterion === undefined) return value
  return { ...(answer as Record<string, string> | undefined), [criterion]: value }
}

type Ranking = Extract<FormQuestion, { readonly type: 'ranking' }>

/** A ranking as places, each of one side or of several that tie. */
export function placesRanked(answer: unknown): string[][] {
  if (!Array.isArray(answer)) return []
  return answer.map((place: unknown) => (Array.isArray(place) ? (place as string[]) : [String(place)]))
}

/** Places as the question has its answer: a list of sides, or of groups with `ties`; nothing for no place. */
export function rankingOf({ ties }: Ranking, places: readonly (readonly string[])[]): unknown {
  const kept = places.filter((place) => place.length > 0)
  if (kept.length === 0) return undefined
  return ties ? kept : kept.flat()
}

/** The ranking with a side put last, or taken out. */
export function ranked(question: Ranking, answer: unknown, side: string): unknown {
  const places = placesRanked(answer)
  const without = places.map((place) => place.filter((one) => one !== side))
  const isIn = places.some((place) => place.includes(side))
  return rankingOf(question, isIn ? without : [...without, [side]])
}

/** The keys of a scale: the value where it is a digit, else the place, with 0 for the tenth. */
export function scaleKeys(
  question: Pick<Extract<FormQuestion, { readonly type: 'scale' }>, 'min' | 'max' | 'step'>,
): { readonly key: string; readonly value: number }[] {
  const places = placesOf(question)
  if (places.every((value) => Number.isInteger(value) && value >= 0 && value <= 9))
    return places.map((value) => ({ key: String(value), value }))
  return places.slice(0, 10).map((value, place) => ({ key: String((place + 1) % 10), value }))
}
