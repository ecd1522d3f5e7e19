import { createRequire } from 'node:module'
import lande from 'lande'
import type LanguageDetect from 'languagedetect'
import { detectAll, supportedLanguages } from 'tinyld'
import { languageOf, languagesOf } from '../languages.ts'

/** A language that a text may be in, and how much speaks for it. Weights compare within one answer only. */
export interface Impression {
  readonly language: string
  readonly weight: number
}

/** What a scripted person judges with. */
export interface Engine {
  /** Every language that it thinks of, the likeliest first. */
  readonly impressions: (text: string) => readonly Impression[]
  /** The languages it knows: of these, having no impression says that the text is in another. */
  readonly knows: ReadonlySet<string>
}

export type EngineName = 'tinyld' | 'lande' | 'languagedetect'

function impressionsOf(answers: readonly (readonly [string, number])[]): Impression[] {
  const heaviest = new Map<string, number>()
  for (const [code, weight] of answers) {
    const language = languageOf(code)
    if (language !== null) heaviest.set(language, Math.max(weight, heaviest.get(language) ?? 0))
  }
  return [...heaviest].map(([language, weight]) => ({ language, weight })).sort((a, b) => b.weight - a.weight)
}

// languagedetect is CommonJS whose whole export is the class; its codes lie in a file of their own.
const require = createRequire(import.meta.url)
const LanguageDetector: typeof LanguageDetect = require('languagedetect')
const languageCodes: { getCode2(name: string): string | null } = require('languagedetect/lib/ISO639.js')
const detector = new LanguageDetector()

/** Languages without a code, such as Pidgin, are left out. */
function codesOf(names: readonly string[]): string[] {
  return names.flatMap((name) => languageCodes.getCode2(name) ?? [])
}

/**
 * Other detectors than the models of the evaluation. tinyld was trained on the declaration as well, lande on sentences of Tatoeba,
 * languagedetect on texts of its own.
 */
export const engines: Readonly<Record<EngineName, Engine>> = {
  tinyld: {
    impressions: (text) => impressionsOf(detectAll(text).map(({ lang, accuracy }) => [lang, accuracy])),
    knows: languagesOf(supportedLanguages),
  },
  lande: {
    impressions: (text) => impressionsOf(lande(text)),
    // It gives a weight to every language it knows, whatever the text.
    knows: languagesOf(lande('text').map(([code]) => code)),
  },
  languagedetect: {
    impressions: (text) =>
      impressionsOf(
        detector
          .detect(text)
          .flatMap(([name, weight]) => codesOf([name]).map((code) => [code, weight] as const)),
      ),
    knows: languagesOf(codesOf(detector.getLanguages())),
  },
}
