import { describe, expect, it } from 'vitest'
import { active } from '../calibration/active.ts'
import { allocate, anytimeMultiplier, inclusion, neymanWeights, scoreBins } from '../calibration/design.ts'
import type { Estimate, EstimateOptions, Target } from '../calibration/sample.ts'
import { stratified, uniform } from '../calibration/uniform.ts'
import type { Pair } from '../comparison/bootstrap.ts'
import { compareMetric } from '../comparison/compare.ts'
import { holm } from '../comparison/correction.ts'
import { type GateRule, gate } from '../comparison/gate.ts'
import { marginTests } from '../comparison/margins.ts'
import { pairedT } from '../comparison/paired-means.ts'
import { signTest } from '../comparison/sign-test.ts'
import { sha256 } from '../random/sha256.ts'
import { type Stream, shuffled, stream } from '../random/stream.ts'
import { FULL, figures, trialsOf } from './trials.test.support.ts'

// Worlds in which the truth is known, as in quality-worlds.test.ts. With the part of the trials that tests run, shares have room for chance.

interface Unit {
  readonly y: number
  readonly f: number
}
/** How often the judge is right where people say yes, and where they say no. */
type Judge = readonly [sensitivity: number, specificity: number]

const JUDGES: Readonly<Record<string, Judge>> = {
  good: [0.95, 0.9],
  lenient: [0.95, 0.7],
  useless: [0.5, 0.5],
  adversarial: [0.3, 0.3],
}

/** Units in the order in which they are drawn from. */
function population(
  from: Stream,
  size: number,
  prevalence: number,
  [sensitivity, specificity]: Judge,
): Unit[] {
  const units = Array.from({ length: size }, (): Unit => {
    const y = from.next() < prevalence ? 1 : 0
    const right = from.next() < (y === 1 ? sensitivity : specificity)
    const says = right ? y : 1 - y
    const [a, b] = [from.next(), from.next()]
    const sure = right ? Math.max(a, b) : Math.min(a, b)
    return { y, f: 0.5 + (2 * says - 1) * 0.5 * sure }
  })
  return shuffled(from, units.keys()).map((i) => units[i] as Unit)
}

type Estimator = (options: EstimateOptions) => Estimate

const firstOf = (units: readonly Unit[], n: number) =>
  units.map(({ y, f }, i) => ({ f, y: i < n ? y : null }))

const designs: Readonly<Record<string, (units: readonly Unit[], from: Stream) => Estimator>> = {
  U30: (units) => (options) => uniform(firstOf(units, 30), options),
  U100: (units) => (options) => uniform(firstOf(units, 100), options),
  U250: (units) => (options) => uniform(firstOf(units, 250), options),
  SP250: (units) => inStrata(units, 250, (sizes) => [...sizes]),
  SN100: (units) => inStrata(units, 100, neymanWeights),
  SN250: (units) => inStrata(units, 250, neymanWeights),
  A250: (units, from) => {
    const pi = inclusion(
      units.map(({ f }) => 1 - Math.abs(2 * f - 1)),
      { budget: 250 },
    )
    const drawn = units.map(({ y, f }, i) => ({
      f,
      pi: pi[i] ?? 1,
      y: from.next() < (pi[i] ?? 1) ? y : null,
    }))
    return (options) => active(drawn, options)
  },
}

function inStrata(
  units: readonly Unit[],
  budget: number,
  weigh: (sizes: readonly number[], means: readonly number[]) => number[],
): Estimator {
  const bins = scoreBins(units.map(({ f }) => f))
  const strata = [0, 1, 2, 3].map((bin) => units.filter((_, i) => bins[i] === bin))
  const sizes = strata.map((of) => of.length)
  const means = strata.map((of) => of.reduce((sum, { f }) => sum + f, 0) / of.length)
  const drawn = allocate(budget, weigh(sizes, means), sizes)
  const labelled = strata.map((of, h) => firstOf(of, drawn[h] ?? 0))
  return (options) => stratified(labelled, options)
}

interface Cell {
  scenarios: number
  run: number
  width: number
  alone: number
  trials: number
}

/** Whether the intervals of a design hold, and how wide they are beside those of labels alone. */
function calibrate(
  cell: Cell,
  units: readonly Unit[],
  prevalence: number,
  estimate: Estimator,
  widthsOf: Target = 'scenarios',
): void {
  const truth = units.reduce((sum, { y }) => sum + y, 0) / units.length
  const scenarios = estimate({ kind: 'share' })
  const run = estimate({ kind: 'share', target: 'run' })
  const alone = uniform(firstOf(units, scenarios.labelled), { kind: 'share', lambda: 0, target: widthsOf })
  cell.scenarios += holds(scenarios, prevalence) ? 1 : 0
  cell.run += holds(run, truth) ? 1 : 0
  cell.width += widthOf(widthsOf === 'run' ? run : scenarios)
  cell.alone += widthOf(alone)
  cell.trials++
}

function holds({ interval }: Estimate, truth: number): boolean {
  return interval !== null && interval.low <= truth && truth <= interval.high
}

function widthOf({ interval }: Estimate): number {
  return interval ? interval.high - interval.low : Number.NaN
}

describe('world calibration', () => {
  it.each([
    {
      prevalence: 0.7,
      names: ['U30', 'U100', 'U250', 'SP250', 'SN100', 'A250'],
      sums: ['de84398a56f24673', 'fafda7cc06899d4c', '48a7d76b7632d6f5', '0f910214c89b8321'],
    },
    {
      prevalence: 0.02,
      names: ['U250', 'SN250', 'A250'],
      sums: ['ae4ce9e479e6d643', '1a5f82e4d5575f24', '157e1c802323d700', 'a3f12e2d7c6903b4'],
    },
  ])(
    'holds the truth at a prevalence of $prevalence',
    { timeout: 900_000 },
    ({ prevalence, names, sums }) => {
      const cells = new Map<string, Cell>()
      const generated: string[] = []
      for (const [judge, rates] of Object.entries(JUDGES)) {
        const from = stream(1, `world calibration ${prevalence} ${judge}`)
        for (let trial = 0; trial < trialsOf(2_000, 6); trial++) {
          const units = population(from, 2_000, prevalence, rates)
          if (trial === 0) generated.push(checksum(units))
          for (const name of names) {
            const cell = cells.get(`${judge} ${name}`) ?? {
              scenarios: 0,
              run: 0,
              width: 0,
              alone: 0,
              trials: 0,
            }
            cells.set(`${judge} ${name}`, cell)
            const design = designs[name]?.(units, from)
            if (design) calibrate(cell, units, prevalence, design)
          }
        }
      }
      expect(generated).toEqual(sums)
      const [low, high] = FULL ? [0.925, 0.985] : [0.5, 1]
      const means = { scenarios: 0, run: 0 }
      for (const [name, { scenarios, run, width, alone, trials }] of cells) {
        const ratio = width / alone
        figures('calibration', `${prevalence} ${name}`, {
          scenarios: scenarios / trials,
          run: run / trials,
          fewer: 1 - ratio * ratio,
        })
        const rare = prevalence === 0.02 && name.endsWith('A250')
        for (const share of [scenarios / trials, run / trials]) {
          expect(share).toBeGreaterThanOrEqual(rare ? low - 0.02 : low)
          expect(share).toBeLessThanOrEqual(high)
        }
        means.scenarios += scenarios / trials / cells.size
        means.run += run / trials / cells.size
        // At 2 % a judge helps less, and there is no target.
        const helps = /^(good|lenient)/.test(name) && prevalence === 0.7
        const safe = !name.endsWith('A250') && !/^(good|lenient)/.test(name) && prevalence === 0.7
        expect(1 - ratio * ratio).toBeGreaterThanOrEqual(helps ? 0.45 : -1)
        expect(ratio).toBeLessThanOrEqual(safe ? 1.05 : 2)
      }
      for (const mean of Object.values(means)) {
        expect(mean).toBeGreaterThanOrEqual(FULL ? 0.93 : 0.88)
        expect(mean).toBeLessThanOrEqual(FULL ? 0.965 : 1)
      }
    },
  )

  /** Of the first fifty units, to show that the generator is the one that the targets are of. */
  function checksum(units: readonly Unit[]): string {
    const text = JSON.stringify(units.slice(0, 50).map(({ y, f }) => [y, f]))
    return [...sha256(text).subarray(0, 2)].map((word) => word.toString(16).padStart(8, '0')).join('')
  }

  it('holds the truth of four models of 480 scenarios', () => {
    const models: Readonly<Record<string, readonly [number, Judge]>> = {
      first: [0.93, [0.9, 0.8]],
      second: [0.85, [0.9, 0.8]],
      third: [0.75, [0.9, 0.7]],
      fourth: [0.6, [0.85, 0.75]],
    }
    for (const [name, [share, judge]] of Object.entries(models)) {
      const from = stream(1, `world demo ${name}`)
      const cell = { scenarios: 0, run: 0, width: 0, alone: 0, trials: 0 }
      for (let trial = 0; trial < trialsOf(4_000, 60); trial++) {
        const units = population(from, 480, share, judge)
        calibrate(cell, units, share, (options) => uniform(firstOf(units, 64), options), 'run')
      }
      const [scenarios, run] = [cell.scenarios / cell.trials, cell.run / cell.trials]
      figures('demo', name, { scenarios, run, ratio: cell.width / cell.alone })
      for (const held of [scenarios, run]) expect(held).toBeGreaterThanOrEqual(FULL ? 0.925 : 0.87)
      expect(cell.width / cell.alone).toBeLessThanOrEqual(FULL ? 0.85 : 0.87)
    }
  })

  it.each(Object.entries(JUDGES))(
    'holds the truth at all of twenty looks: %s',
    { timeout: 900_000 },
    (judge, rates) => {
      for (const prevalence of FULL ? [0.7, 0.05] : [0.7]) {
        const from = stream(1, `world anytime ${prevalence} ${judge}`)
        const missed = { fixed: 0, anytime: 0, run: 0 }
        const trials = trialsOf(1_000, 6)
        for (let trial = 0; trial < trials; trial++) {
          const units = population(from, 2_000, prevalence, rates)
          const truth = units.reduce((sum, { y }) => sum + y, 0) / units.length
          const misses = { fixed: false, anytime: false, run: false }
          for (let look = 0; look < 20; look++) {
            const k = Math.round(30 + (220 * look) / 19)
            const labelled = firstOf(units, k)
            const multiplier = anytimeMultiplier(k, { planned: 250 })
            misses.fixed ||= !holds(uniform(labelled, { kind: 'share' }), prevalence)
            misses.anytime ||= !holds(uniform(labelled, { kind: 'share', multiplier }), prevalence)
            misses.run ||= !holds(uniform(labelled, { kind: 'share', multiplier, target: 'run' }), truth)
          }
          for (const of of ['fixed', 'anytime', 'run'] as const) missed[of] += misses[of] ? 1 / trials : 0
        }
        figures('anytime', `${prevalence} ${judge}`, missed)
        const most = FULL ? 0.05 : 1 / trials
        expect(missed.anytime).toBeLessThanOrEqual(most)
        expect(missed.run).toBeLessThanOrEqual(most)
      }
    },
  )
})

describe('world comparison', () => {
  const PAIRS: Readonly<Record<'win' | 'loss' | 'tie', Pair>> = { win: [0, 1], loss: [1, 0], tie: [0, 0] }
  const binary = (n: number, d: number) => ({
    name: `binary ${n} ${d}`,
    draw: (from: Stream) => ({ pairs: Array.from({ length: n }, () => turned(from, d / 2, d / 2, true)) }),
  })
  const numeric = (n: number) => ({
    name: `numeric ${n}`,
    draw: (from: Stream) => ({ pairs: Array.from({ length: n }, () => scored(from)) }),
  })
  const clustered = (g: number, rho: number) => ({
    name: `clusters ${g} ${rho}`,
    draw: (from: Stream) => {
      const [pairs, clusters]: [Pair[], string[]] = [[], []]
      for (let cluster = 0; cluster < g; cluster++) {
        const size = 1 + from.below(8)
        const shared = bell(from) * Math.sqrt(rho)
        for (let i = 0; i < size; i++) {
          const e = shared + bell(from) * Math.sqrt(1 - rho)
          pairs.push(e > 1 ? PAIRS.win : e < -1 ? PAIRS.loss : PAIRS.tie)
          clusters.push(`${cluster}`)
        }
      }
      return { pairs, clusters }
    },
  })
  const cells = [
    binary(30, 0.2),
    binary(100, 0.2),
    binary(300, 0.1),
    binary(1_000, 0.04),
    ...[12, 30, 100, 300].map(numeric),
    clustered(10, 0),
    ...[10, 20, 50, 200].map((g) => clustered(g, 0.5)),
  ]

  it.each(cells)('finds no difference of two equal models: $name', { timeout: 900_000 }, ({ name, draw }) => {
    const from = stream(1, `world null ${name}`)
    const trials = trialsOf(10_000, 60)
    let [alarms, held] = [0, 0]
    for (let trial = 0; trial < trials; trial++) {
      const { pairs, ...options } = draw(from)
      const { p, low, high } = compareMetric(pairs, { ...options, seed: trial, draws: 999 })
      if ((p ?? 1) <= 0.05) alarms += 1 / trials
      if ((low ?? 1) <= 0 && 0 <= (high ?? -1)) held += 1 / trials
    }
    figures('comparison', name, { alarms, held })
    expect(alarms).toBeLessThanOrEqual(FULL ? 0.055 : 0.1)
    expect(held).toBeGreaterThanOrEqual(FULL ? 0.93 : 0.85)
  })

  it('raises an alarm among twenty metrics no more often than among one', () => {
    const from = stream(1, 'world family')
    const trials = trialsOf(2_000, 60)
    const any = { corrected: 0, uncorrected: 0 }
    for (let trial = 0; trial < trials; trial++) {
      const p = Array.from({ length: 20 }, (_, metric) => {
        const pairs = Array.from({ length: 200 }, () =>
          metric < 10 ? turned(from, 0.1, 0.1, false) : scored(from),
        )
        const d = pairs.map(([baseline, candidate]) => candidate - baseline)
        const [wins, losses] = [d.filter((each) => each > 0).length, d.filter((each) => each < 0).length]
        return metric < 10 ? signTest({ wins, losses }).p : pairedT(d).p
      })
      any.corrected += holm(p).some((each) => each <= 0.05) ? 1 / trials : 0
      any.uncorrected += p.some((each) => each <= 0.05) ? 1 / trials : 0
    }
    figures('family', 'twenty metrics', any)
    expect(any.corrected).toBeLessThanOrEqual(FULL ? 0.055 : 0.1)
    expect(any.uncorrected).toBeGreaterThanOrEqual(0.4)
  })

  it('finds what pairs show and averages hide', () => {
    const from = stream(1, 'world power 300')
    const trials = trialsOf(5_000, 150)
    let found = 0
    for (let trial = 0; trial < trials; trial++) {
      let [wins, losses] = [0, 0]
      for (let pair = 0; pair < 300; pair++) {
        const h = from.next() < 0.5 ? 0.95 : 0.3
        const x = from.next()
        const y = from.next() < 0.85 ? x : from.next()
        if (y < h + 0.05 && x >= h) wins++
        if (x < h && y >= h + 0.05) losses++
      }
      if (signTest({ wins, losses }).p <= 0.05) found += 1 / trials
    }
    figures('power', 300, { found })
    expect(found).toBeGreaterThanOrEqual(0.8)
  })

  function turned(from: Stream, win: number, loss: number, withBase: boolean): Pair {
    const u = from.next()
    const base = withBase && from.next() < 0.6 ? 1 : 0
    if (u < win) return PAIRS.win
    return u < win + loss ? PAIRS.loss : [base, base]
  }

  function scored(from: Stream): Pair {
    const h = from.next()
    const side = (): number => Math.round(4 * Math.min(1, Math.max(0, h + 0.3 * (from.next() - 0.5)))) / 4
    return [side(), side()]
  }

  function bell(from: Stream): number {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += from.next()
    return sum
  }
})

describe('world gate', () => {
  const same = [0.05, 0.05] as const
  const atMargin = [0.04, 0.07] as const
  const beyond = [0.03, 0.09] as const
  const cases = [
    { name: 'no change, 2 000 pairs', metrics: [same, same, same], go: [0.95, 1], noGo: [0, 1] },
    {
      name: 'one metric falls just by its margin',
      metrics: [atMargin, same, same],
      go: [0, 0.065],
      noGo: [0, 1],
    },
    {
      name: 'all fall just by their margin',
      metrics: [atMargin, atMargin, atMargin],
      go: [0, 1],
      noGo: [0, 0.055],
    },
    {
      name: 'one metric falls by twice its margin',
      metrics: [beyond, same, same],
      go: [0, 1],
      noGo: [0.9, 1],
    },
    {
      name: 'underpowered: no change, 60 pairs',
      metrics: [same],
      pairs: 60,
      margin: 0.01,
      go: [0, 0.08],
      noGo: [0, 1],
    },
    { name: 'nine pairs', metrics: [same], pairs: 9, margin: 0.05, go: [0, 0], noGo: [0, 0] },
  ]

  it.each(cases)('decides as it should: $name', { timeout: 600_000 }, (world) => {
    const { name, metrics, pairs = 2_000, margin = 0.03, go, noGo } = world
    const from = stream(1, `world gate ${name}`)
    const trials = trialsOf(2_000, 40)
    const shares = { GO: 0, 'NO-GO': 0, INCONCLUSIVE: 0 }
    for (let trial = 0; trial < trials; trial++) {
      const rules = metrics.map(([win, loss]): GateRule => {
        const drawn = Array.from({ length: pairs }, (): Pair => {
          const u = from.next()
          return u < win ? [0, 1] : u < win + loss ? [1, 0] : [0, 0]
        })
        const { pivot, reason } = compareMetric(drawn)
        const tier = 'critical'
        return pivot ? { tier, ...marginTests(pivot, margin) } : { tier, missing: reason ?? 'none' }
      })
      shares[gate(rules).decision] += 1 / trials
    }
    figures('gate', name, shares)
    const room = FULL ? 0 : 0.06
    for (const [share, [least = 0, most = 1]] of [
      [shares.GO, go],
      [shares['NO-GO'], noGo],
    ] as const) {
      expect(share).toBeGreaterThanOrEqual(least - room)
      expect(share).toBeLessThanOrEqual(most + room)
    }
  })
})
