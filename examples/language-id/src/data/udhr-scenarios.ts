import { findModel, modelNames } from '../models/models.ts'
import type { ScenarioPayload } from '../models/probe-scenario.ts'
import { drawInteger } from './draw.ts'
import { declaredLanguages, readDeclaration } from './udhr.ts'
import { cut, cutAt, wordsOf } from './words.ts'

/** A text and its own name in its definition. */
export interface Scenario {
  readonly scenarioId: string
  readonly payload: ScenarioPayload
}

/** Words of a snippet, from least to most. */
const WORDS = { phrase: [3, 6], clause: [8, 14] } as const
/** UTF-16 units of an article at most. */
const ARTICLE_LENGTH = 1000

/** The languages that every model claims and the declaration is complete in, by code: 56 of them. */
export async function sharedLanguages(): Promise<string[]> {
  const models = await Promise.all(modelNames.map((name) => findModel(name)))
  const claims = models.map((model) => model?.claims ?? new Set<string>())
  return [...declaredLanguages()].filter((language) => claims.every((known) => known.has(language))).sort()
}

/**
 * Three snippets of every article in every language that all models claim: a phrase of 3–6 words, a clause of 8–14, the whole article up to
 * 1 000 characters. The same seed gives the same scenarios; in scripts without spaces, with the same ICU.
 */
export async function buildUdhrScenarios(seed: number): Promise<Scenario[]> {
  const languages = await sharedLanguages()
  const perLanguage = await Promise.all(languages.map((language) => scenariosOf(language, seed)))
  return perLanguage.flat()
}

async function scenariosOf(language: string, seed: number): Promise<Scenario[]> {
  const { articles } = await readDeclaration(language)
  return [...articles].flatMap(([article, text]) => {
    const words = wordsOf(text, language)
    const scenario = (length: ScenarioPayload['length'], snippet: string): Scenario => ({
      scenarioId: `udhr-${language}-${article}-${length}`,
      payload: { text: snippet, language, length, article, dataset: 'udhr' },
    })
    const snippet = (length: keyof typeof WORDS): Scenario => {
      const [least, most] = WORDS[length]
      const key = `${language}\n${article}\n${length}`
      const count = drawInteger(seed, `${key}\ncount`, least, most)
      const first = drawInteger(seed, `${key}\nfirst`, 0, Math.max(0, words.length - count))
      return scenario(length, cut(text, words, first, count))
    }
    return [snippet('phrase'), snippet('clause'), scenario('article', cutAt(text, words, ARTICLE_LENGTH))]
  })
}
