import { drawPoisson, drawUniform, shareInterval, unitNumber } from '@muster/statistics'
import { allocate, inclusion, neymanWeights, scoreBins } from '@muster/statistics/calibration'
import { ValidationError } from '../errors.ts'
import type { Json } from '../json/json.ts'
import type {
  CalibrationDesign,
  CalibrationFrame,
  CalibrationPlan,
  CalibrationStrata,
} from './calibration.ts'

/** Units as they were read of a run, before anything is drawn. */
export interface ReadUnits {
  readonly keys: readonly string[]
  /** For each model. */
  readonly scores: readonly (readonly number[])[]
  /** The text of each unit's stratum, if a pointer says it. */
  readonly named: readonly string[] | null
  readonly clusters: readonly string[] | null
}

/** How to draw. */
export interface DrawSettings {
  readonly design: CalibrationDesign
  readonly budget: number
  readonly seed: number
  readonly range: readonly [number, number]
  readonly strata: CalibrationStrata | undefined
  readonly floor: number | undefined
}

/** A frame with the places of the units that are drawn from it, ascending. */
export interface Drawn {
  readonly frame: CalibrationFrame
  readonly drawn: readonly number[]
}

/** Each stratum gives at least so many labels, or all it has. */
const LEAST = 10

/**
 * Draws units. It depends on nothing but the units, the settings and the seed; a larger budget contains a smaller one's units.
 * @throws ValidationError for a budget that the strata cannot share
 */
export function drawUnits(units: ReadUnits, settings: DrawSettings): Drawn {
  const { named, ...kept } = units
  return redraw({ ...kept, ...strataOf(units, named, settings), pi: [] }, settings, null)
}

/**
 * Draws more from a frame that was drawn from before: no stratum gets fewer and no probability falls.
 * @param before how many units each stratum had drawn; null: none was drawn
 */
export function redraw(
  frame: CalibrationFrame,
  settings: DrawSettings,
  before: readonly number[] | null,
): Drawn {
  const { design, budget, seed } = settings
  const numbers = frame.keys.map((key) => unitNumber(seed, `calibration\n${key}`))
  const n = frame.keys.length
  if (design === 'uniform') {
    const drawn = firstOf(frame.keys, numbers, [...frame.keys.keys()], Math.min(budget, n))
    return { frame: { ...frame, pi: Array.from({ length: n }, () => drawn.length / Math.max(1, n)) }, drawn }
  }
  if (design === 'active') {
    const mean = meanScores(frame, settings.range)
    const uncertainty = mean.map((f) => 1 - Math.abs(2 * f - 1))
    const { floor } = settings
    const wanted = inclusion(uncertainty, { budget, ...(floor !== undefined && { floor }) })
    const pi = Array.from(wanted, (each, i) => Math.max(each, frame.pi[i] ?? 0))
    const keys = new Set(drawPoisson(frame.keys, numbers, pi))
    return {
      frame: { ...frame, pi },
      drawn: [...frame.keys.keys()].filter((i) => keys.has(frame.keys[i] as string)),
    }
  }
  const members = membersOf(frame)
  const sizes = members.map((of) => of.length)
  const means = meanScores(frame, settings.range)
  const weights =
    settings.strata?.allocate === 'proportional'
      ? sizes
      : neymanWeights(
          sizes,
          members.map((of) => of.reduce((sum, i) => sum + (means[i] as number), 0) / Math.max(1, of.length)),
        )
  const least = before ?? sizes.map(() => LEAST)
  const needed = sizes.reduce((sum, size, h) => sum + Math.min(size, least[h] ?? 0), 0)
  if (budget < needed) {
    const message = `must be at least ${needed}: each of ${sizes.length} strata needs ${LEAST} labels, or all it has`
    throw new ValidationError([{ path: 'budget', message }])
  }
  const split = allocate(Math.min(budget, n), weights, sizes, { least })
  const pi = Array.from({ length: n }, () => 0)
  const drawn = members.flatMap((of, h) => {
    for (const i of of) pi[i] = (split[h] as number) / of.length
    return firstOf(frame.keys, numbers, of, split[h] as number)
  })
  return { frame: { ...frame, pi }, drawn: drawn.sort((a, b) => a - b) }
}

/** The places of each stratum's units. */
export function membersOf({ keys, strata, strataNames }: CalibrationFrame): number[][] {
  if (strata === null) return [[...keys.keys()]]
  const members: number[][] = strataNames.map(() => [])
  for (const [i, stratum] of strata.entries()) members[stratum]?.push(i)
  return members
}

/** The units in the order in which they were drawn. */
export function inDrawnOrder(
  { keys }: Pick<CalibrationFrame, 'keys'>,
  places: readonly number[],
  seed: number,
): number[] {
  const numbers = places.map((i) => unitNumber(seed, `calibration\n${keys[i]}`))
  const byKey = new Map(places.map((i) => [keys[i] as string, i]))
  return drawUniform(
    places.map((i) => keys[i] as string),
    numbers,
    places.length,
  ).map((key) => byKey.get(key) as number)
}

/** The plan of a draw: its units, and how wide intervals are to be expected. */
export function planOf(
  { frame, drawn }: Drawn,
  {
    models,
    unscored,
    range,
    kind,
    target,
  }: {
    readonly models: readonly string[]
    readonly unscored: number
    readonly range: readonly [number, number]
    readonly kind: 'share' | 'mean'
    readonly target: 'scenarios' | 'run'
  },
): CalibrationPlan {
  const taken = new Set(drawn)
  const n = frame.keys.length
  return {
    units: n,
    unscored,
    drawn: drawn.length,
    tasks: drawn.length * models.length,
    allocation: membersOf(frame).map((of, h) => ({
      stratum: frame.strataNames[h] ?? null,
      units: of.length,
      drawn: of.filter((i) => taken.has(i)).length,
    })),
    halfWidths: models.map((model, m) => {
      if (drawn.length < 2) return { model, halfWidth: null }
      const scores = scaled(frame.scores[m] ?? [], range)
      const mean = scores.reduce((sum, f) => sum + f, 0) / n
      const left = target === 'run' ? 1 - drawn.length / n : 1
      const se = Math.sqrt((mean * (1 - mean) * left) / drawn.length)
      const { low, high } = shareInterval(mean, se, drawn.length)
      const width = kind === 'share' ? 1 : range[1] - range[0]
      return { model, halfWidth: ((high - low) / 2) * width }
    }),
  }
}

/** Scores as they lie in the range, from 0 to 1. */
export function scaled(scores: readonly number[], [least, most]: readonly [number, number]): number[] {
  return scores.map((score) => (score - least) / (most - least))
}

/** Of each unit, the mean of its scores over the models, from 0 to 1. */
function meanScores(
  { keys, scores }: Pick<CalibrationFrame, 'keys' | 'scores'>,
  range: readonly [number, number],
): number[] {
  const each = scores.map((of) => scaled(of, range))
  return Array.from(keys, (_, i) => each.reduce((sum, of) => sum + (of[i] as number), 0) / each.length)
}

function strataOf(
  units: Pick<CalibrationFrame, 'keys' | 'scores'>,
  named: readonly string[] | null,
  { design, range }: DrawSettings,
): Pick<CalibrationFrame, 'strata' | 'strataNames'> {
  if (design !== 'stratified') return { strata: null, strataNames: [] }
  if (named === null) {
    const bins = scoreBins(meanScores(units, range))
    // A bin may be empty, where many scores are equal.
    const present = [...new Set(bins)].sort((a, b) => a - b)
    return {
      strata: bins.map((bin) => present.indexOf(bin)),
      strataNames: present.map((bin) => `score ${bin + 1}`),
    }
  }
  const texts = [...new Set(named)].sort()
  const places = new Map(texts.map((text, place) => [text, place]))
  return {
    strata: named.map((text) => places.get(text) as number),
    strataNames: texts.map((text) => JSON.parse(text) as Json),
  }
}

/** The n units of smallest number, ascending by place. */
function firstOf(
  keys: readonly string[],
  numbers: readonly number[],
  places: readonly number[],
  n: number,
): number[] {
  const byKey = new Map(places.map((i) => [keys[i] as string, i]))
  return drawUniform(
    places.map((i) => keys[i] as string),
    places.map((i) => numbers[i] as number),
    n,
  )
    .map((key) => byKey.get(key) as number)
    .sort((a, b) => a - b)
}
