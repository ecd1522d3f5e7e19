/** What the page says around every page. */
export const WORDS = {
  again: 'Again',
  allProjects: 'All projects',
  catchingUp: 'catching up',
  live: 'live',
  noProject: 'You are in no project',
  noProjectMore: 'A manager or an admin can add you to one.',
  nothingHere: 'There is nothing here',
  nothingHereMore: 'It does not exist, or is not for you.',
  notLoaded: 'This page could not be loaded',
  notLoadedMore: 'The server cannot be reached, or has a newer page.',
  palette: 'Go to anything, do anything',
  paletteNone: 'Nothing is called that.',
  paletteField: 'What to look for',
  upToDate: 'Brought up to date.',
} as const
