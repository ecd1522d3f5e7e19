import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { Button } from '../design/button.tsx'
import { keyOf } from '../keys/bindings.ts'
import { deedOf, isCovered, isTyping, pressed } from '../keys/keymap.ts'
import type { Shift } from './shift.ts'
import './undo.css'
import { WORDS } from './words.ts'

/** Says that the last item was handed in, for as long as it can be taken back. */
export function Undo({ shift }: { readonly shift: Shift }): VNode | null {
  const left = shift.undoLeft.value
  if (left === 0) return null
  return (
    <p class="undo">
      <span>{WORDS.submitted}</span>
      <Button kind="quiet" keyName={keyOf('undo')} onClick={() => void shift.undo()}>
        {WORDS.undo}
      </Button>
      <span class="undo-left">{left} s</span>
    </p>
  )
}

/** The key of it where no item is in sight. */
export function useUndoKey(shift: Shift): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const key = pressed(event)
      if (key === undefined || event.defaultPrevented || isTyping(event.target)) return
      if (shift.view.peek().kind === 'item' || isCovered()) return
      if (deedOf(key, ['work']) === 'undo') void shift.undo()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [shift])
}
