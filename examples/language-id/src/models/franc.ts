import { francAll } from 'franc'
import { data } from 'franc/data.js'
import { expressions } from 'franc/expressions.js'
import { languageOf, languagesOf } from '../languages.ts'
import { type LanguageModel, NO_ANSWER } from './model.ts'

/**
 * franc 6: trigrams within a script. It was trained on the Universal Declaration of Human Rights itself, so what it scores there
 * is inflated. The confidence is how far the second best lies behind (the best always has 1).
 */
export async function loadFranc(): Promise<LanguageModel> {
  // A script with one language is a language in `expressions`; one with several is a table in `data`.
  const single = Object.keys(expressions).filter((script) => !(script in data))
  const several = Object.values(data).flatMap((languages) => Object.keys(languages))
  return {
    name: 'franc',
    claims: languagesOf([...single, ...several]),
    probe(text) {
      const [best, second] = francAll(text, { minLength: 1 })
      const language = best === undefined ? null : languageOf(best[0])
      if (language === null) return NO_ANSWER
      return { language, unsupported: false, confidence: second === undefined ? 1 : 1 - second[1] }
    },
  }
}
