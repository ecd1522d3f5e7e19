import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { Confirm } from '../design/confirm.tsx'
import { Field } from '../design/field.tsx'
import { priorityOf } from '../design/priority.ts'
import { PriorityField } from '../design/priority-field.tsx'
import type { Known } from './data.ts'
import { nameOfTask } from './data.ts'
import { lowered, type Remedy } from './why.ts'
import { WORDS } from './words.ts'

/** The deed that is being asked about. */
export type Asking =
  | { readonly kind: 'priority' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'remedy'; readonly remedy: Remedy }

interface DeedsProps {
  readonly asking: Asking
  readonly known: Known
  readonly onClose: () => void
  readonly onDone: () => void
  readonly onAbout: (userId: string) => void
}

/** Asks for what a deed needs, says what it changes, and does it with what was seen. */
export function Deeds({ asking, known, onClose, onDone, onAbout }: DeedsProps): VNode {
  const close = { onClose, onDone }
  if (asking.kind === 'priority') return <Priority known={known} {...close} />
  if (asking.kind === 'cancel') return <Cancel known={known} {...close} />
  if (asking.kind === 'ask') return <Ask onClose={onClose} onAbout={onAbout} />
  const { remedy } = asking
  if (remedy.kind === 'lower') return <Lower known={known} remedy={remedy} {...close} />
  if (remedy.kind === 'endReservations') return <EndReservations known={known} {...close} />
  return <Choose known={known} remedy={remedy} {...close} />
}

interface Closing {
  readonly onClose: () => void
  readonly onDone: () => void
}

function Priority({ known: { task }, onClose, onDone }: Closing & { readonly known: Known }): VNode {
  const text = useSignal(String(task.priority ?? 0))
  const priority = priorityOf(text.value)
  return (
    <Confirm
      title="Priority"
      deed={`Set to ${priority ?? '…'}`}
      isOff={priority === undefined}
      onClose={onClose}
      act={() =>
        call(
          'PATCH /tasks/{id}',
          { params: { id: task.taskId }, body: { ...(priority !== undefined && { priority }) } },
          { version: task.version },
        ).then(onDone)
      }
    >
      <PriorityField value={text.value} onInput={(next) => (text.value = next)} />
    </Confirm>
  )
}

function Cancel({ known: { task }, onClose, onDone }: Closing & { readonly known: Known }): VNode {
  const live = task.assignments.filter(({ status }) =>
    ['assigned', 'accepted', 'in_progress'].includes(status),
  )
  return (
    <Confirm
      title={`Cancel ${nameOfTask(task)}?`}
      deed="Cancel the task"
      isDanger
      onClose={onClose}
      act={() =>
        call(
          'POST /tasks/{id}/cancel',
          { params: { id: task.taskId }, body: {} },
          { version: task.version },
        ).then(onDone)
      }
    >
      <p>
        It is given to nobody any longer, for good.
        {live.length > 0 &&
          ` ${live.length === 1 ? 'One person loses' : `${live.length} people lose`} what they hold.`}{' '}
        What was submitted stays.
      </p>
    </Confirm>
  )
}

function Ask({
  onClose,
  onAbout,
}: {
  readonly onClose: () => void
  readonly onAbout: (userId: string) => void
}): VNode {
  const userId = useSignal('')
  return (
    <Confirm
      title="Ask about somebody"
      deed="Ask"
      isOff={userId.value.trim() === ''}
      onClose={onClose}
      act={async () => {
        await call('GET /users/{id}', { params: { id: userId.value.trim() } })
        onAbout(userId.value.trim())
      }}
    >
      <Field
        label={WORDS.askFor}
        help={WORDS.askHelp}
        value={userId.value}
        onInput={(next) => (userId.value = next)}
      />
    </Confirm>
  )
}

function Lower({
  known: { task },
  remedy,
  onClose,
  onDone,
}: Closing & { readonly known: Known; readonly remedy: Remedy & { readonly kind: 'lower' } }): VNode {
  const { requirement, to, people } = remedy
  const skills = requirement.anyOf.join(' or ')
  const own = task.requiredSkills ?? []
  const left = lowered(own, own.find((each) => isSame(each, requirement)) ?? requirement, to)
  return (
    <Confirm
      title={to === 0 ? `Ask for no ${skills}?` : `Lower ${skills} to level ${to}?`}
      deed={to === 0 ? 'Ask for it no longer' : `Lower to level ${to}`}
      onClose={onClose}
      act={() =>
        call(
          'PATCH /tasks/{id}',
          {
            params: { id: task.taskId },
            body: { requiredSkills: left.map((each) => ({ ...each, anyOf: [...each.anyOf] })) },
          },
          { version: task.version },
        ).then(onDone)
      }
    >
      <p>
        This task alone asked for {skills} at {requirement.minLevel}. Then{' '}
        {people.map(({ displayName }) => displayName).join(', ')} may take it at every step.
      </p>
    </Confirm>
  )
}

function EndReservations({ known: { task }, onClose, onDone }: Closing & { readonly known: Known }): VNode {
  return (
    <Confirm
      title="Open what is kept?"
      deed="Open it"
      onClose={onClose}
      act={() =>
        call(
          'POST /tasks/{id}/end-reservations',
          { params: { id: task.taskId }, body: {} },
          { version: task.version },
        ).then(onDone)
      }
    >
      <p>The person who had it does not get it back, unless they ask for it before others do.</p>
    </Confirm>
  )
}

/** Gives it to one of the people whom the decision names, past an exclusion if an admin says why; or takes one in as a member. */
function Choose({
  known: { task },
  remedy,
  onClose,
  onDone,
}: Closing & { readonly known: Known; readonly remedy: Remedy }): VNode {
  const userId = useSignal(remedy.people[0]?.userId ?? '')
  const reason = useSignal('')
  const chosen = remedy.people.find((each) => each.userId === userId.value)
  const name = chosen?.displayName ?? ''
  const isOverride = remedy.kind === 'override'
  const act = (): Promise<unknown> =>
    remedy.kind === 'addMember'
      ? call('PUT /projects/{projectId}/members/{userId}', {
          params: { projectId: task.projectId, userId: userId.value },
        })
      : call('POST /tasks/{id}/assign', {
          params: { id: task.taskId },
          body: { userId: userId.value, ...(isOverride && { override: { reason: reason.value.trim() } }) },
        })
  return (
    <Confirm
      title={remedy.kind === 'addMember' ? 'Add a member' : isOverride ? 'Override the exclusion' : 'Assign'}
      deed={remedy.kind === 'addMember' ? `Add ${name}` : `Assign to ${name}`}
      isOff={chosen === undefined || (isOverride && reason.value.trim() === '')}
      isDanger={isOverride}
      onClose={onClose}
      act={() => act().then(onDone)}
    >
      <Field
        label={WORDS.assignWho}
        value={userId.value}
        onInput={(next) => (userId.value = next)}
        choices={remedy.people.map((each) => ({ value: each.userId, title: each.displayName }))}
      />
      {isOverride && (
        <Field
          label="Why"
          isTall
          value={reason.value}
          onInput={(next) => (reason.value = next)}
          help={`${name} did another step of this task. What you write is kept with the assignment.`}
        />
      )}
    </Confirm>
  )
}

const isSame = (
  one: { readonly anyOf: readonly string[]; readonly minLevel: number },
  other: { readonly anyOf: readonly string[]; readonly minLevel: number },
): boolean => one.minLevel === other.minLevel && one.anyOf.join() === other.anyOf.join()
