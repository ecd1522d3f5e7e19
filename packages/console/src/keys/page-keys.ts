import { type ReadonlySignal, signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Deed, Place } from './bindings.ts'
import { deedOf, isOwnKey, isTaken, isTyping, pressed } from './keymap.ts'

/** What deeds do. One that answers `false` did nothing, and leaves the key to others. */
export type Deeds = Readonly<Partial<Record<Deed, (event?: KeyboardEvent) => unknown>>>

/** Deeds that are harmless to repeat while their key is held down. */
const REPEATED: ReadonlySet<Deed> = new Set(['rowDown', 'rowUp', 'selectDown', 'selectUp'])

const now = signal<readonly { readonly current: Deeds }[]>([])

/** The deeds that somebody on this page may do now; the palette offers them. */
export const deedsNow: ReadonlySignal<readonly { readonly current: Deeds }[]> = now

/**
 * Gives a page, or a part of it, its deeds for as long as it is there: by their keys at these places, and in the palette. Keys are
 * text where somebody types, and belong to a dialog, a menu or a list of choices that is open.
 */
export function useDeeds(places: readonly Place[], deeds: Deeds): void {
  const latest = useRef(deeds)
  latest.current = deeds
  // Before it is painted: a key that is pressed as soon as something is seen is not lost.
  useLayoutEffect(() => {
    now.value = [latest, ...now.peek()]
    const onKey = (event: KeyboardEvent): void => {
      const key = pressed(event, true)
      if (key === undefined || event.defaultPrevented) return
      if (isTyping(event.target) || isOwnKey(event.target, key) || isTaken(event.target)) return
      const deed = deedOf(key, places)
      if (deed === undefined || (event.repeat && !REPEATED.has(deed))) return
      const act = latest.current[deed]
      if (act !== undefined && act(event) !== false) event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => {
      removeEventListener('keydown', onKey)
      now.value = now.peek().filter((each) => each !== latest)
    }
  }, [])
}
