import type { Scenario } from './udhr-scenarios.ts'
import strings from './ui-strings.json' with { type: 'json' }

/** A string of 3–6 words from the interface of a program, in one of its translations. */
export interface UiString {
  readonly language: string
  /** Its name in the program, the same in every language. */
  readonly key: string
  readonly text: string
}

/** A scenario of every interface string: what the models were not trained on, unlike the declaration. */
export function uiScenarios(): Scenario[] {
  const uiStrings: readonly UiString[] = strings
  return uiStrings.map(({ language, key, text }) => ({
    scenarioId: `ui-${language}-${key}`,
    payload: { text, language, length: 'phrase', dataset: 'ui' },
  }))
}
