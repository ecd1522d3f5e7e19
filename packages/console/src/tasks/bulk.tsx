import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks'
import { type AnswerOf, CallError, call, type Problem } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Dialog } from '../design/dialog.tsx'
import { priorityOf } from '../design/priority.ts'
import { PriorityField } from '../design/priority-field.tsx'
import { Progress } from '../design/progress.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { follow } from '../feed/follow.ts'
import { useLater } from '../feed/live.ts'
import { useReading } from '../feed/reading.ts'
import { type Chosen, channelsOf, movedOf } from './data.ts'
import { WAITS, WORDS } from './words.ts'

interface DeedProps {
  readonly chosen: Chosen
  readonly onClose: () => void
  readonly onDone: () => void
}

type Operation = AnswerOf<'GET /operations/{id}'>

/** A priority for all that are chosen. */
export function Priority({ chosen, onClose, onDone }: DeedProps): VNode {
  const text = useSignal('0')
  const priority = priorityOf(text.value)
  return (
    <Bulk
      chosen={chosen}
      title="Priority"
      deed={(count) => `Set ${figure(count)} to ${priority ?? '…'}`}
      isOff={priority === undefined}
      body={{ action: 'priority', priority: priority ?? 0 }}
      onClose={onClose}
      onDone={onDone}
    >
      <PriorityField value={text.value} onInput={(next) => (text.value = next)} />
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
  // The deed is about what was in sight when it was asked for, whatever the list shows meanwhile.
  const filter = useMemo(() => movedOf(chosen), [])
  const once = useOnce()
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
        const asked = { ...body, filter, expect: expect ?? 0 }
        const answer = await once(asked, (key) =>
          call('POST /tasks/bulk', { query: {}, body: asked as never }, { key }),
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

/** Its progress is told many times a second; it is read at most once in that many ms. */
const OFTEN_MS = 200

/** How far the server is. It goes on if the dialog is closed. */
function Progressing({ operationId, projectId, title, onClose, onDone }: ProgressingProps): VNode {
  const params = { id: operationId }
  const operation = useReading<Operation>(() => call('GET /operations/{id}', { params }))
  const refused = useSignal<Problem | undefined>(undefined)
  const isStopping = useSignal(false)
  const later = useLater(operation.again, OFTEN_MS, true)
  useEffect(() => {
    const stops = channelsOf(projectId).channels.map((channel) =>
      follow(channel, {
        begun: later,
        anew: later,
        event: ({ data }) => {
          if ((data as { readonly operationId?: string }).operationId === operationId) later()
        },
        closed: later,
      }),
    )
    // It may have ended before anything of it could be heard.
    void operation.again()
    return () => {
      for (const stop of stops) stop()
    }
  }, [])
  const { state, count = 0, done = 0, skipped = {} } = operation.value.value ?? {}
  const isOver = state !== undefined && state !== 'running'
  // Before it is painted: whoever reads the end may close the dialog at once.
  useLayoutEffect(() => {
    if (isOver) onDone()
  }, [isOver])
  const stop = async (): Promise<void> => {
    isStopping.value = true
    refused.value = undefined
    try {
      operation.put(await call('DELETE /operations/{id}', { params }))
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refused.value = error.problem
    } finally {
      isStopping.value = false
    }
  }
  const problem = refused.value ?? operation.problem.value
  const passed = Object.entries(skipped)
  const past = done + passed.reduce((sum, [, number]) => sum + number, 0)
  return (
    <Dialog title={title} onClose={onClose}>
      {problem !== undefined && <Trouble problem={problem} onAgain={() => void operation.again()} isInline />}
      <Progress
        label={WORDS.operation}
        parts={[
          { title: 'done', value: done, tone: 'done' },
          { title: 'passed over', value: past - done, tone: 'rest' },
        ]}
        total={Math.max(1, count)}
      />
      <p role="status">
        {isOver ? (state === 'done' ? 'Done: ' : 'Stopped: ') : 'Working: '}
        {figure(done)} of {figure(count)}
        {passed.map(([reason, number]) => `, ${figure(number)} ${reason} already`).join('')}
      </p>
      <div class="deeds">
        {!isOver && (
          <Button disabled={isStopping.value} onClick={() => void stop()}>
            {WORDS.stop}
          </Button>
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
  const once = useOnce()
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
          answer.value = await once({ projectId }, (key) =>
            call(
              'POST /projects/{projectId}/assignments/batch',
              { params: { projectId }, body: {} },
              { key },
            ),
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
