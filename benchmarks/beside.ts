import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Measured } from './beside-rounds.ts'
import { keep, machine, median } from './rounds.ts'

const HERE = fileURLToPath(new URL('..', import.meta.url))
const HOOK = new URL('./beside-hook.ts', import.meta.url).href

interface Bar {
  readonly benchmark: string
  /** Where a whole round takes too long to be had in turn. */
  readonly env?: Readonly<Record<string, string>>
}

const BARS: Readonly<Record<string, Bar>> = {
  S1: { benchmark: 'start-run' },
  S2: { benchmark: 'drain' },
  S3: { benchmark: 'drain-cluster', env: { PROCESSES: '1,2' } },
  S4: { benchmark: 'claim' },
  S5: { benchmark: 'claim-scale', env: { OPEN: '200000' } },
  S6: { benchmark: 'assign-batch' },
  S7: { benchmark: 'progress' },
  S8: { benchmark: 'control' },
  S9: { benchmark: 'fairness' },
  S10: { benchmark: 'http' },
  S11: { benchmark: 'fanout' },
  S12: { benchmark: 'idle', env: { SAMPLES: '150' } },
  S13: { benchmark: 'memory', env: { RUNS: '4', JOBS: '20000' } },
}

/** What the benchmark is asked for. */
export interface BesideOptions {
  /** The folder of another checkout, with its dependencies. */
  readonly other: string | undefined
  /** Some of {@link BARS}; none: all. */
  readonly bars: readonly string[]
  readonly minutes: number
}

/** A figure of both trees, a pair for each round. */
interface Pairs {
  readonly bar: string
  readonly title: string
  readonly unit: string
  readonly ours: number[]
  readonly theirs: number[]
}

/**
 * S1 to S13 of this tree beside another one (`--other DIR`): each tree's own benchmarks, our side of them alone, one process a round, the trees in turn. Every bar
 * gets a pair of rounds, then another one, until `--minutes` (20) are over; a bar whose next pair would not fit is left out of it.
 */
export async function beside({ other, bars, minutes }: BesideOptions): Promise<void> {
  if (other === undefined) throw new Error('--other: the folder of another checkout')
  if (!(minutes > 0)) throw new Error('--minutes: more than 0')
  const strange = bars.find((name) => !(name in BARS))
  if (strange !== undefined) throw new Error(`There is no bar "${strange}": ${Object.keys(BARS).join(', ')}`)
  const trees = [HERE, resolve(other)] as const
  const chosen = Object.entries(BARS).filter(([name]) => bars.length === 0 || bars.includes(name))
  const until = performance.now() + minutes * 60_000
  const lastedMs = new Map<string, number>()
  const figures = new Map<string, Pairs>()
  for (let pass = 0; ; pass++) {
    let tried = 0
    for (const [bar, { benchmark, env }] of chosen) {
      const beganAt = performance.now()
      if (pass > 0 && beganAt + (lastedMs.get(bar) ?? 0) > until) continue
      tried++
      const first = pass % 2
      const one = await round(trees[first] ?? HERE, benchmark, env)
      const two = await round(trees[1 - first] ?? HERE, benchmark, env)
      note(figures, bar, first === 0 ? [one, two] : [two, one])
      lastedMs.set(bar, performance.now() - beganAt)
      console.log(`${bar} ${benchmark}: a pair in ${((lastedMs.get(bar) ?? 0) / 1_000).toFixed(0)} s`)
    }
    if (tried === 0) break
  }
  for (const pairs of figures.values()) tell(pairs)
  keep('beside', { machine: machine('the tests’ own'), other, figures: [...figures.values()] })
}

async function round(tree: string, benchmark: string, env: Bar['env']): Promise<readonly Measured[]> {
  const child = spawn(
    process.execPath,
    ['--import', HOOK, conditionOf(tree), join(tree, 'benchmarks', 'main.ts'), benchmark],
    { cwd: tree, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  )
  const said = heardOf(child)
  const measured: Measured[] = []
  child.on('message', (more: readonly Measured[]) => measured.push(...more))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${benchmark} of ${tree} failed with exit code ${code}: ${said.join('')}`)
  return measured
}

/** The end of what a process says of errors. */
function heardOf({ stderr }: ChildProcess): readonly string[] {
  const said: string[] = []
  stderr?.on('data', (more: Buffer) => {
    said.push(more.toString())
    if (said.length > 20) said.shift()
  })
  return said
}

/** The tree says itself by which condition its packages are read from their sources. */
function conditionOf(tree: string): string {
  const { scripts } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly bench: string }
  }
  const [condition] = /--conditions=\S+/.exec(scripts.bench) ?? []
  if (condition === undefined) throw new Error(`The script bench of ${tree} names no condition`)
  return condition
}

function note(
  figures: Map<string, Pairs>,
  bar: string,
  [ours, theirs]: readonly [readonly Measured[], readonly Measured[]],
): void {
  // The words of a title change from one tree to another.
  const isAlike = ours.length === theirs.length && ours.every(({ unit }, nth) => unit === theirs[nth]?.unit)
  for (const [nth, { title, unit, value }] of ours.entries()) {
    const match = isAlike ? theirs[nth] : theirs.find((other) => other.title === title)
    if (match === undefined) continue
    const key = `${bar} ${title}`
    const pairs = figures.get(key) ?? { bar, title, unit, ours: [], theirs: [] }
    pairs.ours.push(value)
    pairs.theirs.push(match.value)
    figures.set(key, pairs)
  }
}

/** How much better this tree is: above 1 it is faster, or holds less. */
function tell({ bar, title, unit, ours, theirs }: Pairs): void {
  const isRate = unit.endsWith('/s')
  const ratios = ours.map((value, nth) => {
    const other = theirs[nth] ?? Number.NaN
    return isRate ? value / other : other / value
  })
  const [ratio, least, most] = [median(ratios), Math.min(...ratios), Math.max(...ratios)]
  const sides = `${median(ours).toFixed(2)} beside ${median(theirs).toFixed(2)} ${unit}`
  console.log(
    `${bar.padEnd(4)}${ratio.toFixed(3)} (${least.toFixed(2)}–${most.toFixed(2)}, ${ratios.length} pairs)  ${title}: ${sides}`,
  )
}
