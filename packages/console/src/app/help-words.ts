/** What help says of keys. */
export const KEY_WORDS = {
  also: 'and an arrow',
  back: 'Reset',
  change: 'Change keys…',
  note: 'Choose the key of a deed, then press another. It is kept for you, on every machine.',
  off: 'Off',
  press: 'Press a key',
  reset: 'Reset all keys',
} as const
