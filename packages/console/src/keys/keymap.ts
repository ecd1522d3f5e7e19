import { BINDINGS, type Deed, keysOf, type Place } from './bindings.ts'
import { areSingleKeysOn } from './single-keys.ts'

/** What was pressed, as the table spells it; undefined if it is no key of the page, or is held down and `mayRepeat` is not said. */
export function pressed(event: KeyboardEvent, mayRepeat = false): string | undefined {
  // AltGr writes characters, and is told as ctrl and alt on some systems.
  if (event.isComposing || event.altKey || event.getModifierState('AltGraph')) return undefined
  if (event.repeat && !mayRepeat) return undefined
  const key = letterOf(event)
  if (key === 'control' || key === 'shift' || key === 'meta' || key === 'alt') return undefined
  const command = event.ctrlKey || event.metaKey ? 'ctrl+' : ''
  if (command === '' && key.length === 1 && !areSingleKeysOn.peek()) return undefined
  // A sign that needs shift on some layout is that sign; a letter or a named key with shift is another key.
  const shift = event.shiftKey && (key.length > 1 || /^[a-z0-9]$/.test(key)) ? 'shift+' : ''
  return `${command}${shift}${key}`
}

/** What the layout says where that is Latin, else what stands at the place; digits also by their place. */
function letterOf({ key, code }: KeyboardEvent): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1]
  if (digit !== undefined && !/^[a-z]$/i.test(key)) {
    // `=`, `?` and the like are signs of their own on many layouts.
    if (/^\d$/.test(key) || !/^[=?/.+]$/.test(key)) return digit
  }
  if (key.length > 1 || /^[\x21-\x7e]$/.test(key)) return key.toLowerCase()
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  return (letter ?? key).toLowerCase()
}

/** Whether single keys are text here. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  )
}

/** Whether something is open over the page, or on its way there: keys are no longer the page's. */
export function isCovered(): boolean {
  return document.querySelector('dialog[open], [data-coming]') !== null
}

/** Whether keys are taken by what is open over the page or by a list of choices. */
export function isTaken(target: EventTarget | null): boolean {
  if (isCovered()) return true
  return (
    target instanceof HTMLElement &&
    target.closest('[role="listbox"], [role="menu"], [role="combobox"]') !== null
  )
}

/** Whether the key is the element's own: `Enter` and blanks on what is pressed by them. */
export function isOwnKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (key !== 'enter' && key !== ' ') return false
  return target.closest('button, a[href], summary, select, [role="button"]') !== null
}

/** The deed that a key has at one of these places, the first place first. */
export function deedOf(key: string, places: readonly Place[]): Deed | undefined {
  for (const place of places) {
    const found = BINDINGS.find((binding) => binding.place === place && keysOf(binding).includes(key))
    if (found) return found.deed
  }
  return undefined
}
