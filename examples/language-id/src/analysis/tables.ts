import type { Probed } from './probes.ts'

/**
 * How often a model was right. Without `length` and `language` over all of them; with one or both, of that part: so rows of different
 * fields overlap and must not be added up. What a model does not support is in `unsupported` alone, not in `total`.
 */
export interface AccuracyRow {
  readonly dataset: string
  readonly model: string
  readonly length?: string
  readonly language?: string
  readonly correct: number
  readonly total: number
  readonly unsupported: number
}

/** How often a model took one language for another; `answered` null: it could not tell. */
export interface ConfusionRow {
  readonly dataset: string
  readonly model: string
  readonly language: string
  readonly answered: string | null
  readonly count: number
}

/** A scenario on which the models that know its language gave different answers: one for people. */
export interface Split {
  readonly dataset: string
  readonly scenarioId: string
  readonly text: string
  readonly length: string
  /** The true language. */
  readonly language: string
  /** Of the models that know the language, in the order of the run. */
  readonly answers: readonly {
    readonly model: string
    readonly language: string | null
    readonly confidence: number
  }[]
}

type Part = Pick<AccuracyRow, 'length' | 'language'>

/** Every part of the answers that has an accuracy of its own: all, each length, each language, each length in each language. */
function partsOf({ length, language }: Probed): Part[] {
  return [{}, { length }, { language }, { length, language }]
}

/** Accuracy by dataset and model, as a whole and by length, by language and by both. In the order of what was given. */
export function accuracyOf(probes: readonly Probed[]): AccuracyRow[] {
  const rows = new Map<string, AccuracyRow>()
  for (const probed of probes) {
    const { dataset, model, language, answered, unsupported } = probed
    for (const part of partsOf(probed)) {
      const key = JSON.stringify([dataset, model, part.length ?? null, part.language ?? null])
      const row = rows.get(key) ?? { dataset, model, ...part, correct: 0, total: 0, unsupported: 0 }
      rows.set(key, {
        ...row,
        correct: row.correct + Number(!unsupported && answered === language),
        total: row.total + Number(!unsupported),
        unsupported: row.unsupported + Number(unsupported),
      })
    }
  }
  return [...rows.values()]
}

/** What was taken for what, most often first. */
export function confusionOf(probes: readonly Probed[]): ConfusionRow[] {
  const rows = new Map<string, ConfusionRow>()
  for (const { dataset, model, language, answered, unsupported } of probes) {
    if (unsupported || answered === language) continue
    const key = JSON.stringify([dataset, model, language, answered])
    const count = (rows.get(key)?.count ?? 0) + 1
    rows.set(key, { dataset, model, language, answered, count })
  }
  return [...rows.values()].sort((a, b) => b.count - a.count)
}

/** The scenarios for which models that know the language named at least two languages. */
export function splitsOf(probes: readonly Probed[]): Split[] {
  const byScenario = Map.groupBy(
    probes.filter(({ unsupported }) => !unsupported),
    ({ dataset, scenarioId }) => JSON.stringify([dataset, scenarioId]),
  )
  const splits: Split[] = []
  for (const answers of byScenario.values()) {
    const [first] = answers
    const named = new Set(answers.map(({ answered }) => answered).filter((answered) => answered !== null))
    if (first === undefined || named.size < 2) continue
    const { dataset, scenarioId, text, length, language } = first
    splits.push({
      dataset,
      scenarioId,
      text,
      length,
      language,
      answers: answers.map(({ model, answered, confidence }) => ({ model, language: answered, confidence })),
    })
  }
  return splits
}
