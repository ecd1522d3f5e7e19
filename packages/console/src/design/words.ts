/** A step's type as people call it. */
export const STEP_WORDS: Readonly<Record<string, string>> = {
  annotation: 'annotate',
  review: 'review',
  adjudication: 'decide',
}
