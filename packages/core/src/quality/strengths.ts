import { davidson, type Game } from '@muster/statistics'
import type { NewForm, QuestionOf } from '../forms/form.ts'
import { sidesOf } from '../forms/sides.ts'
import { type Json, valueAt } from '../json/json.ts'
import { compareTexts } from '../text-order.ts'
import type { SettledTask } from './fit-store.ts'

/** A model beside the others that people compared it with. */
export interface ModelStrength {
  readonly model: string
  /** β, about 0 in the mean: a model is e^(β − β′) times as likely to be preferred as another. */
  readonly strength: number
  /** null, as `low` and `high`, where one scenario says nothing of it. */
  readonly se: number | null
  readonly low: number | null
  readonly high: number | null
  readonly wins: number
  readonly losses: number
  readonly ties: number
}

/** How strong models are by what people preferred. */
export interface ModelStrengths {
  /** By name. */
  readonly models: readonly ModelStrength[]
  /** The chance that the model of the row is preferred to that of the column; the two leave the chance of a tie. */
  readonly chances: readonly (readonly number[])[]
  /** How often equals tie: ν ÷ (2 + ν). */
  readonly nu: number
  readonly level: number
  /** Answers that compare two models. */
  readonly games: number
  /** Of these, the answers `bothBad`, which count as ties. */
  readonly bothBad: number
  readonly converged: boolean
}

interface Compared {
  readonly one: string
  readonly other: string
  readonly outcome: Game['outcome']
  readonly cluster: string
}

/** Gathers comparisons of models from tasks, in whatever order, and gives their strengths. */
export class StrengthGatherer {
  readonly #form: Pick<NewForm, 'show'>
  readonly #question: QuestionOf<'pairwise'>
  readonly #criterion: string | null
  readonly #compared: Compared[] = []
  #bothBad = 0

  constructor(form: Pick<NewForm, 'show'>, question: QuestionOf<'pairwise'>, criterion: string | null) {
    this.#form = form
    this.#question = question
    this.#criterion = criterion
  }

  add({ taskId, payload, isControl, answers }: SettledTask): void {
    if (isControl) return
    const [one, other] = sidesOf(this.#form, payload)[this.#question.of] ?? []
    if (one === undefined || other === undefined) return
    const models = [modelOf(payload, one), modelOf(payload, other)] as const
    // A model says nothing of itself.
    if (models[0] === models[1]) return
    const scenario = valueAt(payload, '/of/scenarioId')
    const cluster = typeof scenario === 'string' ? `scenario ${scenario}` : `task ${taskId}`
    for (const { answer } of answers) {
      const said = this.#answerIn(answer)
      if (said === undefined) continue
      const outcome = said === one ? 'i' : said === other ? 'j' : 'tie'
      if (said === 'bothBad') this.#bothBad += 1
      this.#compared.push({ one: models[0], other: models[1], outcome, cluster })
    }
  }

  strengths(level: number): ModelStrengths {
    const names = [...new Set(this.#compared.flatMap(({ one, other }) => [one, other]))].sort()
    const places = new Map(names.map((name, place) => [name, place]))
    const counts = { games: this.#compared.length, bothBad: this.#bothBad, level }
    if (names.length === 0) return { models: [], chances: [], nu: 0, converged: true, ...counts }
    const games = this.#compared
      .map(({ one, other, outcome, cluster }) => ({
        i: places.get(one) as number,
        j: places.get(other) as number,
        outcome,
        cluster,
      }))
      // Sums depend on their order in the last bits: that of the tasks must not show.
      .sort(
        (a, b) =>
          compareTexts(a.cluster, b.cluster) || a.i - b.i || a.j - b.j || compareTexts(a.outcome, b.outcome),
      )
    const fitted = davidson(games, { models: names.length, level })
    return {
      models: fitted.models.map((strength, place) => ({ model: names[place] as string, ...strength })),
      chances: fitted.chances,
      nu: fitted.nu,
      converged: fitted.converged,
      ...counts,
    }
  }

  #answerIn(answer: Json): string | undefined {
    const said = this.#criterion === null ? answer : valueAt(answer, `/${this.#criterion}`)
    return typeof said === 'string' ? said : undefined
  }
}

/** The model that gave a side, as the payload says; else the side's id. */
function modelOf(payload: Json, side: string): string {
  const model = valueAt(payload, `/of/sides/${side.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return typeof model === 'string' ? model : side
}
