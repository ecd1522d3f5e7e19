/** What the page of jobs says. */
export const WORDS = {
  title: 'Jobs',
  all: 'All',
  allProjects: 'all projects',
  search: 'Search jobs',
  searchMore: 'words of the error, or state: type: model: run: cause: attempts:',
  causes: 'Causes',
  causesNone: 'Nothing failed in the last hour',
  causesNoneMore: 'and no job is failed now.',
  causesOf: 'jobs failed now; bars: the last hour by ten minutes',
  everyCause: 'Show every cause',
  noJobs: 'There are no jobs here yet',
  noFailures: 'No job is failed',
  noFailuresMore: 'Nothing has to be tried again.',
  filtered: 'No job matches these filters',
  clear: 'Clear the filters',
  stopped: 'The search stopped at its bound before it had looked at all.',
  goOn: 'Go on looking',
  pauseQueue: 'Pause the queue…',
  pauseDeed: 'Pause',
  pauseSays: 'No further job begins, and nobody is given work here. Jobs at work go on to their end.',
  resumeQueue: 'Resume the queue',
  paused: 'paused',
  attempts: 'Attempts',
  attemptsNone: 'It has not begun yet.',
  payload: 'Payload',
  result: 'Result',
  waits: 'Why it waits',
  error: 'Error',
  cause: 'Cause',
  showCause: 'Show all of this cause',
  retry: 'Retry',
  cancel: 'Cancel…',
  priority: 'Priority…',
  newPriority: 'New priority',
  newPriorityHelp: 'From −1000 to 1000; higher begins first.',
  nothingMatches: 'Nothing of it matches: there is nothing to do.',
  counting: 'Counting what matches…',
  stop: 'Stop',
  dismiss: 'Close',
  newOnes: 'new',
  mayBeMore: 'There may be more: look again',
  cancelThis: 'Cancel this job',
  cancelThisAsk: 'One that waits is cancelled for good; one at work is told to stop.',
} as const

/** How an attempt ended. */
export const OUTCOMES: Readonly<Record<string, string>> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  retried: 'failed, tried again',
  notNow: 'asked to wait',
  returned: 'handed back',
  lost: 'worker lost',
}

/** Why things were passed over by a bulk move. */
export const SKIPPED: Readonly<Record<string, string>> = {
  pending: 'were pending',
  active: 'were at work',
  completed: 'had completed',
  failed: 'had failed',
  cancelled: 'were cancelled',
  cancelling: 'were being cancelled',
  run_cancelled: 'belong to a cancelled run',
  same_priority: 'had that priority',
}

/** A bulk move as a deed, as it goes on, and as it ended. */
export const ACTIONS = {
  retry: { deed: 'Retry', going: 'Retrying', done: 'Retried' },
  cancel: { deed: 'Cancel', going: 'Cancelling', done: 'Cancelled' },
  priority: { deed: 'Move', going: 'Moving', done: 'Moved' },
} as const
