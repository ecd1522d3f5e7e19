import { describe, expect, it } from 'vitest'
import { scenarioPayload } from '../models/probe-scenario.ts'
import { draw, drawInteger, shuffle } from './draw.ts'
import { buildUdhrScenarios, sharedLanguages } from './udhr-scenarios.ts'
import { uiScenarios } from './ui-scenarios.ts'
import { cut, cutAt, wordsOf } from './words.ts'

describe('the scenarios of the declaration', () => {
  it('are three of each of 30 articles in the 56 languages that all four models claim', async () => {
    expect(await sharedLanguages()).toHaveLength(56)
    const scenarios = await buildUdhrScenarios(42)
    expect(scenarios).toHaveLength(56 * 30 * 3)
    expect(new Set(scenarios.map(({ scenarioId }) => scenarioId)).size).toBe(scenarios.length)
    expect(scenarios[0]?.scenarioId).toBe('udhr-am-1-phrase')
  })

  it('are what their job type takes, in NFC, neither empty nor too long', async () => {
    const faulty = (await buildUdhrScenarios(7)).filter(
      ({ payload }) =>
        !scenarioPayload.safeParse(payload).success ||
        payload.text !== payload.text.normalize('NFC').trim() ||
        payload.text.length > 1000,
    )
    expect(faulty).toEqual([])
  })

  it('have as many words as their length says, where the article has them', async () => {
    const spaced = (await buildUdhrScenarios(42)).filter(({ payload }) =>
      ['de', 'am', 'yo'].includes(payload.language),
    )
    const counts = (length: string) =>
      spaced
        .filter(({ payload }) => payload.length === length)
        .map(({ payload }) => wordsOf(payload.text, payload.language).length)
    expect(Math.min(...counts('phrase'))).toBe(3)
    expect(Math.max(...counts('phrase'))).toBe(6)
    expect(Math.max(...counts('clause'))).toBe(14)
  })

  it('depend on the seed alone', async () => {
    const scenarios = await buildUdhrScenarios(42)
    expect(await buildUdhrScenarios(42)).toEqual(scenarios)
    const others = await buildUdhrScenarios(43)
    expect(others).not.toEqual(scenarios)
    expect(others.map(({ scenarioId }) => scenarioId)).toEqual(scenarios.map(({ scenarioId }) => scenarioId))
  })
})

it('has interface strings of 34 of these languages', async () => {
  const shared = new Set(await sharedLanguages())
  const scenarios = uiScenarios()
  expect(new Set(scenarios.map(({ payload }) => payload.language)).size).toBe(34)
  expect(new Set(scenarios.map(({ scenarioId }) => scenarioId)).size).toBe(scenarios.length)
  const faulty = scenarios.filter(
    ({ payload }) => !scenarioPayload.safeParse(payload).success || !shared.has(payload.language),
  )
  expect(faulty).toEqual([])
})

describe('words', () => {
  it('lie between spaces, without the punctuation around them', () => {
    const text = 'All human beings, (born) “free” — and equal.'
    const words = wordsOf(text, 'en').map(({ from, to }) => text.slice(from, to))
    expect(words).toEqual(['All', 'human', 'beings', 'born', 'free', 'and', 'equal'])
  })

  it('lie between word spaces in Amharic, and are found without any in Thai', () => {
    expect(wordsOf('የሰው፡ልጅ፡ሁሉ', 'am')).toHaveLength(3)
    expect(wordsOf('มนุษย์ทั้งหลาย', 'th').length).toBeGreaterThan(1)
  })

  it('are cut out with what stands between them', () => {
    const text = 'one, two; three. Four'
    const words = wordsOf(text, 'en')
    expect(cut(text, words, 1, 2)).toBe('two; three')
    expect(cut(text, words, 3, 5)).toBe('Four')
    expect(cut(text, words, 9, 1)).toBe('')
    expect(cutAt(text, words, 12)).toBe('one, two')
    expect(cutAt(text, words, 99)).toBe(text)
  })
})

describe('draws', () => {
  it('depend on seed and key', () => {
    expect(draw(1, 'a')).toBe(draw(1, 'a'))
    expect(draw(1, 'a')).not.toBe(draw(2, 'a'))
    expect(draw(1, 'a')).not.toBe(draw(1, 'b'))
  })

  it('reach every integer between their bounds', () => {
    const drawn = new Set(Array.from({ length: 200 }, (_, n) => drawInteger(1, String(n), 3, 6)))
    expect(drawn).toEqual(new Set([3, 4, 5, 6]))
  })

  it('put items in one order whatever order they came in', () => {
    expect(shuffle(['a', 'b', 'c', 'd'], 5, 'x')).toEqual(shuffle(['d', 'c', 'a', 'b'], 5, 'x'))
  })
})
