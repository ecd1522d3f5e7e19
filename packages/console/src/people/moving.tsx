import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { figure } from '../design/time.ts'
import { type PersonWhole, type Reassigned, reassignAll } from './data.ts'
import { WORDS } from './words.ts'

/** What a manager, or an admin, does to somebody. */
export type MoveOf = 'pause' | 'resume' | 'reassign' | 'remove' | 'suspend'

interface MovingProps {
  readonly move: MoveOf
  readonly person: PersonWhole
  readonly projectId: string
  readonly onMoved: () => Promise<void>
  readonly onClose: () => void
}

/** Asks for what a move needs, says what it changes, and makes it. */
export function Moving({ move, person, projectId, onMoved, onClose }: MovingProps): VNode {
  const reason = useSignal('')
  const result = useSignal<Reassigned | undefined>(undefined)
  const { title, says, deed, isDanger, needsReason } = MOVES[move](person)
  const { userId } = person
  const params = { projectId, userId }
  const act = async (): Promise<void> => {
    if (move === 'pause' || move === 'resume')
      await call(`POST /projects/{projectId}/people/{userId}/${move}`, {
        params,
        body: { reason: reason.peek().trim() },
      })
    else if (move === 'remove') await call('DELETE /projects/{projectId}/members/{userId}', { params })
    else if (move === 'suspend')
      await call('PATCH /users/{id}', { params: { id: userId }, body: { status: 'suspended' } })
    else result.value = await reassignAll(person, reason.peek().trim())
    await onMoved()
  }
  if (result.value !== undefined) return <Told result={result.value} onClose={onClose} />
  return (
    <Confirm
      title={title}
      deed={deed}
      isDanger={isDanger}
      isOff={needsReason && reason.value.trim() === ''}
      act={act}
      onClose={() => {
        if (result.peek() === undefined) onClose()
      }}
    >
      <p>{says}</p>
      {needsReason && (
        <Field
          label={WORDS.reason}
          help={WORDS.reasonHelp}
          value={reason.value}
          onInput={(value) => (reason.value = value)}
        />
      )}
    </Confirm>
  )
}

interface Said {
  readonly title: string
  readonly says: string
  readonly deed: string
  readonly isDanger: boolean
  readonly needsReason: boolean
}

const held = (count: number): string => `${figure(count)} ${count === 1 ? 'hold' : 'holds'}`

const MOVES: Readonly<Record<MoveOf, (person: PersonWhole) => Said>> = {
  pause: ({ displayName }) => ({
    title: `Pause ${displayName} in this project`,
    says: WORDS.pausedTo,
    deed: WORDS.pauseDeed,
    isDanger: false,
    needsReason: true,
  }),
  resume: ({ displayName }) => ({
    title: `Resume ${displayName} in this project`,
    says: WORDS.resumedTo,
    deed: WORDS.resumeDeed,
    isDanger: false,
    needsReason: true,
  }),
  reassign: ({ displayName, holds }) => ({
    title: `Reassign what ${displayName} holds`,
    says: `Each of the ${held(holds.length)} goes at once to somebody else whom the rules allow. What nobody else can take stays.`,
    deed: `${WORDS.reassign} ${figure(holds.length)}`,
    isDanger: false,
    needsReason: true,
  }),
  remove: ({ displayName, holds }) => ({
    title: `Remove ${displayName} from this project`,
    says: `${held(holds.length)} in this project ${holds.length === 1 ? 'ends' : 'end'} and the work is open to others. What they submitted stays.`,
    deed: WORDS.removeDeed,
    isDanger: true,
    needsReason: false,
  }),
  suspend: ({ displayName, live }) => ({
    title: `Suspend ${displayName}`,
    says: `${held(live)} over all projects ${live === 1 ? 'ends' : 'end'}, and they are let in nowhere until somebody makes them active again. What they submitted stays.`,
    deed: `${WORDS.suspendDeed}, end ${held(live)}`,
    isDanger: true,
    needsReason: false,
  }),
}

function Told({ result, onClose }: { readonly result: Reassigned; readonly onClose: () => void }): VNode {
  const { moved, stayed } = result
  return (
    <Dialog title={`${figure(moved)} went to others`} onClose={onClose}>
      {stayed.length > 0 && (
        <>
          <p>{figure(stayed.length)} stayed:</p>
          <ul class="held">
            {Array.from(new Set(stayed.map(({ detail }) => detail))).map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        </>
      )}
      <div class="deeds">
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  )
}
