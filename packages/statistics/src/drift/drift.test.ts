import { describe, expect, it } from 'vitest'
import { outcomesOf, unnamed } from '../fixtures.test.support.ts'
import { CUSUM_START, type CusumPolicy, cusum, cusumAfter, cusumSteps, isAlarm, wrongPause } from './cusum.ts'
import { FUNCTIONS } from './drift.fixtures.test.support.ts'

describe('drift', () => {
  it.each(outcomesOf('drift', FUNCTIONS))('$title', ({ differences }) => {
    expect(differences).toEqual([])
  })

  it('has a fixture for each of them', () => {
    expect(unnamed('drift', FUNCTIONS)).toEqual([])
  })
})

describe('the alarm', () => {
  it('goes the same way step by step as all at once', () => {
    const steps = cusumSteps({ good: 0.92, bad: 0.65 })
    let state = CUSUM_START
    const answers = [true, false, true, true, false, false, true, false, false]
    const { path, alarmAt, suspectSince } = cusum(answers)
    for (const right of answers.slice(0, path.length)) state = cusumAfter(state, right, steps)
    expect(state).toEqual({ sum: path.at(-1), judged: alarmAt, suspectSince })
    expect(isAlarm(state)).toBe(true)
  })

  it('waits for the minimum', () => {
    const wrong = Array<boolean>(6).fill(false)
    expect(cusum(wrong).alarmAt).toBe(5)
    expect(cusum(wrong, { minimum: 0 }).alarmAt).toBe(4)
  })

  it('is less likely the better somebody is, and likelier the longer they work', () => {
    const chances = [0.5, 0.8, 0.95, 1].map((p) => wrongPause(p, 40))
    expect(chances).toEqual(chances.toSorted((a, b) => b - a))
    expect(chances.at(-1)).toBe(0)
    expect(wrongPause(0, 5)).toBe(1)
    expect(wrongPause(0.9, 100)).toBeGreaterThan(wrongPause(0.9, 50))
  })

  it.each([
    [
      'a bad that is better',
      () => cusumSteps({ good: 0.6, bad: 0.9 }),
      'bad must be below good, and is 0.9 beside 0.6',
    ],
    ['a good of 1', () => cusum([], { good: 1 }), 'good must be above 0 and below 1, and is 1'],
    ['an alarm at 0', () => cusum([], { alarm: 0 }), 'alarm must be a number above 0, and is 0'],
    ['an unknown setting', () => wrongPause(0.9, 5, { alram: 3 } as CusumPolicy), 'alram is no option here'],
    [
      'an answer that is a number',
      () => cusum([1 as unknown as boolean]),
      'answers[0] must be true or false, and is 1',
    ],
    ['a chance above 1', () => wrongPause(1.5, 5), 'p must be between 0 and 1, and is 1.5'],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})
