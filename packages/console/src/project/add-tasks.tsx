import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Confirm } from '../design/confirm.tsx'
import { Field } from '../design/field.tsx'
import { figure } from '../design/time.ts'
import { payloadsOf } from './data.ts'
import { WORDS } from './words.ts'

interface AddTasksProps {
  readonly projectId: string
  readonly onAdded: () => Promise<void>
  readonly onClose: () => void
}

/** Adds tasks by their payloads; the number is on the button. */
export function AddTasks({ projectId, onAdded, onClose }: AddTasksProps): VNode {
  const text = useSignal('')
  const { payloads, fault } = payloadsOf(text.value)
  const many = payloads.length
  const once = useOnce()
  return (
    <Confirm
      title={WORDS.addTitle}
      deed={`Add ${figure(many)} ${many === 1 ? 'task' : 'tasks'}`}
      isOff={many === 0}
      onClose={onClose}
      act={async () => {
        const body = { tasks: payloads.map((payload) => ({ payload })) }
        await once(body, (key) =>
          call('POST /projects/{projectId}/tasks', { params: { projectId }, body }, { key }),
        )
        await onAdded()
      }}
    >
      <Field
        label={WORDS.addField}
        help={WORDS.addHelp}
        fault={fault}
        isTall
        value={text.value}
        onInput={(value) => (text.value = value)}
      />
    </Confirm>
  )
}
