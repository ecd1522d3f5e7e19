import { eld } from 'eld/small'
import { languageOf, languagesOf } from '../languages.ts'
import { type LanguageModel, NO_ANSWER } from './model.ts'

/** eld 2 with its small database: n-grams of bytes, 60 languages. */
export async function loadEld(): Promise<LanguageModel> {
  return {
    name: 'eld',
    claims: languagesOf(Object.values(eld.info().Languages)),
    probe(text) {
      const answer = eld.detect(text)
      const language = languageOf(answer.language)
      if (language === null) return NO_ANSWER
      return { language, unsupported: false, confidence: answer.getScores()[answer.language] ?? 0 }
    },
  }
}
