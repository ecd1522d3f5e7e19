/** What the page of a project says. */
export const WORDS = {
  add: 'Add tasks…',
  addTitle: 'Add tasks',
  addField: 'Payloads',
  addHelp: 'One JSON value a line, or one JSON list of them. Each becomes a task.',
  addNone: 'No payload is there yet.',
  done: 'completed',
  here: 'Here now',
  hereNone: 'Nobody has this project open.',
  jobs: 'Jobs',
  nothingWaits: 'Nothing waits for somebody who is not there.',
  notWhole: 'Of the first 10 000 open tasks.',
  open: 'open',
  pause: 'Pause',
  paused: 'paused',
  resume: 'Resume',
  running: 'running',
  settings: 'Settings…',
  settingsTitle: 'Settings',
  settingsSave: 'Save',
  settingsStale:
    'Somebody else changed the project meanwhile. What you typed is kept, the rest is theirs: look, then save.',
  steps: 'Steps',
  stepsNone: 'The project has no workflow yet, so it takes no tasks.',
  stays: 'half leave within',
  staysMost: 'nine in ten within',
  stepsNotTold: 'How many tasks are open is not told here: the project has controls among its work.',
  submitted: 'Submitted a day',
  submittedNone: 'Nothing was submitted in the last two weeks.',
  title: 'Project',
  waits: 'Waits',
  wrongPause: 'How likely somebody who is good is paused all the same',
} as const

/** Where the times of a step come from. */
export const stayTitle = (times: number): string =>
  `Of ${times} times that one of the 1 000 newest tasks left the step`

/** Why nobody can take a step, as said of many tasks. */
export const REASONS: Readonly<Record<string, string>> = {
  inactive: 'nobody who may is active',
  notMember: 'nobody who may is a member',
  qualityPaused: 'those who may are paused',
  missingSkill: 'nobody has the skill',
  alreadyAssigned: 'all who may have it already',
  excludedByStep: 'all who may did an earlier step',
  rejectedBefore: 'all who may declined it',
  atLimit: 'all who may hold as much as they can',
  notQualified: 'newcomers must pass controls first',
  coolingDown: 'rests after it was given back',
  reservedFor: 'waits for the person who had it',
  queuePaused: 'the project is paused',
  noEligiblePerson: 'nobody is there at all',
}

/** The settings of a project that are numbers, and what each does. */
export const NUMBERS = {
  maxConcurrentPerUser: {
    title: 'Most at once',
    unit: 'a person',
    help: 'Live assignments of one person, over all projects.',
  },
  leaseMinutes: {
    title: 'Lease',
    unit: 'minutes',
    help: 'An assignment without activity goes back after this long.',
  },
  cooldownMinutes: {
    title: 'Rest',
    unit: 'minutes',
    help: 'A place that was given back, lost or declined rests this long.',
  },
  maxReturns: {
    title: 'Most returns',
    unit: 'a task',
    help: 'Reviews may send a task back so often; then it is decided.',
  },
  holdMinutes: { title: 'Hold', unit: 'minutes', help: 'What was sent back waits this long for its person.' },
  undoSeconds: {
    title: 'Undo',
    unit: 'seconds',
    help: 'The workbench lets a submission be taken back this long, 0 to 30.',
  },
} as const
