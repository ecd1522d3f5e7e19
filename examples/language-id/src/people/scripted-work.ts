import { languageName } from '../languages.ts'
import { choose, judge, type Reader } from './judge.ts'

/** The step that somebody is asked to do, with what they may see of the steps before. */
export type StepWork =
  /** `comment`: the reviewer's, where the work came back. */
  | { readonly stepType: 'annotation'; readonly comment?: string }
  /** `label`: what is to be reviewed. */
  | { readonly stepType: 'review'; readonly label: string }
  | { readonly stepType: 'adjudication' }

export type LabelResult = {
  /** A language by its code. */
  readonly label: string
}

export type WorkResult =
  | LabelResult
  | { readonly verdict: 'accept' }
  | { readonly verdict: 'return'; readonly comment: string }

/** By how much a reviewer must prefer another language to send work back. */
const OBJECTION = 0.05
/** By how much, at most, an annotator may prefer their own answer and still give in to a reviewer. */
const STANDING = 0.25

/**
 * What a scripted person submits. They annotate and adjudicate as they judge; they return what they judge clearly otherwise, saying how;
 * and they give in to a reviewer who may well be right.
 */
export function answer(
  reader: Reader,
  text: string,
  candidates: readonly string[],
  work: StepWork,
): WorkResult {
  const judgements = judge(reader, text, candidates)
  const own = choose(judgements)
  const weightOf = (label: string): number =>
    judgements.find(({ language }) => language === label)?.weight ?? 0
  switch (work.stepType) {
    case 'adjudication':
      return { label: own.language }
    case 'review':
      return own.weight - weightOf(work.label) > OBJECTION
        ? { verdict: 'return', comment: objection(own.language) }
        : { verdict: 'accept' }
    case 'annotation': {
      const suggested = candidates.find((label) => work.comment === objection(label))
      const convinced = suggested !== undefined && own.weight - weightOf(suggested) <= STANDING
      return { label: convinced ? suggested : own.language }
    }
  }
}

function objection(label: string): string {
  return `I read this as ${languageName(label)} (${label})`
}
