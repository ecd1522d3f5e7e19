import { STEP_WORDS } from '../design/words.ts'

/** What the page of people says. */
export const WORDS = {
  title: 'People',
  add: 'Add…',
  addTitle: 'Add a member',
  addWhom: 'Who',
  addNobody: 'Everybody in the directory is a member already.',
  addFirst: 'The directory has more people than are listed here.',
  addDeed: 'Add to the project',
  agreement: 'Agreement',
  agreementByQuestion: 'How far people agree, by question',
  agreementByPair: 'How far each two people agree',
  agreementNone: 'No step with two answers is complete yet',
  agreementNoneMore: 'Agreement is counted where at least two people answered the same step of a task.',
  declined: 'declined',
  emptyTitle: 'Nobody is a member of this project yet',
  emptyMore: 'Add somebody of the directory: work is given to members alone.',
  filtered: 'Nobody matches these filters',
  filteredDeed: 'Clear the filters',
  held: 'What they hold',
  heldNone: 'Nothing.',
  here: 'here',
  known: 'Where the answer is known',
  lastDay: 'The last 24 hours',
  median: 'median',
  moves: 'Given last',
  movesNone: 'Nothing was given to them yet.',
  pause: 'Pause…',
  pauseDeed: 'Pause',
  pausedTo:
    'Nothing more is given to them here. What they hold in this project goes to others; their drafts are kept.',
  people: 'People',
  peopleFirst: 'the first thousand alone',
  position: 'How much the side that is shown first is preferred',
  quality: 'Quality by step',
  qualityNone: 'Nobody has judged their work yet: 0.5 is assumed.',
  reason: 'Why',
  reasonHelp: 'Kept with the move, in sight of managers.',
  reassign: 'Reassign all',
  remove: 'Remove from the project…',
  removeDeed: 'Remove',
  resume: 'Resume…',
  resumeDeed: 'Resume',
  resumedTo: 'They are given work again, and what spoke against them begins anew.',
  scripted: 'scripted',
  search: 'Search people',
  searchMore: 'name, or status: skill:',
  skills: 'Skills',
  skillsNone: 'None is known.',
  submitted: 'submitted',
  suspend: 'Suspend…',
  suspendDeed: 'Suspend',
  returned: 'returned',
} as const

/** A type of step as people call it. */
export const stepWord = (step: string): string => STEP_WORDS[step] ?? step

/** Why there is no value of agreement. */
export const NO_VALUE: Readonly<Record<string, string>> = {
  empty: 'nothing to compare',
  one_rater: 'one person alone',
  no_variation: 'all answers alike',
  too_many: 'too many to count',
}

/** Why somebody is paused. */
export const PAUSED: Readonly<Record<string, string>> = {
  drift: 'their answers fell off',
  onboarding: 'they did not pass the first controls',
  manager: 'a manager said so',
}
