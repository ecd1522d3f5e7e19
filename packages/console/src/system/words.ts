/** What the page of the system says. */
export const WORDS = {
  title: 'System',
  running: 'running',
  paused: 'paused',
  pause: 'Pause everything…',
  pauseTitle: 'Pause everything',
  pauseDeed: 'Pause all queues',
  pauseSays:
    'No further job begins in any project, and nobody is given work. What is at work goes on to its end. It stays so until somebody resumes.',
  resume: 'Resume everything',
  processes: 'Processes',
  processesNone: 'No process tells of itself.',
  types: 'By type',
  typesNone: 'No job was ever added, and no worker is there.',
  typesOf: 'rate: the last five minutes; lost: the last hour',
  setup: 'How it is set up',
  users: 'Users',
  usersNone: 'Nobody is in the directory.',
  usersMore: 'Show more',
  noScheduler: 'No process that is alive schedules: retries, delays and lapsed work stay where they are.',
  noSchedulerDo: 'Start one with the role scheduler, or a worker that schedules as well.',
  inMemory: 'in memory, gone with the process',
  anyIssuer: 'not checked: whoever has the key',
  noLimit: 'none',
  silent: 'silent',
  alive: 'alive',
  version: 'Muster',
  database: 'Database',
  migrations: 'Migrations',
  issuer: 'Issuer of tokens',
  facts: 'Facts are kept for',
  drafts: 'Drafts are kept for',
  limit: 'Requests a minute and person',
} as const

/** The parts that processes play. */
export const ROLES: Readonly<Record<string, string>> = {
  api: 'answers calls',
  worker: 'works',
  scheduler: 'schedules',
}

/** How backends are named; others by their own names. */
export const BACKENDS: Readonly<Record<string, string>> = {
  persistence: 'Database',
  redis: 'Redis',
}
