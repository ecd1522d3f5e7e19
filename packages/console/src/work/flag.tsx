import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { call } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import type { Item } from './item.ts'
import { refusalOf } from './refusal.ts'
import './skip.css'
import { WordsField } from './words-field.tsx'

interface FlagProps {
  readonly item: Item
  readonly onClose: () => void
}

/** Leaves a mark with words for the managers, or takes it away; the item stays. */
export function Flag({ item, onClose }: FlagProps): VNode {
  const comment = useSignal(item.flag.peek() ?? '')
  const fault = useSignal('')
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  const send = async (words: string | undefined): Promise<void> => {
    const params = { id: item.id }
    const refusal = await refusalOf(() =>
      words === undefined
        ? call('DELETE /assignments/{id}/flag', { params })
        : call('PUT /assignments/{id}/flag', { params, body: { comment: words } }),
    )
    fault.value = refusal ?? ''
    if (refusal !== undefined) return
    item.flag.value = words
    onClose()
  }
  return (
    <Dialog title="Flag for the managers" onClose={onClose}>
      <p>They see the flag and your words. The item stays with you.</p>
      <WordsField label="What should they know?" rows={3} words={comment} fault={fault} field={field} />
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
