import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { BINDINGS, keyOf } from './bindings.ts'
import { clashes, refusal } from './clashes.ts'
import { deedOf, pressed } from './keymap.ts'
import { areSingleKeysOn, ownKeys } from './single-keys.ts'

/** A key as a browser tells it. */
function key(name: string, more: Partial<KeyboardEvent> & { altGraph?: boolean } = {}): KeyboardEvent {
  const { altGraph = false, ...rest } = more
  return {
    key: name,
    code: '',
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    repeat: false,
    isComposing: false,
    getModifierState: (modifier: string) => modifier === 'AltGraph' && altGraph,
    ...rest,
  } as KeyboardEvent
}

it('gives no two deeds of one page the same key, nor one that begins a sequence', () => {
  expect(clashes()).toEqual([])
})

it('reads letters by the layout if they are Latin, else by their place, and digits also by theirs', () => {
  expect(pressed(key('s', { code: 'KeyO' }))).toBe('s')
  expect(pressed(key('ы', { code: 'KeyS' }))).toBe('s')
  expect(pressed(key('&', { code: 'Digit1' }))).toBe('1')
  expect(pressed(key('à', { code: 'Digit0' }))).toBe('0')
  expect(pressed(key('1', { code: 'Digit1' }))).toBe('1')
  expect(pressed(key('S', { code: 'KeyS', shiftKey: true }))).toBe('shift+s')
  expect(pressed(key('?', { code: 'Minus', shiftKey: true }))).toBe('?')
  expect(pressed(key('=', { code: 'Digit0', shiftKey: true }))).toBe('=')
  expect(pressed(key('Enter', { ctrlKey: true }))).toBe('ctrl+enter')
  expect(pressed(key('Enter', { metaKey: true }))).toBe('ctrl+enter')
  expect(pressed(key('ArrowLeft', { shiftKey: true }))).toBe('shift+arrowleft')
})

it('takes no single key where somebody has switched them off, and all others', () => {
  areSingleKeysOn.value = false
  try {
    expect(pressed(key('s'))).toBeUndefined()
    expect(pressed(key('1', { code: 'Digit1' }))).toBeUndefined()
    expect([pressed(key('Enter')), pressed(key('k', { ctrlKey: true }))]).toEqual(['enter', 'ctrl+k'])
  } finally {
    areSingleKeysOn.value = true
  }
})

it('takes nothing that is held down, composed, or written with AltGr', () => {
  expect(pressed(key('Enter', { repeat: true }))).toBeUndefined()
  expect(pressed(key('j', { repeat: true }), true)).toBe('j')
  expect(pressed(key('Enter', { isComposing: true }))).toBeUndefined()
  expect(pressed(key('@', { altGraph: true }))).toBeUndefined()
  expect(pressed(key('a', { altKey: true }))).toBeUndefined()
  expect(pressed(key('Shift'))).toBeUndefined()
})

it('finds the deed of the nearest place', () => {
  expect(deedOf('delete', ['marking', 'work'])).toBe('unmark')
  expect(deedOf('delete', ['work'])).toBeUndefined()
  expect(deedOf('g w', ['anywhere'])).toBe('goWork')
})

it('goes by the keys that somebody chose, in the table and in tooltips, and by none that is off', () => {
  ownKeys.value = { undo: 'z', rowDown: 'n', flag: '', hold: 7 }
  try {
    expect(deedOf('z', ['work'])).toBe('undo')
    expect(deedOf('shift+z', ['work'])).toBe('undo')
    expect(deedOf('u', ['work'])).toBeUndefined()
    expect([deedOf('n', ['list']), deedOf('j', ['list']), deedOf('arrowdown', ['list'])]).toEqual([
      'rowDown',
      undefined,
      'rowDown',
    ])
    expect(deedOf('f', ['work'])).toBeUndefined()
    expect(deedOf('.', ['live'])).toBe('hold')
    expect([keyOf('undo'), keyOf('flag')]).toEqual(['z', ''])
    expect(refusal('skip', 'z')).toBe('z is taken by “Take the last submission back”.')
    expect(refusal('skip', 'u')).toBeUndefined()
    expect(refusal('skip', 'f')).toBeUndefined()
  } finally {
    ownKeys.value = {}
  }
})

it('refuses a key that another deed of the same page has, by its name, and keys that are no single ones', () => {
  expect(refusal('skip', 'u')).toContain('Take the last submission back')
  expect(refusal('skip', 'n')).toBeUndefined()
  expect(refusal('newRun', 'j')).toContain('Row below')
  expect(refusal('skip', '/')).toContain('Search this page')
  expect(refusal('rowDown', 'a')).toContain('Assign all')
  expect(refusal('skip', 'g')).toContain('Go to Work')
  expect(refusal('skip', '1')).toBe('Digits answer questions.')
  expect(refusal('skip', '+')).toContain('cannot be chosen')
  for (const key of ['é', 'enter', ' ']) expect(refusal('skip', key)).toContain('a letter or a sign')
  expect(refusal('skip', 's')).toBeUndefined()
})

it('has every key that the guide names', async () => {
  const guide = await readFile(new URL('../../../../docs/console.md', import.meta.url), 'utf8')
  const missing = BINDINGS.map(({ deed }) => keyOf(deed).split(' ')[0] ?? '').filter(
    (key) => !guide.includes(key),
  )
  expect(missing).toEqual(['Esc'])
})
