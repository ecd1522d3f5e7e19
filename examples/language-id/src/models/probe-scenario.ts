import { type JobType, NonRetryableError } from '@muster/core'
import { z } from 'zod'
import { languageOf } from '../languages.ts'
import type { ProbeAnswer } from './model.ts'
import { findModel, modelNames } from './models.ts'

const languageTag = z.string().refine(isLanguageTag, 'must be a language code such as de or deu')

function isLanguageTag(tag: string): boolean {
  try {
    return languageOf(tag) !== null
  } catch {
    return false
  }
}

/** A text whose language is known, to be shown to a model. */
export const scenarioPayload = z.strictObject({
  text: z.string().min(1).max(10_000),
  /** The true language. Never shown to annotators. */
  language: languageTag,
  length: z.enum(['phrase', 'clause', 'article']),
  /** The article of the declaration that the text was cut from. */
  article: z.int().min(1).exactOptional(),
  dataset: z.enum(['udhr', 'ui']),
})

export type ScenarioPayload = z.infer<typeof scenarioPayload>

/** Asks the job's model which language the scenario's text is in. A language that the model never learnt is not asked: that is `unsupported`, not wrong. */
export const probeScenario: JobType<ScenarioPayload, ProbeAnswer> = {
  name: 'probe:scenario',
  payload: scenarioPayload,
  timeoutMs: 30_000,
  async handler({ payload, model: name }, tools) {
    const model = await findModel(name ?? '')
    if (model === undefined) {
      throw new NonRetryableError(
        name === null
          ? `A probe needs a model: one of ${modelNames.join(', ')}`
          : `There is no model ${name}: choose of ${modelNames.join(', ')}`,
        { model: name, models: [...modelNames] },
      )
    }
    const language = languageOf(payload.language)
    const supported = language !== null && model.claims.has(language)
    const answer = supported
      ? await model.probe(payload.text)
      : { language: null, unsupported: true, confidence: 0 }
    tools.step('probe', 1, 1)
    return answer
  },
}
