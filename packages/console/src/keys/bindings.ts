/** Where a key acts. */
export type Place = 'anywhere' | 'work' | 'marking' | 'ranking'

/** One deed and its keys; help, tooltips and tests are made from this table. */
export interface Binding {
  readonly deed: string
  readonly place: Place
  /** As `event.key` has them, lower case; `ctrl+` stands for ⌘ too, and keys with blanks between are pressed one after the other. */
  readonly keys: readonly string[]
  readonly title: string
}

/** Every key of the page but those of forms, which their authors choose. */
export const BINDINGS = [
  { deed: 'goWork', place: 'anywhere', keys: ['g w'], title: 'Go to Work' },
  { deed: 'goQueue', place: 'anywhere', keys: ['g q'], title: 'Go to My queue' },
  { deed: 'help', place: 'anywhere', keys: ['?'], title: 'Keys and help' },
  { deed: 'leave', place: 'anywhere', keys: ['escape'], title: 'Close, or leave a field' },

  { deed: 'nextQuestion', place: 'work', keys: ['arrowdown'], title: 'Next question' },
  { deed: 'previousQuestion', place: 'work', keys: ['arrowup'], title: 'Question before' },
  { deed: 'enter', place: 'work', keys: ['enter'], title: 'Next question; on the last one, submit' },
  { deed: 'submit', place: 'work', keys: ['ctrl+enter'], title: 'Submit and next, also while typing' },
  { deed: 'skip', place: 'work', keys: ['s', 'shift+s'], title: 'Skip…' },
  { deed: 'giveBack', place: 'work', keys: ['b', 'shift+b'], title: 'Give back for now' },
  { deed: 'flag', place: 'work', keys: ['f', 'shift+f'], title: 'Flag for the managers…' },
  { deed: 'comment', place: 'work', keys: ['c', 'shift+c'], title: 'Comment' },
  { deed: 'instructions', place: 'work', keys: ['i', 'shift+i'], title: 'Instructions' },

  {
    deed: 'caretLeft',
    place: 'marking',
    keys: ['arrowleft'],
    title: 'Move by a word to the left; with shift, select',
  },
  {
    deed: 'caretRight',
    place: 'marking',
    keys: ['arrowright'],
    title: 'Move by a word to the right; with shift, select',
  },
  { deed: 'nextMark', place: 'marking', keys: ['.'], title: 'Next mark' },
  { deed: 'unmark', place: 'marking', keys: ['delete'], title: 'Remove the mark' },

  { deed: 'rankUp', place: 'ranking', keys: ['arrowleft'], title: 'Move what was put last up' },
  { deed: 'rankTie', place: 'ranking', keys: ['='], title: 'Tie what was put last with the place before' },
  { deed: 'rankClear', place: 'ranking', keys: ['delete'], title: 'Take what was put last out' },
] as const satisfies readonly Binding[]

/** The name of a deed. */
export type Deed = (typeof BINDINGS)[number]['deed']

/** The keys of a deed, as help and tooltips name them. */
export function keyOf(deed: Deed): string {
  const [key = ''] = BINDINGS.find((binding) => binding.deed === deed)?.keys ?? []
  return NAMES[key] ?? key.split(' ').map(named).join(' ')
}

const NAMES: Readonly<Record<string, string>> = {
  'ctrl+enter': 'Ctrl Enter',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  delete: 'Delete',
  enter: 'Enter',
  escape: 'Esc',
}

const named = (key: string): string => NAMES[key] ?? key
