import * as cld3 from 'cld3-asm'
import { languageOf, languagesOf } from '../languages.ts'
import { type LanguageModel, NO_ANSWER } from './model.ts'

/** The package declares its codes as a `const enum`, which only a compiler could read; at run time they are an object. */
const { LanguageCode } = cld3 as unknown as { readonly LanguageCode: Readonly<Record<string, string>> }

/** Bytes of a text that are looked at; the default of 700 would cut articles in scripts of three bytes a letter. */
const MAX_BYTES = 4000

/** Chromium's cld3 as WebAssembly: a small neural network. It answers empty text with confidence, so it never gets any. */
export async function loadCld3(): Promise<LanguageModel> {
  const factory = await cld3.loadModule()
  const identifier = factory.create(0, MAX_BYTES)
  return {
    name: 'cld3',
    claims: languagesOf(Object.values(LanguageCode)),
    probe(text) {
      if (text.trim() === '') return NO_ANSWER
      const answer = identifier.findLanguage(text)
      const language = languageOf(answer.language)
      if (language === null) return NO_ANSWER
      return { language, unsupported: false, confidence: answer.probability }
    },
  }
}
