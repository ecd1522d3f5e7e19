/** A step's type as people call it. */
export const STEP_WORDS: Readonly<Record<string, string>> = {
  annotation: 'annotate',
  review: 'review',
  adjudication: 'decide',
}

/** What is said in place of a part of the page that could not be loaded. */
export const NOT_LOADED = {
  title: 'This could not be loaded',
  more: 'The server cannot be reached, or has a newer page. Close this and try again, or reload the page.',
}
