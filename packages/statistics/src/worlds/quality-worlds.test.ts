import { describe, expect, it } from 'vitest'
import { davidson, type Game, strengthDifference } from '../aggregation/davidson.ts'
import { dawidSkene } from '../aggregation/dawid-skene.ts'
import type { Label } from '../aggregation/labels.ts'
import { oneCoin } from '../aggregation/one-coin.ts'
import { posterior } from '../aggregation/posterior.ts'
import { majority } from '../aggregation/votes.ts'
import { alpha } from '../agreement/alpha.ts'
import { cohen } from '../agreement/cohen.ts'
import { fleiss } from '../agreement/fleiss.ts'
import { percent } from '../agreement/percent.ts'
import type { Interval } from '../arithmetic/interval.ts'
import { exp } from '../arithmetic/ln-exp.ts'
import { positionEffect } from '../comparison/position.ts'
import { cusum, wrongPause } from '../drift/cusum.ts'
import { type Stream, shuffled, stream } from '../random/stream.ts'
import { FULL, figures, trialsOf } from './trials.test.support.ts'

// Worlds in which the truth is known. In each test run a part of the trials, which the seed draws
// alike each time; all of them with MUSTER_WORLDS=full, which takes minutes.

/** The first class whose share reaches u. */
function classAt(u: number, prevalence: readonly number[]): number {
  let whole = 0
  for (const [k, share] of prevalence.entries()) {
    whole += share
    if (u < whole) return k
  }
  return prevalence.length - 1
}

/** Says the class with this accuracy, else any other. */
function said(from: Stream, truth: number, accuracy: number, classes: number): number {
  if (from.next() < accuracy) return truth
  const other = from.below(classes - 1)
  return other >= truth ? other + 1 : other
}

const even = (classes: number): number[] => Array.from({ length: classes }, () => 1 / classes)

describe('world agreement', () => {
  const cells = [
    [2, 0.9, 2],
    [2, 0.97, 2],
    [4, 0.8, 3],
    [5, 0.6, 2],
  ].flatMap(([classes = 0, accuracy = 0, people = 0]) =>
    [20, 50, 200].map((items) => ({ classes, accuracy, people, items })),
  )

  it.each(cells)(
    'holds the truth: $classes classes, accuracy $accuracy, $people people, $items items',
    (cell) => {
      const { classes, accuracy, people, items } = cell
      const prevalence = classes === 5 ? [0.5, 0.2, 0.1, 0.1, 0.1] : even(classes)
      const truth = truthOf(prevalence, accuracy)
      const from = stream(1, `world agreement ${classes} ${accuracy} ${people} ${items}`)
      const held: Record<string, number> = {
        alpha: 0,
        fleiss: 0,
        percent: 0,
        ...(people === 2 ? { cohen: 0 } : {}),
      }
      const trials = trialsOf(2_000, 150)
      const note = (name: string, interval: Interval | null, value: number): void => {
        if (interval && interval.low <= value && value <= interval.high)
          held[name] = (held[name] ?? 0) + 1 / trials
      }
      for (let trial = 0; trial < trials; trial++) {
        const answers = Array.from({ length: items }, () => {
          const z = classAt(from.next(), prevalence)
          return Array.from({ length: people }, () => said(from, z, accuracy, classes))
        })
        note('alpha', alpha(answers).interval, truth.kappa)
        note('percent', percent(answers).interval, truth.observed)
        const rows = answers.map((item) =>
          even(classes).map((_, k) => item.filter((each) => each === k).length),
        )
        note('fleiss', fleiss(rows).interval, truth.kappa)
        if (people !== 2) continue
        const table = Array.from({ length: classes }, () => new Float64Array(classes))
        for (const [a = 0, b = 0] of answers)
          (table[a] as Float64Array)[b] = ((table[a] as Float64Array)[b] as number) + 1
        note('cohen', cohen(table).interval, truth.kappa)
      }
      figures('agreement', cell, held)
      // Two standard errors more of room, where there are fewer trials.
      const room = FULL ? 0 : 0.036
      for (const share of Object.values(held)) {
        expect(share).toBeGreaterThanOrEqual((items >= 50 ? 0.925 : 0.9) - room)
        expect(share).toBeLessThanOrEqual(0.985 + room)
      }
    },
  )

  function truthOf(prevalence: readonly number[], accuracy: number) {
    const classes = prevalence.length
    const says = (k: number, z: number): number => (k === z ? accuracy : (1 - accuracy) / (classes - 1))
    let [observed, expected] = [0, 0]
    for (const k of prevalence.keys()) {
      let share = 0
      for (const [z, part] of prevalence.entries()) {
        share += part * says(k, z)
        observed += part * says(k, z) * says(k, z)
      }
      expected += share * share
    }
    return { observed, kappa: (observed - expected) / (1 - expected) }
  }
})

describe('world aggregation', () => {
  const teams = [
    { team: 'even team', accuracies: [0.8, 0.8, 0.8, 0.8, 0.8], classes: 3 },
    { team: 'two guess', accuracies: [0.9, 0.9, 0.8, 0.34, 0.34], classes: 3 },
    { team: 'one is always wrong way round', accuracies: [0.9, 0.85, 0.85, 0.8, 0.1], classes: 2 },
  ]

  it.each(teams)('is right more often than the majority: $team', ({ team, accuracies, classes }) => {
    const from = stream(1, `world aggregation ${team}`)
    const trials = trialsOf(50, 10)
    const right = { majority: 0, oneCoin: 0, dawidSkene: 0, posterior: 0 }
    for (let trial = 0; trial < trials; trial++) {
      const truth = Array.from({ length: 300 }, () => from.below(classes))
      const labels: Label[] = []
      for (const [item, z] of truth.entries()) {
        for (const [person, accuracy] of accuracies.entries()) {
          if (from.next() >= 0.8) continue
          const answer = from.next() < accuracy ? z : (z + 1 + from.below(classes - 1)) % classes
          labels.push([item, person, answer])
        }
      }
      const share = (of: ArrayLike<number | null>): number =>
        truth.filter((z, i) => of[i] === z).length / 300 / trials
      const fit = oneCoin(labels, { classes })
      right.majority += share(majority(labels, { classes }))
      right.oneCoin += share(fit.likeliest)
      right.dawidSkene += share(dawidSkene(labels, { classes }).likeliest)
      for (const [i, k] of fit.likeliest.entries())
        right.posterior += (fit.posterior[i * classes + k] ?? 1 / classes) / 300 / trials
    }
    figures('aggregation', team, right)
    expect(right.oneCoin - right.majority).toBeGreaterThanOrEqual(0.02)
    expect(right.dawidSkene - right.majority).toBeGreaterThanOrEqual(0.02)
    expect(Math.abs(right.posterior - right.oneCoin)).toBeLessThanOrEqual(0.015)
  })
})

describe('world overlap', () => {
  const teams = [
    { team: 'two classes, good team', good: 0.85, weak: 0.85, prevalence: [0.5, 0.5] },
    { team: 'two classes, one weak in five', good: 0.85, weak: 0.55, prevalence: [0.5, 0.5] },
    { team: 'four classes, one weak in five', good: 0.8, weak: 0.4, prevalence: [0.4, 0.3, 0.2, 0.1] },
    { team: 'one in twenty, good team', good: 0.9, weak: 0.9, prevalence: [0.95, 0.05] },
  ]

  it.each(teams)('needs fewer answers for as much: $team', ({ team, good, weak, prevalence }) => {
    const classes = prevalence.length
    const from = stream(1, `world overlap ${team}`)
    const trials = trialsOf(20, 3)
    const mean = { three: 0, five: 0 }
    const surest = new Map([0.85, 0.9].map((until) => [until, { right: 0, labels: 0, posterior: 0 }]))
    for (let trial = 0; trial < trials; trial++) {
      const tasks = Array.from({ length: 1_000 }, () => {
        const z = classAt(from.next(), prevalence)
        const people = shuffled(from, Array(20).keys()).slice(0, 5)
        return {
          z,
          answers: people.map((person) => ({
            person,
            answer: said(from, z, person % 5 === 0 ? weak : good, classes),
          })),
        }
      })
      for (const { z, answers } of tasks) {
        mean.three += plurality(answers.slice(0, 3)) === z ? 1 / tasks.length / trials : 0
        mean.five += plurality(answers) === z ? 1 / tasks.length / trials : 0
      }
      for (const [until, sum] of surest) {
        const given: Label[] = []
        let [shares, accuracy]: [ArrayLike<number>, ArrayLike<number>] = [even(classes), []]
        for (const [item, { z, answers }] of tasks.entries()) {
          let [asked, chances] = [0, [...even(classes)]]
          while (asked < 5 && (asked < 2 || Math.max(...chances) < until)) {
            asked = Math.max(2, asked + 1)
            const believed = answers
              .slice(0, asked)
              .map(({ person, answer }) => ({ answer, accuracy: accuracy[person] ?? 0.8 }))
            chances = posterior(believed, shares)
          }
          for (const { person, answer } of answers.slice(0, asked)) given.push([item, person, answer])
          const surestOf = Math.max(...chances)
          sum.right += chances.indexOf(surestOf) === z ? 1 / tasks.length / trials : 0
          sum.labels += asked / tasks.length / trials
          sum.posterior += surestOf / tasks.length / trials
          if (item % 100 !== 99) continue
          const fit = oneCoin(given, { classes })
          ;[shares, accuracy] = [fit.prevalence, fit.accuracy]
        }
      }
    }
    figures('overlap', team, {
      ...mean,
      ...Object.fromEntries([...surest].map(([until, sum]) => [`until ${until}`, sum])),
    })
    const [early, late] = [surest.get(0.85), surest.get(0.9)]
    if (!early || !late) throw new Error('both were run')
    // One trial is a thousand tasks: the fixed majorities of the others differ by half a point.
    const room = FULL ? 0 : 0.005
    expect(late.right - mean.three).toBeGreaterThanOrEqual(0.01 - room)
    expect(late.labels).toBeLessThanOrEqual(2.95)
    expect(mean.five - late.right).toBeLessThanOrEqual(0.02 + room)
    expect(early.right).toBeGreaterThanOrEqual(mean.three - room)
    expect(early.labels).toBeLessThanOrEqual(3 * 0.91 + room)
    for (const { right, posterior: stated } of [early, late])
      expect(Math.abs(stated - right)).toBeLessThanOrEqual(0.015 + room)
  })

  /** Ties go to the earlier answer. */
  function plurality(answers: readonly { readonly answer: number }[]): number {
    const votes = new Map<number, number>()
    for (const { answer } of answers) votes.set(answer, (votes.get(answer) ?? 0) + 1)
    const most = Math.max(...votes.values())
    return answers.find(({ answer }) => votes.get(answer) === most)?.answer ?? -1
  }
})

describe('world drift', () => {
  it('finds a fall soon, and pauses hardly anybody good', () => {
    const from = stream(1, 'world drift 0.5')
    const late: number[] = []
    for (let trial = 0; trial < trialsOf(100_000, 2_000); trial++) {
      const answers = Array.from({ length: 440 }, (_, i) => from.next() < (i < 40 ? 0.95 : 0.5))
      const { alarmAt } = cusum(answers)
      if (alarmAt === null || alarmAt > 40) late.push((alarmAt ?? Number.POSITIVE_INFINITY) - 40)
    }
    late.sort((a, b) => a - b)
    const [median = 0, p95 = 0] = [
      late[Math.ceil(late.length / 2) - 1],
      late[Math.ceil(late.length * 0.95) - 1],
    ]
    figures('drift', 'from 0.95 to 0.5', { median, p95, wrongly: wrongPause(0.95, 50) })
    expect(median).toBeLessThanOrEqual(8)
    expect(p95).toBeLessThanOrEqual(20)
    expect(wrongPause(0.95, 50)).toBeLessThanOrEqual(0.01)
  })
})

describe('world pairwise', () => {
  it.each([
    { lean: 1, least: 0, most: 0.07 },
    { lean: 1.35, least: 0.7, most: 1 },
  ])(
    'holds differences of strength, and finds a lean to the first side of $lean',
    ({ lean, least, most }) => {
      const from = stream(1, `world pairwise ${lean}`)
      const strengths = [0.6, 0.2, -0.2, -0.6]
      const trials = trialsOf(500, 60)
      let [held, found, first, slots] = [0, 0, 0, 0]
      for (let trial = 0; trial < trials; trial++) {
        const games: Game[] = []
        const tasks: { first: number; second: number }[] = []
        for (let scenario = 0; scenario < 150; scenario++) {
          const [i = 0, j = 0] = shuffled(from, Array(4).keys())
          const order = shuffled(from, [i, j])
          const task = { first: 0, second: 0 }
          for (let slot = 0; slot < 3; slot++) {
            const shown = slot === 1 ? [...order].reverse()[0] : order[0]
            slots++
            if (shown === i) first++
            const [x, y] = [i, j].map((side) => exp(strengths[side] ?? 0) * (shown === side ? lean : 1)) as [
              number,
              number,
            ]
            const tie = 0.5 * Math.sqrt(exp(strengths[i] ?? 0) * exp(strengths[j] ?? 0))
            const u = from.next() * (x + y + tie)
            const outcome = u < x ? 'i' : u < x + y ? 'j' : 'tie'
            games.push({ i, j, outcome, cluster: `${scenario}` })
            if (outcome !== 'tie') task[(outcome === 'i' ? i : j) === shown ? 'first' : 'second']++
          }
          tasks.push(task)
        }
        const fit = davidson(games, { models: 4 })
        for (const other of [1, 2, 3]) {
          const { interval } = strengthDifference(fit, 0, other)
          const truth = (strengths[0] ?? 0) - (strengths[other] ?? 0)
          if (interval && interval.low <= truth && truth <= interval.high) held += 1 / trials / 3
        }
        const { low, high } = positionEffect(tasks)
        if ((low ?? 0) > 0 || (high ?? 0) < 0) found += 1 / trials
      }
      figures('pairwise', lean, { held, found, first: first / slots })
      const room = FULL ? 0 : 0.03
      expect(held).toBeGreaterThanOrEqual(0.925 - room)
      expect(found).toBeGreaterThanOrEqual(least - room)
      expect(found).toBeLessThanOrEqual(most + room)
      expect(Math.abs(first / slots - 0.5)).toBeLessThanOrEqual(0.01)
    },
  )
})
