import { assertAtLeast, assertInside, assertOneOf, assertOptions, assertWhole } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, type Interval, twoSided } from '../arithmetic/interval.ts'
import { exp, ln } from '../arithmetic/ln-exp.ts'
import { Sum } from '../arithmetic/sum.ts'
import { inverse, Matrix, solve } from './matrix.ts'

/** One comparison of two models, by their numbers from 0. */
export interface Game {
  readonly i: number
  readonly j: number
  /** Which was preferred, or neither. */
  readonly outcome: 'i' | 'j' | 'tie'
  /** How often; 1 if not given. */
  readonly weight?: number
  /**
   * A name that comparisons share which depend on each other, such as the scenario. All games have
   * one, or none.
   */
  readonly cluster?: string
}

/** How to fit strengths. */
export interface DavidsonOptions {
  /** How many models there are. */
  readonly models: number
  /**
   * Wins, and as many losses, of each model against one of strength 0; ½ if not given. With 0 there
   * is no prior.
   */
  readonly phantom?: number
  /** Wins, losses and ties, each so many, of equals; ½ if not given. With 0 there is no prior. */
  readonly tieCount?: number
  /** The level of intervals; 0.95 if not given. */
  readonly level?: number
}

/** One model beside the others. */
export interface Strength {
  /** β, about 0 in the mean: a model is e^(β − β′) times as likely to be preferred as another. */
  readonly strength: number
  /** The standard error; `null` where one cluster says nothing of it. */
  readonly se: number | null
  readonly low: number | null
  readonly high: number | null
  readonly wins: number
  readonly losses: number
  readonly ties: number
}

/** The strengths of all models. */
export interface Strengths {
  readonly models: readonly Strength[]
  /** How often equals tie: ν ÷ (2 + ν). */
  readonly nu: number
  /**
   * The chance that the model of the row is preferred to that of the column; what both leave of 1
   * is a tie.
   */
  readonly chances: readonly (readonly number[])[]
  /** The covariances of the strengths; `null` where one cluster says nothing of them. */
  readonly covariance: readonly (readonly number[])[] | null
  readonly level: number
  readonly rounds: number
  readonly converged: boolean
}

/** How much stronger one model is than another. */
export interface StrengthDifference {
  readonly value: number
  readonly se: number | null
  readonly interval: Interval | null
}

const LARGEST_STEP = 2
const CONVERGED = 1e-10
const MOST_ROUNDS = 200

/**
 * The strengths of models from comparisons of two with ties: P(i) : P(j) : P(tie) = e^βᵢ : e^βⱼ :
 * ν·e^((βᵢ + βⱼ)/2). A prior keeps them finite where one model won all. Errors are robust against
 * clusters where games have them.
 *
 * Sources: Bradley & Terry 1952; ties by Davidson 1970, JASA 65.
 *
 * @throws RangeError if a game or an option is not as it must be, or without a prior the games do
 *   not connect the models
 */
export function davidson(games: Iterable<Game>, options: DavidsonOptions): Strengths {
  assertOptions(options, ['models', 'phantom', 'tieCount', 'level'])
  const { models, phantom = 0.5, tieCount = 0.5, level = DEFAULT_LEVEL } = options
  assertWhole('models', models, 1, 10_000)
  assertAtLeast('phantom', phantom, 0)
  assertAtLeast('tieCount', tieCount, 0)
  assertInside('level', level)
  const played = [...games]
  for (const [place, game] of played.entries()) assertGame(place, game, models)
  const clustered = played.some(({ cluster }) => cluster !== undefined)
  if (clustered && played.some(({ cluster }) => cluster === undefined))
    throw new TypeError('cluster must be given with all games or with none')

  // Without a prior and without ties, ν is 0 and no parameter.
  const tied = tieCount > 0 || played.some(({ outcome, weight = 1 }) => outcome === 'tie' && weight > 0)
  const at = new Point(models, tied, phantom, tieCount)
  let [rounds, converged] = [0, false]
  while (!converged && rounds < MOST_ROUNDS) {
    const { score, information } = at.look(played)
    converged = at.move(solve(information, score, 'the games must connect the models')) < CONVERGED
    rounds++
  }
  // Before centring, since the prior is about a strength of 0.
  const covariance = covarianceOf(at, played, clustered)
  at.centre()
  const z = twoSided(level, Number.POSITIVE_INFINITY)
  const strengths = Array.from({ length: models }, (_, m): Strength => {
    const strength = at.strength(m)
    const se = covariance ? Math.sqrt(Math.max(0, covariance.at(m, m))) : null
    return {
      strength,
      se,
      low: se === null ? null : strength - z * se,
      high: se === null ? null : strength + z * se,
      ...recordOf(m, played),
    }
  })
  return {
    models: strengths,
    nu: at.nu,
    chances: Array.from({ length: models }, (_, i) =>
      Array.from({ length: models }, (_, j) => at.chances(i, j)[0]),
    ),
    covariance: covariance?.rows() ?? null,
    level,
    rounds,
    converged,
  }
}

/**
 * How much stronger model a is than model b, with its error. @throws RangeError if there is no such
 * model
 */
export function strengthDifference(strengths: Strengths, a: number, b: number): StrengthDifference {
  const { models, covariance, level } = strengths
  assertWhole('a', a, 0, models.length - 1)
  assertWhole('b', b, 0, models.length - 1)
  const value = (models[a] as Strength).strength - (models[b] as Strength).strength
  if (!covariance) return { value, se: null, interval: null }
  const of = (i: number, j: number): number => covariance[i]?.[j] as number
  const se = Math.sqrt(Math.max(0, of(a, a) + of(b, b) - 2 * of(a, b)))
  const half = twoSided(level, Number.POSITIVE_INFINITY) * se
  return { value, se, interval: { low: value - half, high: value + half } }
}

function assertGame(place: number, { i, j, outcome, weight }: Game, models: number): void {
  assertWhole(`games[${place}].i`, i, 0, models - 1)
  assertWhole(`games[${place}].j`, j, 0, models - 1)
  if (i === j) throw new RangeError(`games[${place}] must be of two models, and is of ${i} alone`)
  assertOneOf(`games[${place}].outcome`, outcome, ['i', 'j', 'tie'])
  if (weight !== undefined) assertAtLeast(`games[${place}].weight`, weight, 0)
}

function recordOf(model: number, games: readonly Game[]): Pick<Strength, 'wins' | 'losses' | 'ties'> {
  let [wins, losses, ties] = [0, 0, 0]
  for (const { i, j, outcome, weight = 1 } of games) {
    if (i !== model && j !== model) continue
    if (outcome === 'tie') ties += weight
    else if ((outcome === 'i' ? i : j) === model) wins += weight
    else losses += weight
  }
  return { wins, losses, ties }
}

/** First and second derivatives of the log likelihood, the second with the sign turned. */
interface Look {
  readonly score: Float64Array
  readonly information: Matrix
}

/** Where the fit is: the strengths, and ln ν last. */
class Point {
  readonly #at: Float64Array
  readonly models: number
  readonly #tied: boolean
  readonly #phantom: number
  readonly #tieCount: number

  constructor(models: number, tied: boolean, phantom: number, tieCount: number) {
    this.#at = new Float64Array(models + 1)
    this.#at[models] = ln(0.5)
    this.models = models
    this.#tied = tied
    this.#phantom = phantom
    this.#tieCount = tieCount
  }

  get nu(): number {
    return this.#tied ? exp(this.#at[this.models] as number) : 0
  }

  /** Parameters that are fitted. */
  get size(): number {
    return this.models + (this.#tied ? 1 : 0)
  }

  strength(model: number): number {
    return this.#at[model] as number
  }

  /** That i is preferred, that j is, that they tie. */
  chances(i: number, j: number): readonly [number, number, number] {
    const [a, b] = [this.strength(i), this.strength(j)]
    const middle = (a + b) / 2
    const high = Math.max(a, b)
    const [x, y] = [exp(a - high), exp(b - high)]
    const tie = this.nu * exp(middle - high)
    const all = x + y + tie
    return [x / all, y / all, tie / all]
  }

  /** One game's part: its score on βᵢ, βⱼ and ln ν, and their covariance. */
  scoreOf({ i, j, outcome }: Game): {
    readonly score: readonly [number, number, number]
    readonly chances: readonly [number, number, number]
  } {
    const chances = this.chances(i, j)
    const [p, q, r] = chances
    const half = outcome === 'tie' ? 0.5 : 0
    return {
      chances,
      score: [
        (outcome === 'i' ? 1 : half) - (p + r / 2),
        (outcome === 'j' ? 1 : half) - (q + r / 2),
        (outcome === 'tie' ? 1 : 0) - r,
      ],
    }
  }

  look(games: readonly Game[]): Look {
    const { size } = this
    const sums = Array.from({ length: size }, () => new Sum())
    const information = new Matrix(size)
    for (const game of games) {
      const { i, j, weight = 1 } = game
      const { score, chances } = this.scoreOf(game)
      const [p, q, r] = chances
      const places = this.#tied ? [i, j, this.models] : [i, j]
      // Covariances of (1 or ½ if i or a tie, the same of j, 1 if a tie).
      const [ei, ej] = [p + r / 2, q + r / 2]
      const second = [
        [p + r / 4 - ei * ei, r / 4 - ei * ej, r / 2 - ei * r],
        [r / 4 - ei * ej, q + r / 4 - ej * ej, r / 2 - ej * r],
        [r / 2 - ei * r, r / 2 - ej * r, r - r * r],
      ]
      for (const [a, place] of places.entries()) {
        sums[place]?.add(weight * (score[a] as number))
        for (const [b, other] of places.entries())
          information.add(place, other, weight * (second[a]?.[b] as number))
      }
    }
    this.#addPrior(sums, information)
    return { score: Float64Array.from(sums, (sum) => sum.value), information }
  }

  #addPrior(sums: readonly Sum[], information: Matrix): void {
    for (let m = 0; m < this.models; m++) {
      const beta = this.strength(m)
      const part = beta > 0 ? 1 / (1 + exp(-beta)) : 1 - 1 / (1 + exp(beta))
      sums[m]?.add(this.#phantom * (1 - 2 * part))
      information.add(m, m, 2 * this.#phantom * part * (1 - part))
      // Only differences matter then: a weight on the sum of all holds it where it is.
      if (this.#phantom === 0) {
        for (let other = 0; other < this.models; other++) information.add(m, other, 1)
      }
    }
    if (!this.#tied) return
    const tie = this.nu / (2 + this.nu)
    sums[this.models]?.add(this.#tieCount * (1 - 3 * tie))
    information.add(this.models, this.models, 3 * this.#tieCount * tie * (1 - tie))
  }

  /** Goes a step, shortened where it is long; gives its length. */
  move(step: Float64Array): number {
    let longest = 0
    for (const each of step) longest = Math.max(longest, Math.abs(each))
    const part = longest > LARGEST_STEP ? LARGEST_STEP / longest : 1
    for (const [k, each] of step.entries()) this.#at[k] = (this.#at[k] as number) + part * each
    return longest
  }

  centre(): void {
    const total = new Sum()
    for (let m = 0; m < this.models; m++) total.add(this.strength(m))
    const mean = total.value / this.models
    for (let m = 0; m < this.models; m++) this.#at[m] = this.strength(m) - mean
  }
}

/** The covariances of the centred strengths: H⁻¹, or with clusters H⁻¹(g/(g − 1) Σ s·sᵀ)H⁻¹. */
function covarianceOf(at: Point, games: readonly Game[], clustered: boolean): Matrix | null {
  const bread = inverse(at.look(games).information, 'the games must connect the models')
  if (!clustered) return bread.centred(at.models)
  const scores = new Map<string, Float64Array>()
  for (const game of games) {
    const { i, j, weight = 1, cluster = '' } = game
    const sum = scores.get(cluster) ?? new Float64Array(at.size)
    const { score } = at.scoreOf(game)
    const places = at.size > at.models ? [i, j, at.models] : [i, j]
    for (const [k, place] of places.entries())
      sum[place] = (sum[place] as number) + weight * (score[k] as number)
    scores.set(cluster, sum)
  }
  const g = scores.size
  if (g < 2) return null
  const meat = new Matrix(at.size)
  for (const score of scores.values()) {
    for (const [a, x] of score.entries()) {
      for (const [b, y] of score.entries()) meat.add(a, b, (g / (g - 1)) * x * y)
    }
  }
  return bread.times(meat).times(bread).centred(at.models)
}
