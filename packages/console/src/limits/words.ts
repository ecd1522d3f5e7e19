/** What the page of limits says. */
export const WORDS = {
  title: 'Limits',
  search: 'Keys by their beginning',
  searchMore: 'the beginning of a key, such as model:',
  none: 'There are no keys yet',
  noneMore: 'A key is here once a job has it or somebody sets it.',
  filtered: 'No key begins so',
  clear: 'Clear the filter',
  fresh: 'new keys',
  set: 'Set a key…',
  setTitle: 'Set a key',
  change: 'Change…',
  key: 'Key',
  keyHelp: 'As word:rest, 1 to 200 characters without spaces.',
  save: 'Save',
  stale:
    'Somebody else changed this key meanwhile. What you typed is kept, the rest is theirs: look, then save.',
  exists: 'This key has been set already. What you typed is kept, the rest is as it was: look, then save.',
  cool: 'Cool…',
  coolDeed: 'Cool',
  coolSays: 'Nothing begins under it for so long, in any process. What runs goes on.',
  coolFor: 'For',
  coolHelp: 'More than 0, at most 86\u202f400: a day.',
  warm: 'Warm',
  reset: 'Back to the default…',
  resetTitle: 'Back to the default?',
  resetDeed: 'Drop the settings',
  resetSays:
    'The settings that were made by hand go. The key has what the application says of it, else no limit. What it counts stays.',
  now: 'Now',
  settings: 'Settings',
  open: 'No setting limits it: its use is counted alone.',
  theirs: 'It is not of your projects: only admins change it.',
  paused: 'Paused',
  pausedHelp: 'Nothing begins. What runs goes on to its end.',
} as const

/** Where settings come from. */
export const ORIGINS = { code: 'the application', api: 'set by hand' } as const

/** The settings that are numbers, and the rule of each; `adaptive.` ones are in that member. */
export const NUMBERS = {
  concurrency: {
    title: 'At once',
    unit: 'jobs',
    help: 'Begun and not ended. 0 to 100\u202f000; empty: no limit.',
  },
  perMinute: {
    title: 'Starts a minute',
    unit: 'starts',
    help: '0.01 to 10\u202f000\u202f000; empty: no limit.',
  },
  burst: {
    title: 'Burst',
    unit: 'starts',
    help: 'At once after a rest. 1 to the starts a minute; empty: a hundredth of them.',
  },
  unitsPerMinute: {
    title: 'Units a minute',
    unit: 'units',
    help: 'Such as tokens. 1 to 1\u202f000\u202f000\u202f000\u202f000; empty: no limit.',
  },
  estimate: {
    title: 'Estimate',
    unit: 'units a start',
    help: 'If the job type estimates none. 1 to 1\u202f000\u202f000\u202f000.',
  },
  'adaptive.min': {
    title: 'Adaptive from',
    unit: 'jobs',
    help: 'The window finds its way between this and At once. 1 or more, less than At once; empty: it is fixed.',
  },
  'adaptive.start': {
    title: 'Adaptive start',
    unit: 'jobs',
    help: 'The first window, from the least to At once; empty: 8, or At once if that is less.',
  },
} as const
