/** What this page says. */
export const WORDS = {
  title: 'Runs',
  newRun: 'New run…',
  all: 'All',
  live: 'Live',
  search: 'Filter runs',
  searchHint: 'model: definition: since:',
  idle: 'Nothing runs now',
  empty: 'No run matches',
  emptyMore: 'Take a filter away, or look at all runs.',
  none: 'There is no run yet',
  noneMore:
    'A run asks models about the scenarios of a definition. Add a definition with POST /projects/:id/definitions, then start a run here.',
  noDefinition: 'This project has no definition',
  noDefinitionMore: 'Add one with POST /projects/:id/definitions; scenarios may be a stream of lines.',
  fresh: 'new runs',
  notLive: 'not live in each project: you are in more of them than are followed',
} as const
