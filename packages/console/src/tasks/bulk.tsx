import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { type AnswerOf, CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { Progress } from '../design/progress.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { follow } from '../feed/follow.ts'
import { type Filters, queryOf } from './data.ts'
import { WAITS, WORDS } from './words.ts'

/** The tasks that a deed is about: those named, or all that match. */
export interface Chosen {
  readonly projectId: string | undefined
  readonly filters: Filters
  /** undefined: all that match. */
  readonly ids: readonly string[] | undefined
  readonly count: number
}

interface DeedProps {
  readonly chosen: Chosen
  readonly onClose: () => void
  readonly onDone: () => void
}

type Operation = AnswerOf<'GET /operations/{id}'>

/** What the server is asked to move: nothing but what can be moved, which is open. */
function filterOf({ projectId, filters, ids }: Chosen): object {
  const { order: _order, purpose, status: _status, ...rest } = queryOf(filters) as Record<string, unknown>
  const project = projectId === undefined ? {} : { projectId }
  return ids === undefined
    ? { ...rest, ...project, ...(purpose !== undefined && { purpose }) }
    : { ...project, taskIds: ids }
}

/** A priority for all that are chosen. */
export function Priority({ chosen, onClose, onDone }: DeedProps): VNode {
  const text = useSignal('0')
  const value = Number(text.value)
  const isFault = !Number.isInteger(value) || Math.abs(value) > 1_000 || text.value.trim() === ''
  return (
    <Bulk
      chosen={chosen}
      title="Priority"
      deed={(count) => `Set ${figure(count)} to ${isFault ? '…' : value}`}
      isOff={isFault}
      body={{ action: 'priority', priority: value }}
      onClose={onClose}
      onDone={onDone}
    >
      <Field
        label="Priority"
        type="number"
        value={text.value}
        onInput={(next) => (text.value = next)}
        help="−1000 to 1000; what is higher goes first."
        fault={isFault ? 'must be a whole number from −1000 to 1000' : undefined}
      />
    </Bulk>
  )
}

/** The end of all that are chosen. */
export function Cancel({ chosen, onClose, onDone }: DeedProps): VNode {
  return (
    <Bulk
      chosen={chosen}
      title="Cancel tasks?"
      deed={(count) => `Cancel ${figure(count)} ${count === 1 ? 'task' : 'tasks'}`}
      isDanger
      body={{ action: 'cancel' }}
      onClose={onClose}
      onDone={onDone}
    >
      <p>
        They are given to nobody any longer, for good, and people lose what they hold of them. What was
        submitted stays. Tasks that are over stay as they are.
      </p>
    </Bulk>
  )
}

interface BulkProps extends DeedProps {
  readonly title: string
  readonly deed: (count: number) => string
  readonly body: { readonly action: 'priority' | 'cancel'; readonly priority?: number }
  readonly isDanger?: boolean
  readonly isOff?: boolean
  readonly children: VNode
}

/** Counts what matches now, asks with that number, and shows how far the server is; it can be stopped. */
function Bulk(props: BulkProps): VNode {
  const { chosen, title, deed, body, isDanger, isOff, children, onClose, onDone } = props
  const matching = useSignal<number | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const begun = useSignal<string | undefined>(undefined)
  const filter = filterOf(chosen)
  const count = (): void => {
    void call('POST /tasks/bulk', {
      query: { dryRun: 'true' },
      body: { ...body, filter, expect: 0 } as never,
    }).then(
      (answer) => (matching.value = (answer as { readonly count: number }).count),
      (error: unknown) => {
        if (!(error instanceof CallError)) throw error
        problem.value = error.problem
      },
    )
  }
  useEffect(count, [])
  if (begun.value !== undefined)
    return (
      <Progressing
        operationId={begun.value}
        projectId={chosen.projectId}
        title={title}
        onClose={onClose}
        onDone={onDone}
      />
    )
  const expect = matching.value
  return (
    <Confirm
      title={title}
      deed={expect === undefined ? '…' : deed(expect)}
      {...(isDanger && { isDanger })}
      isOff={isOff === true || expect === undefined || expect === 0}
      onClose={() => {
        if (begun.peek() === undefined) onClose()
      }}
      act={async () => {
        const answer = await call(
          'POST /tasks/bulk',
          { query: {}, body: { ...body, filter, expect: expect ?? 0 } as never },
          { key: crypto.randomUUID() },
        )
        begun.value = (answer as { readonly operationId: string }).operationId
      }}
    >
      {children}
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={count} isInline />}
      {expect === 0 && <p>Nothing of it is open: there is nothing to change.</p>}
    </Confirm>
  )
}

interface ProgressingProps {
  readonly operationId: string
  readonly projectId: string | undefined
  readonly title: string
  readonly onClose: () => void
  readonly onDone: () => void
}

/** How far the server is. It goes on if the dialog is closed. */
function Progressing({ operationId, projectId, title, onClose, onDone }: ProgressingProps): VNode {
  const operation = useSignal<Operation | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const params = { id: operationId }
  const take = (reading: Promise<Operation>): void => {
    void reading.then(
      (next) => {
        operation.value = next
        if (next.state !== 'running') onDone()
      },
      (error: unknown) => {
        if (!(error instanceof CallError)) throw error
        problem.value = error.problem
      },
    )
  }
  const read = (): void => take(call('GET /operations/{id}', { params }))
  useEffect(
    () =>
      follow(projectId === undefined ? 'admin' : `project:${projectId}`, {
        begun: read,
        anew: read,
        event: ({ data }) => {
          if ((data as { readonly operationId?: string }).operationId === operationId) read()
        },
        closed: read,
      }),
    [],
  )
  const { state, count = 0, done = 0, skipped = {} } = operation.value ?? {}
  const passed = Object.entries(skipped)
  const past = done + passed.reduce((sum, [, number]) => sum + number, 0)
  return (
    <Dialog title={title} onClose={onClose}>
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={read} isInline />}
      <Progress
        label={WORDS.operation}
        parts={[
          { title: 'done', value: done, tone: 'done' },
          { title: 'passed over', value: past - done, tone: 'rest' },
        ]}
        total={Math.max(1, count)}
      />
      <p role="status">
        {state === undefined || state === 'running' ? 'Working: ' : state === 'done' ? 'Done: ' : 'Stopped: '}
        {figure(done)} of {figure(count)}
        {passed.map(([reason, number]) => `, ${figure(number)} ${reason} already`).join('')}
      </p>
      <div class="deeds">
        {(state === undefined || state === 'running') && (
          <Button onClick={() => take(call('DELETE /operations/{id}', { params }))}>{WORDS.stop}</Button>
        )}
        <Button kind="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  )
}

interface AssignProps {
  readonly projectId: string
  readonly onClose: () => void
  readonly onDone: () => void
}

type Batch = AnswerOf<'POST /projects/{projectId}/assignments/batch'>

/** Gives out everything open in one decision, and says why the rest was left. */
export function AssignAll({ projectId, onClose, onDone }: AssignProps): VNode {
  const answer = useSignal<Batch | undefined>(undefined)
  const given = answer.value
  if (given === undefined)
    return (
      <Confirm
        title={WORDS.assignTitle}
        deed={WORDS.assignDeed}
        onClose={() => {
          if (answer.peek() === undefined) onClose()
        }}
        act={async () => {
          answer.value = await call(
            'POST /projects/{projectId}/assignments/batch',
            { params: { projectId }, body: {} },
            { key: crypto.randomUUID() },
          )
          onDone()
        }}
      >
        <p>{WORDS.assignAsk}</p>
      </Confirm>
    )
  const reasons = Map.groupBy(given.unassigned, ({ reason }) => reason)
  return (
    <Dialog title={WORDS.assignTitle} onClose={onClose}>
      <p role="status">
        {WORDS.assigned}: {figure(given.assigned)}
      </p>
      {reasons.size > 0 && (
        <>
          <p>{WORDS.unassigned}</p>
          <ul class="unassigned">
            {Array.from(reasons, ([reason, tasks]) => (
              <li key={reason}>
                {WAITS[reason] ?? reason}: {figure(tasks.length)}
              </li>
            ))}
          </ul>
        </>
      )}
      <div class="deeds">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  )
}
