import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { CallError, call } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import type { Item } from './item.ts'
import './skip.css'

interface FlagProps {
  readonly item: Item
  readonly onClose: () => void
}

/** Leaves a mark with words for the managers, or takes it away; the item stays. */
export function Flag({ item, onClose }: FlagProps): VNode {
  const comment = useSignal(item.flag.peek() ?? '')
  const fault = useSignal('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])
  const send = async (words: string | undefined): Promise<void> => {
    try {
      const params = { id: item.id }
      if (words === undefined) await call('DELETE /assignments/{id}/flag', { params })
      else await call('PUT /assignments/{id}/flag', { params, body: { comment: words } })
      item.flag.value = words
      onClose()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      fault.value = error.problem.errors?.[0]?.message ?? error.problem.detail
    }
  }
  return (
    <Dialog title="Flag for the managers" onClose={onClose}>
      <p>They see the flag and your words. The item stays with you.</p>
      <label class="skip-comment">
        <span>What should they know?</span>
        <textarea
          ref={field}
          rows={3}
          value={comment.value}
          onInput={(event) => {
            comment.value = event.currentTarget.value
          }}
        />
      </label>
      {fault.value !== '' && (
        <p class="faults" role="alert">
          {fault.value}
        </p>
      )}
      <div class="deeds">
        <Button
          kind="primary"
          disabled={comment.value.trim() === ''}
          onClick={() => void send(comment.value.trim())}
        >
          Flag the item
        </Button>
        {item.flag.value !== undefined && (
          <Button onClick={() => void send(undefined)}>Take the flag away</Button>
        )}
      </div>
    </Dialog>
  )
}
