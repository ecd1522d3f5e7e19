import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { call } from '../api/call.ts'
import { Confirm } from '../design/confirm.tsx'
import { Field } from '../design/field.tsx'
import { Loading } from '../design/loading.tsx'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import { outsiders, type Person } from './data.ts'
import { WORDS } from './words.ts'

interface AddMemberProps {
  readonly projectId: string
  readonly members: readonly Person[]
  readonly onAdded: () => Promise<void>
  readonly onClose: () => void
}

/** Chooses somebody of the directory for the project. */
export function AddMember({ projectId, members, onAdded, onClose }: AddMemberProps): VNode {
  const known = new Set(members.map(({ userId }) => userId))
  const users = useReading(() => outsiders((id) => known.has(id)))
  const chosen = useSignal('')
  useEffect(() => void users.again(), [])
  const choices = users.value.value?.users
  const userId = chosen.value === '' ? choices?.[0]?.userId : chosen.value
  return (
    <Confirm
      title={WORDS.addTitle}
      deed={WORDS.addDeed}
      isOff={userId === undefined}
      onClose={onClose}
      act={async () => {
        await call('PUT /projects/{projectId}/members/{userId}', {
          params: { projectId, userId: userId ?? '' },
        })
        await onAdded()
      }}
    >
      {users.problem.value !== undefined && (
        <Trouble problem={users.problem.value} onAgain={() => void users.again()} />
      )}
      {choices === undefined ? (
        <Loading rows={2} />
      ) : choices.length === 0 ? (
        <p>{WORDS.addNobody}</p>
      ) : (
        <Field
          label={WORDS.addWhom}
          value={userId ?? ''}
          onInput={(value) => (chosen.value = value)}
          {...(users.value.value?.isWhole === false && { help: WORDS.addFirst })}
          choices={choices.map((user) => ({
            value: user.userId,
            title: `${user.displayName} · ${user.role}`,
          }))}
        />
      )}
    </Confirm>
  )
}
