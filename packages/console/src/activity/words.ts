/** What this page says. */
export const WORDS = {
  title: 'Activity',
  search: 'Filter what happened',
  searchHint: 'kind: person: run: task:',
  empty: 'Nothing happened that is still kept',
  emptyMore: 'Facts are kept for some days; a filter may hide others.',
  end: 'Nothing older is kept.',
  endFiltered: 'Nothing older that is kept matches.',
  gapManager: 'facts between are no longer kept',
  gapPerson: 'facts between are not for you, or no longer kept',
  hold: 'Hold',
  goOn: 'Go on',
} as const
