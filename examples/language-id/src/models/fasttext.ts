import { getLIDModel } from 'fasttext.wasm.js'
import { languageOf, languagesOf } from '../languages.ts'
import { type LanguageModel, NO_ANSWER } from './model.ts'

/** An answer, spelt out here because the package's own declaration does not resolve under NodeNext. */
interface Identified {
  readonly alpha2: string | null
  readonly alpha3: string
  readonly possibility: number
}

/** More than the model has, so that it lists them all. */
const ALL = 1000

/**
 * fastText's lid.176 in its compressed form. It answers empty text with confidence, so it never gets any; and it reads one line, so
 * line breaks become spaces. Its `als` is Swiss German, which the package already gives as `gsw`.
 */
export async function loadFasttext(): Promise<LanguageModel> {
  const model = await getLIDModel()
  const everyLanguage: readonly Identified[] = await model.identify('a', ALL)
  return {
    name: 'fasttext',
    claims: languagesOf(everyLanguage.map(({ alpha2, alpha3 }) => alpha2 ?? alpha3)),
    async probe(text) {
      const line = text.replace(/\s+/gu, ' ').trim()
      if (line === '') return NO_ANSWER
      const { alpha2, alpha3, possibility }: Identified = await model.identify(line)
      // The softmax is rounded up a little past 1.
      return {
        language: languageOf(alpha2 ?? alpha3),
        unsupported: false,
        confidence: Math.min(1, possibility),
      }
    },
  }
}
