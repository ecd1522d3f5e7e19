import type { PageName } from '../route/route.ts'
import { ownKeys } from './single-keys.ts'

/** Where a key acts: on every page, on those with a list, on those that follow what happens, on one page, in one kind of question. */
export type Place = 'anywhere' | 'list' | 'live' | 'marking' | 'ranking' | PageName

/** The places of a page, the nearest first; what acts anywhere acts there too. */
export const PLACES_OF: Readonly<Record<PageName, readonly Place[]>> = {
  work: ['work', 'marking', 'ranking'],
  queue: ['queue', 'list'],
  project: ['project', 'live'],
  runs: ['runs', 'list', 'live'],
  run: ['run', 'list', 'live'],
  results: ['results', 'list', 'live'],
  compare: ['compare', 'list', 'live'],
  calibrate: ['calibrate', 'list', 'live'],
  schedules: ['schedules', 'list', 'live'],
  imports: ['imports', 'list', 'live'],
  tasks: ['tasks', 'list', 'live'],
  task: ['task', 'live'],
  people: ['people', 'list', 'live'],
  jobs: ['jobs', 'list', 'live'],
  limits: ['limits', 'list', 'live'],
  usage: ['usage', 'live'],
  system: ['system', 'live'],
  activity: ['activity', 'list', 'live'],
}

/** One deed and its keys; help, tooltips and tests are made from this table. */
export interface Binding {
  readonly deed: string
  readonly place: Place
  /** As `event.key` has them, lower case; `ctrl+` stands for ⌘ too, and keys with blanks between are pressed one after the other. */
  readonly keys: readonly string[]
  readonly title: string
  /** The page that it goes to. */
  readonly page?: PageName
}

/** Every key of the page but those of forms, which their authors choose. */
export const BINDINGS = [
  { deed: 'goWork', place: 'anywhere', keys: ['g w'], title: 'Go to Work', page: 'work' },
  { deed: 'goQueue', place: 'anywhere', keys: ['g q'], title: 'Go to My queue', page: 'queue' },
  { deed: 'goProject', place: 'anywhere', keys: ['g p'], title: 'Go to Project', page: 'project' },
  { deed: 'goRuns', place: 'anywhere', keys: ['g r'], title: 'Go to Runs', page: 'runs' },
  { deed: 'goResults', place: 'anywhere', keys: ['g e'], title: 'Go to Results', page: 'results' },
  { deed: 'goCompare', place: 'anywhere', keys: ['g c'], title: 'Go to Compare', page: 'compare' },
  { deed: 'goCalibrate', place: 'anywhere', keys: ['g b'], title: 'Go to Calibrate', page: 'calibrate' },
  { deed: 'goSchedules', place: 'anywhere', keys: ['g h'], title: 'Go to Schedules', page: 'schedules' },
  { deed: 'goImports', place: 'anywhere', keys: ['g i'], title: 'Go to Import', page: 'imports' },
  { deed: 'goTasks', place: 'anywhere', keys: ['g t'], title: 'Go to Tasks', page: 'tasks' },
  { deed: 'goPeople', place: 'anywhere', keys: ['g o'], title: 'Go to People', page: 'people' },
  { deed: 'goJobs', place: 'anywhere', keys: ['g j'], title: 'Go to Jobs', page: 'jobs' },
  { deed: 'goLimits', place: 'anywhere', keys: ['g l'], title: 'Go to Limits', page: 'limits' },
  { deed: 'goUsage', place: 'anywhere', keys: ['g u'], title: 'Go to Usage', page: 'usage' },
  { deed: 'goSystem', place: 'anywhere', keys: ['g s'], title: 'Go to System', page: 'system' },
  { deed: 'goActivity', place: 'anywhere', keys: ['g a'], title: 'Go to Activity', page: 'activity' },
  { deed: 'search', place: 'anywhere', keys: ['/'], title: 'Search this page' },
  { deed: 'palette', place: 'anywhere', keys: ['ctrl+k'], title: 'Go to anything, do anything' },
  { deed: 'help', place: 'anywhere', keys: ['?'], title: 'Keys and help' },
  { deed: 'leave', place: 'anywhere', keys: ['escape'], title: 'Close, or leave a field' },

  { deed: 'hold', place: 'live', keys: ['.'], title: 'Hold what is shown' },

  { deed: 'rowDown', place: 'list', keys: ['j', 'arrowdown'], title: 'Row below' },
  { deed: 'rowUp', place: 'list', keys: ['k', 'arrowup'], title: 'Row above' },
  { deed: 'openRow', place: 'list', keys: ['enter'], title: 'Open the row' },
  { deed: 'selectRow', place: 'list', keys: ['x'], title: 'Select the row' },
  { deed: 'selectDown', place: 'list', keys: ['shift+arrowdown'], title: 'Select down' },
  { deed: 'selectUp', place: 'list', keys: ['shift+arrowup'], title: 'Select up' },
  {
    deed: 'selectAll',
    place: 'list',
    keys: ['ctrl+a'],
    title: 'Select all shown; again, all that match',
  },

  { deed: 'giveBackEntry', place: 'queue', keys: ['b'], title: 'Give the item back' },
  { deed: 'newRun', place: 'runs', keys: ['n'], title: 'New run…' },
  { deed: 'pauseRun', place: 'run', keys: ['p'], title: 'Pause or resume the run' },
  { deed: 'newComparison', place: 'compare', keys: ['n'], title: 'New comparison…' },
  { deed: 'sendPairs', place: 'compare', keys: ['s'], title: 'Send pairs to people…' },
  { deed: 'newCalibration', place: 'calibrate', keys: ['n'], title: 'New calibration…' },
  { deed: 'newSchedule', place: 'schedules', keys: ['n'], title: 'New schedule…' },
  {
    deed: 'pauseSchedule',
    place: 'schedules',
    keys: ['p'],
    title: 'Pause or resume the open schedule',
  },
  { deed: 'newImport', place: 'imports', keys: ['n'], title: 'New import…' },
  { deed: 'assign', place: 'tasks', keys: ['a'], title: 'Assign all…' },
  { deed: 'setLimit', place: 'limits', keys: ['n'], title: 'Set a key…' },
  { deed: 'newBudget', place: 'usage', keys: ['n'], title: 'New budget…' },
  { deed: 'retry', place: 'jobs', keys: ['r'], title: 'Retry all that match…' },
  { deed: 'cause', place: 'jobs', keys: ['e'], title: 'Show the cause alone' },

  { deed: 'nextQuestion', place: 'work', keys: ['arrowdown'], title: 'Next question' },
  { deed: 'previousQuestion', place: 'work', keys: ['arrowup'], title: 'Question before' },
  { deed: 'enter', place: 'work', keys: ['enter'], title: 'Next question, or submit' },
  { deed: 'submit', place: 'work', keys: ['ctrl+enter'], title: 'Submit and next, also while typing' },
  { deed: 'undo', place: 'work', keys: ['u', 'shift+u'], title: 'Take the last submission back' },
  { deed: 'past', place: 'work', keys: ['['], title: 'What you did last' },
  { deed: 'pastBack', place: 'work', keys: [']'], title: 'Newer, then the item' },
  { deed: 'skip', place: 'work', keys: ['s', 'shift+s'], title: 'Skip…' },
  { deed: 'giveBack', place: 'work', keys: ['b', 'shift+b'], title: 'Give back for now' },
  { deed: 'flag', place: 'work', keys: ['f', 'shift+f'], title: 'Flag for the managers…' },
  { deed: 'comment', place: 'work', keys: ['c', 'shift+c'], title: 'Comment' },
  { deed: 'instructions', place: 'work', keys: ['i', 'shift+i'], title: 'Instructions' },

  {
    deed: 'caretLeft',
    place: 'marking',
    keys: ['arrowleft'],
    title: 'A word left; shift selects',
  },
  {
    deed: 'caretRight',
    place: 'marking',
    keys: ['arrowright'],
    title: 'A word right; shift selects',
  },
  { deed: 'nextMark', place: 'marking', keys: ['.'], title: 'Next mark' },
  { deed: 'unmark', place: 'marking', keys: ['delete'], title: 'Remove the mark' },

  { deed: 'rankUp', place: 'ranking', keys: ['arrowleft'], title: 'Move the last one up' },
  { deed: 'rankTie', place: 'ranking', keys: ['='], title: 'Tie the last two' },
  { deed: 'rankClear', place: 'ranking', keys: ['delete'], title: 'Take the last one out' },
] as const satisfies readonly Binding[]

/** The name of a deed. */
export type Deed = (typeof BINDINGS)[number]['deed']

/** What the table says of a deed. */
export function bindingOf(deed: Deed | undefined): Binding | undefined {
  return BINDINGS.find((binding) => binding.deed === deed)
}

/** Whether a key of the table is a letter or sign, with or without shift: a person may choose another. */
export const isSingle = (key: string): boolean => /^(?:shift\+)?.$/.test(key)

/** The keys of a deed as this person has them. */
export function keysOf({ deed, keys }: Binding): readonly string[] {
  const own = ownKeys.value[deed]
  if (typeof own !== 'string') return keys
  return keys.flatMap((key) => (isSingle(key) ? (own === '' ? [] : key.slice(0, -1) + own) : key))
}

/** The keys of a deed, as help and tooltips name them; empty if it has none. */
export function keyOf(deed: Deed): string {
  const binding = bindingOf(deed)
  const [key = ''] = binding === undefined ? [] : keysOf(binding)
  return key
    .split(' ')
    .map((one) => one.split('+').map(named).join(' '))
    .join(' ')
}

const NAMES: Readonly<Record<string, string>> = {
  ctrl: 'Ctrl',
  shift: 'Shift',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  delete: 'Delete',
  enter: 'Enter',
  escape: 'Esc',
}

const named = (key: string): string => NAMES[key] ?? key
