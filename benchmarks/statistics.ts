import { alpha, dawidSkene, mace, oneCoin, type Stream, stream } from '@muster/statistics'
import { uniform } from '@muster/statistics/calibration'
import { compareMetric, type Pair } from '@muster/statistics/comparison'
import { keep, machine, median, roundsWished } from './rounds.ts'

const LABELS = Number(process.env['LABELS'] ?? 1_000_000)
const PEOPLE = 1_000
const CLASSES = 4
const ANSWERS_A_TASK = 3
const TASKS = 100_000
const PAIRS = 100_000
const METRICS = 10
const MEBIBYTE = 2 ** 20

/** What one measurement is of, and how long it may take. */
interface Measured {
  readonly name: string
  readonly barSeconds: number
  readonly once: () => object
}

/**
 * Q8 and E10: fits of a million labels by a thousand people, α of a hundred thousand tasks, ten metrics on as many pairs, and an estimate over as
 * many units. Processor time of one thread, and the most memory that the process held for the fits.
 */
export async function statistics(): Promise<void> {
  const labels = labelsOf(stream(1, 'labels'))
  const figures = measure([
    { name: 'oneCoin', barSeconds: 4, once: () => told(oneCoin(labels, { classes: CLASSES })) },
    { name: 'dawidSkene', barSeconds: 10, once: () => told(dawidSkene(labels, { classes: CLASSES })) },
    { name: 'mace', barSeconds: Number.NaN, once: () => told(mace(labels, { classes: CLASSES })) },
  ])
  const mostBytes = process.resourceUsage().maxRSS * 1_024
  console.log(`Most memory by then: ${(mostBytes / MEBIBYTE).toFixed(0)} MiB (at most 500)`)

  const answers = answersOf(stream(1, 'answers'))
  const pairs = pairsOf(stream(1, 'pairs'))
  const units = unitsOf(stream(1, 'units'))
  const seeds = Array.from({ length: METRICS }, (_, metric) => metric)
  const others = measure([
    { name: 'alpha, interval', barSeconds: 2, once: () => alpha(answers, { difference: 'interval' }) },
    { name: 'alpha, nominal', barSeconds: 2, once: () => alpha(answers) },
    {
      name: `${METRICS} metrics of 0 and 1`,
      barSeconds: 3,
      once: () => seeds.map((seed) => compareMetric(pairs.binary, { seed })),
    },
    {
      name: `${METRICS} metrics of numbers`,
      barSeconds: 3,
      once: () => seeds.map((seed) => compareMetric(pairs.numeric, { seed })),
    },
    { name: 'an estimate', barSeconds: 0.3, once: () => uniform(units, { kind: 'share' }) },
  ])
  keep('statistics', {
    machine: machine('none'),
    labels: LABELS,
    people: PEOPLE,
    figures: { ...figures, ...others },
    mostBytes,
  })
}

type Figures = Readonly<Record<string, { readonly seconds: number; readonly of: object }>>

/** The median of the rounds of each. */
function measure(all: readonly Measured[]): Figures {
  const figures = all.map(({ name, barSeconds, once }) => {
    const rounds = Array.from({ length: roundsWished() }, () => timed(once))
    const seconds = median(rounds.map((round) => round.seconds))
    const bar = Number.isNaN(barSeconds) ? '' : ` (at most ${barSeconds})`
    console.log(`${name.padEnd(24)} ${seconds.toFixed(2).padStart(7)} s of a processor${bar}`)
    return [name, { seconds, of: rounds[0]?.of ?? {} }] as const
  })
  return Object.fromEntries(figures)
}

/** What a fit came to, in short. */
function told({ rounds, converged }: { readonly rounds: number; readonly converged: boolean }): object {
  return { rounds, converged }
}

function timed(once: () => object): { readonly seconds: number; readonly of: object } {
  const before = process.cpuUsage()
  const of = once()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (user + system) / 1e6, of: Array.isArray(of) ? {} : of }
}

/** Three answers a task, of people whose accuracies lie between 0.5 and 0.95. */
function labelsOf(from: Stream) {
  const accuracy = Float64Array.from({ length: PEOPLE }, () => 0.5 + 0.45 * from.next())
  const truth = Int32Array.from({ length: Math.ceil(LABELS / ANSWERS_A_TASK) }, () => from.below(CLASSES))
  const items = Int32Array.from({ length: LABELS }, (_, i) => Math.floor(i / ANSWERS_A_TASK))
  const people = items.map(() => from.below(PEOPLE))
  const answers = people.map((person, i) => {
    const right = truth[items[i] ?? 0] ?? 0
    return from.next() < (accuracy[person] ?? 0) ? right : (right + 1 + from.below(CLASSES - 1)) % CLASSES
  })
  return { items, people, answers }
}

/** Numbers of two or three people for each task, hardly any twice. */
function answersOf(from: Stream): number[][] {
  return Array.from({ length: TASKS }, () => {
    const middle = from.next() * 100
    return Array.from({ length: 2 + from.below(2) }, () => middle + from.next() * 10)
  })
}

function pairsOf(from: Stream): { readonly binary: readonly Pair[]; readonly numeric: readonly Pair[] } {
  const numeric = Array.from({ length: PAIRS }, (): Pair => [from.next(), from.next()])
  return { numeric, binary: numeric.map(([a, b]): Pair => [a < 0.7 ? 1 : 0, b < 0.7 ? 1 : 0]) }
}

function unitsOf(from: Stream) {
  return Array.from({ length: TASKS }, (_, i) => {
    const f = from.next()
    return { f, y: i < 500 ? (from.next() < f ? 1 : 0) : null }
  })
}
