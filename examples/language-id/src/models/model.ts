/** What a model says of one text. */
export interface ProbeAnswer {
  /** The language by its code here; null: the model could not tell. */
  readonly language: string | null
  /** The model never learnt the language that was asked for; this is no wrong answer. */
  readonly unsupported: boolean
  /** 0..1, by the model's own measure: comparable within a model only. */
  readonly confidence: number
}

type Probe = (text: string) => ProbeAnswer | Promise<ProbeAnswer>

/** A language-identification model, loaded and ready. */
export interface LanguageModel {
  readonly name: string
  /** The languages it says it knows. */
  readonly claims: ReadonlySet<string>
  readonly probe: Probe
}

/** The answer where there is nothing to go by. */
export const NO_ANSWER: ProbeAnswer = { language: null, unsupported: false, confidence: 0 }
