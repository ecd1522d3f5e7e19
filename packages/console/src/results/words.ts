/** What this page says. */
export const WORDS = {
  title: 'Results',
  search: 'Filter scenarios',
  hint: 'split failed text~"og mod" model=label model!=model',
  labelAt: 'Label at',
  none: 'This project has no run',
  noneMore: 'Start one from Runs; its results stand here.',
  empty: 'No scenario matches',
  emptyMore: 'Take a word of the filter away.',
  unsettled: 'Nothing has settled yet',
  run: 'Run',
  split: 'Split',
  failed: 'Failed',
  item: 'Item',
  answers: 'What each model said',
  task: 'The task that it became',
  noTask: 'It went to nobody.',
} as const
