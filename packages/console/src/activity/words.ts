/** What this page says. */
export const WORDS = {
  title: 'Activity',
  search: 'Filter what happened',
  searchHint: 'kind: person: run: task:',
  empty: 'Nothing happened that is still kept',
  emptySince: 'Nothing of that kind happened since',
  emptyMore: 'Facts are kept for some days; a filter may hide others.',
  waiting: 'new',
  end: 'What is older is no longer kept, or matches no filter.',
  hold: 'Hold',
  goOn: 'Go on',
} as const
