import type { Functions } from '../fixtures.test.support.ts'
import { davidson, type Game, strengthDifference } from './davidson.ts'
import { dawidSkene } from './dawid-skene.ts'
import type { FitOptions } from './fit.ts'
import type { Label } from './labels.ts'
import { mace } from './mace.ts'
import { oneCoin } from './one-coin.ts'
import { posterior } from './posterior.ts'
import { majority } from './votes.ts'

interface Labelled {
  readonly labels: Label[]
  readonly classes: number
  readonly options: {
    right?: number
    wrong?: number
    classCount?: number
    tolerance?: number
    limit?: number
  }
  readonly gold?: Record<string, number>
  readonly apart?: number[]
}

interface Compared {
  readonly games: Game[]
  readonly models: number
  readonly options: { phantom?: number; tieCount?: number }
}

/** The functions that the fixtures name. */
export const FUNCTIONS: Functions = {
  oneCoin: (input: Labelled) => {
    const { posterior, ...fit } = oneCoin(input.labels, withCounts(input))
    return { ...fit, posterior: rows(posterior, fit.classes) }
  },
  dawidSkene: (input: Labelled) => {
    const { posterior, confusion, ...fit } = dawidSkene(input.labels, withCounts(input))
    const people = rows(confusion, fit.classes ** 2).map((person) => rows(person, fit.classes))
    return { ...fit, posterior: rows(posterior, fit.classes), confusion: people }
  },
  mace: (input: Labelled) => {
    const { posterior, habit, ...fit } = mace(input.labels, commonOf(input))
    return { ...fit, posterior: rows(posterior, fit.classes), habit: rows(habit, fit.classes) }
  },
  dawidSkeneClasses: (input: Labelled) => [...dawidSkene(input.labels, withCounts(input)).likeliest],
  maceClasses: (input: Labelled) => [...mace(input.labels, commonOf(input)).likeliest],
  majority: ({ labels, classes, weights }: Labelled & { weights: number[] | null }) =>
    majority(labels, weights ? { classes, accuracy: weights } : { classes }),
  posterior: ({ answers, prevalence }: { answers: [number, number][]; prevalence: number[] }) =>
    posterior(
      answers.map(([accuracy, answer]) => ({ accuracy, answer })),
      prevalence,
    ),
  davidson: ({ games, models, options }: Compared) => {
    const fit = davidson(games, { models, ...options })
    return {
      strength: fit.models.map(({ strength }) => strength),
      se: fit.models.map(({ se }) => se),
      nu: fit.nu,
      first: fit.models.slice(1).map((_, i) => strengthDifference(fit, i + 1, 0)),
    }
  },
}

function commonOf({ classes, options: { tolerance, limit }, gold, apart }: Labelled): FitOptions {
  return {
    classes,
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(limit === undefined ? {} : { limit }),
    ...(gold ? { gold: Object.entries(gold).map(([item, known]) => [Number(item), known] as const) } : {}),
    ...(apart ? { controls: apart } : {}),
  }
}

function withCounts(input: Labelled) {
  const { right, wrong, classCount } = input.options
  const pseudoCounts = {
    ...(right === undefined ? {} : { right }),
    ...(wrong === undefined ? {} : { wrong }),
    ...(classCount === undefined ? {} : { ofClass: classCount }),
  }
  return { ...commonOf(input), pseudoCounts }
}

/** A flat table as rows. */
export function rows(flat: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: flat.length / width }, (_, i) =>
    Array.from({ length: width }, (_, k) => flat[i * width + k] as number),
  )
}
