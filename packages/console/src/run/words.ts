/** What this page says. */
export const WORDS = {
  which: 'Which run?',
  whichMore: 'Open one from Runs.',
  byModel: 'By model',
  happened: 'What happened',
  happenedNone: 'Nothing that is still kept.',
  fails: 'Why jobs fail',
  failsNone: 'No job of this run has failed.',
  speed: 'Jobs settled a second',
  speedNone: 'No job of the run settled in that time.',
  people: 'What goes to people',
  results: 'Results',
  pace: 'Pace…',
  cancel: 'Cancel…',
  cancelTitle: 'Cancel this run?',
  retry: 'Retry',
} as const
