/** What the page of schedules says. */
export const WORDS = {
  title: 'Schedules',
  none: 'Nothing starts by the clock yet',
  noneMore: 'A schedule starts a job, a run or a fit at the moments that its rule names.',
  noneOthers: 'Managers of the project can add schedules.',
  fresh: 'new schedules',
  add: 'New schedule…',
  addTitle: 'New schedule',
  change: 'Change…',
  changeTitle: 'Change the schedule',
  save: 'Save',
  pause: 'Pause',
  resume: 'Resume',
  fire: 'Start now…',
  fireTitle: 'Start its work now?',
  fireDeed: 'Start now',
  fireSays: 'It starts whatever runs of it, and also while the schedule is paused. Its next tick stays.',
  fireAt: 'Start it',
  fireAtTitle: 'Start the work of this tick?',
  fireAtSays: 'It starts now, as it would have at',
  remove: 'Remove…',
  removeTitle: 'Remove the schedule?',
  removeDeed: 'Remove',
  removeSays:
    'Nothing fires any more, and its rule and the list of its ticks go. It cannot be undone. Jobs and runs that it started stay.',
  gone: 'There is no such schedule: somebody may have removed it.',
  stale:
    'Somebody else changed this schedule meanwhile. What you typed is kept, the rest is theirs: look, then save.',
  late: 'Its tick is due and nobody fires it: no process schedules.',
  next: 'Next ticks',
  nextNone: 'None: its rule names no further moment.',
  nextPaused: 'It is paused: these come once it is resumed.',
  starts: 'What it starts',
  rules: 'When things go wrong',
  ticks: 'Last ticks',
  ticksNone: 'No tick has come yet.',
  ticksMore: 'They are kept for 90 days.',
  older: 'Older ticks',
  job: 'Its job',
  run: 'Its run',
  name: 'Name',
  nameHelp: 'Unique in its project',
  rule: 'When',
  cron: 'Expression',
  cronHelp: 'minute hour day month weekday, such as 30 2 * * MON-FRI',
  zone: 'Zone',
  every: 'Every',
  unit: 'Unit',
  anchor: 'Counted from',
  anchorHelp: 'On the clock of this browser; empty: from now',
  at: 'At',
  here: 'On the clock of this browser',
  jobType: 'Job type',
  payload: 'Payload, as JSON',
  payloadHelp:
    '{ "$": "/tick" } stands for the planned moment; /previous for the one before, /scheduleId likewise',
  priorityHelp: 'Empty: that of the type',
  definition: 'Definition',
  noDefinition: 'The project has no definition yet: import one, or choose a job.',
  models: 'Models',
  modelsHelp: 'Names with commas between',
  step: 'Step',
  question: 'Question',
  refitHelp: 'Empty: the only one there is',
  json: 'As JSON',
  jsonHelp: 'All that POST /projects/:projectId/schedules takes as start',
  missed: 'Missed ticks',
  maxCatchUp: 'Made up at most',
  grace: 'Grace',
  graceHelp: 'A tick that nobody fired for longer is missed',
  overlap: 'While its last work still runs',
  jitter: 'Jitter',
  jitterHelp: 'Each tick starts up to so much later',
  startsAt: 'Not before',
  endsAt: 'Not after',
} as const

/** The rules in time to choose from. */
export const RULES = [
  { value: 'cron', title: 'By an expression' },
  { value: 'every', title: 'Every so often' },
  { value: 'once', title: 'Once' },
] as const

/** What may be started. */
export const STARTS = [
  { value: 'run', title: 'A run' },
  { value: 'job', title: 'A job' },
  { value: 'refit', title: 'A fit of the accuracy of people' },
  { value: 'json', title: 'As JSON' },
] as const

/** What becomes of ticks that nobody fired in time. */
export const MISSED = [
  { value: 'one', title: 'The latest is made up' },
  { value: 'skip', title: 'None is made up' },
  { value: 'all', title: 'All are made up' },
] as const

/** What becomes of a tick while what the last one started still runs. */
export const OVERLAPS = [
  { value: 'skip', title: 'Pass the tick over' },
  { value: 'allow', title: 'Start beside it' },
  { value: 'cancel', title: 'Cancel it, then start' },
] as const

/** Said of a tick that summer time moves or repeats. */
export const NOTES = { moved: 'moved by the clock', repeated: 'repeated by the clock' } as const
