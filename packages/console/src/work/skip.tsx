import type { Form } from '@muster/core/forms'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { Button, Key } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { isTyping, pressed } from '../keys/keymap.ts'
import './skip.css'
import type { AnswerCode } from './shift.ts'
import { SKIPS } from './words.ts'
import { WordsField } from './words-field.tsx'

interface SkipProps {
  readonly form: Form | null
  readonly onClose: () => void
  /** Declines; gives what the server has against it. */
  readonly onSkip: (code: AnswerCode, comment: string) => Promise<string | undefined>
}

/** Asks why an item is declined: by number, and with words where the form wants them. */
export function Skip({ form, onClose, onSkip }: SkipProps): VNode {
  const codes = (form?.skip?.codes ?? Object.keys(SKIPS)) as readonly AnswerCode[]
  const needsWords = form?.skip?.commentRequired === true
  const comment = useSignal('')
  const fault = useSignal('')
  const skip = async (code: AnswerCode): Promise<void> => {
    if (needsWords && comment.value.trim() === '') {
      fault.value = 'This form wants a word on why.'
      return
    }
    fault.value = (await onSkip(code, comment.value.trim())) ?? ''
  }
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event.target)) return
      const code = codes[Number(pressed(event)) - 1]
      if (code === undefined) return
      event.preventDefault()
      event.stopPropagation()
      void skip(code)
    }
    addEventListener('keydown', onKey, { capture: true })
    return () => removeEventListener('keydown', onKey, { capture: true })
  }, [])
  return (
    <Dialog title="Why do you skip it?" onClose={onClose}>
      <p>It goes to somebody else, and does not come back to you.</p>
      <div class="skip-codes">
        {codes.map((code, place) => (
          <button
            key={code}
            type="button"
            class="option"
            aria-keyshortcuts={String(place + 1)}
            onClick={() => void skip(code)}
          >
            <Key name={String(place + 1)} />
            <span>{SKIPS[code]}</span>
          </button>
        ))}
      </div>
      <WordsField
        label={`In words${needsWords ? '' : ', if you like'}`}
        rows={2}
        words={comment}
        fault={fault}
      />
      <div class="deeds">
        <Button kind="quiet" onClick={onClose}>
          Keep the item
        </Button>
      </div>
    </Dialog>
  )
}
