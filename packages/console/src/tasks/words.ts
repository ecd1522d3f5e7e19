/** What the list of tasks says. */
export const WORDS = {
  list: 'Tasks',
  search: 'Search tasks',
  free: 'Name, or a filter such as waits:',
  status: 'Tasks by status',
  none: 'No task matches',
  noneMore: 'These filters hide every other task.',
  noneAtAll: 'There is no task yet',
  noneAtAllMore: 'Tasks come from the host’s code, or from POST /projects/:id/tasks.',
  clear: 'Clear the filters',
  assignAll: 'Assign all…',
  assignTitle: 'Assign what is open',
  assignAsk:
    'Everything open that somebody may take is given out in one decision, by the strategy of each step, as far as people have room.',
  assignDeed: 'Assign all',
  assigned: 'Given out',
  unassigned: 'Left, because',
  priority: 'Priority…',
  cancel: 'Cancel…',
  clearSelection: 'Clear',
  notLive: 'not live: you are in more projects than are followed',
  flagged: 'flagged',
  operation: 'Under way',
  stop: 'Stop',
} as const

/** The reason that holds for most people, in words of a list. */
export const WAITS: Readonly<Record<string, string>> = {
  inactive: 'people are away',
  notMember: 'people are no members',
  qualityPaused: 'people are paused',
  missingSkill: 'a skill is missing',
  alreadyAssigned: 'people have had it',
  excludedByStep: 'people did another step',
  rejectedBefore: 'people skipped it',
  atLimit: 'people are at their limit',
  notQualified: 'newcomers are not judged yet',
  coolingDown: 'it rests',
  reservedFor: 'it is kept for somebody',
  noFreeSlot: 'every place is taken',
  queuePaused: 'the queue is paused',
  noEligiblePerson: 'nobody is there to ask',
}
