import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { priorityOf } from '../design/priority.ts'
import { PriorityField } from '../design/priority-field.tsx'
import { Progress } from '../design/progress.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { type Action, begin, bulkOf, type Chosen, type Operation, previewOf, skippedWords } from './data.ts'
import { ACTIONS, WORDS } from './words.ts'

interface AskingProps {
  readonly action: Action
  readonly chosen: Chosen
  readonly onBegun: (operation: Operation) => void
  readonly onClose: () => void
}

const SAYS: Readonly<Record<Action, string>> = {
  retry:
    'They go to the ends of their lines with all their attempts anew; runs that had completed run again.',
  cancel: 'Those that wait are cancelled for good; those at work are told to stop. What has ended stays.',
  priority: 'They go to the ends of the lines of that priority, in the order in which they stand now.',
}

/** Asks before a move on all that match: counts them first, and says the number on the button. */
export function Asking({ action, chosen, onBegun, onClose }: AskingProps): VNode {
  // The deed is about what was in sight when it was asked for, whatever the list shows meanwhile.
  const asked = useMemo(() => chosen, [])
  const count = useSignal<number | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const priority = useSignal('10')
  const once = useOnce()
  const isPriority = action === 'priority'
  const wanted = isPriority ? priorityOf(priority.value) : undefined
  const isWrong = isPriority && wanted === undefined
  const recount = (): void => {
    problem.value = undefined
    previewOf(bulkOf(action, asked, isPriority ? 0 : undefined)).then(
      (preview) => (count.value = preview.count),
      (error: unknown) => {
        if (!(error instanceof CallError)) throw error
        problem.value = error.problem
      },
    )
  }
  useEffect(recount, [])
  const jobs = count.value === undefined ? '' : `${figure(count.value)} ${count.value === 1 ? 'job' : 'jobs'}`
  const { deed } = ACTIONS[action]
  return (
    <Confirm
      title={asked.ids === undefined ? `${deed} all that match` : `${deed} what is selected`}
      deed={`${deed} ${jobs}`.trim()}
      isDanger={action === 'cancel'}
      isOff={count.value === undefined || count.value === 0 || isWrong}
      act={async () => {
        const body = { ...bulkOf(action, asked, wanted), expect: count.peek() ?? 0 }
        onBegun(await once(body, (key) => begin(body, key)))
      }}
      onClose={onClose}
    >
      <p>{SAYS[action]}</p>
      <p class="quiet">
        {asked.ids === undefined
          ? Object.entries(asked.filters)
              .flatMap(([name, value]) => (value === undefined ? [] : [`${name}:${value}`]))
              .join(' ')
          : WORDS.ofSelected}
      </p>
      {isPriority && <PriorityField value={priority.value} onInput={(value) => (priority.value = value)} />}
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={recount} isInline />}
      {problem.value === undefined && count.value === undefined && <p role="status">{WORDS.counting}</p>}
      {count.value === 0 && <p role="status">{WORDS.nothingMatches}</p>}
    </Confirm>
  )
}

interface UnderWayProps {
  readonly operation: Operation
  /** Why it could not be read again. */
  readonly problem: Problem | undefined
  readonly onStopped: (operation: Operation) => void
  readonly onDismiss: () => void
}

/** How far a move on many has come. It goes on if the page is closed. */
export function UnderWay({ operation, problem, onStopped, onDismiss }: UnderWayProps): VNode {
  const refused = useSignal<Problem | undefined>(undefined)
  const isStopping = useSignal(false)
  const stop = async (): Promise<void> => {
    isStopping.value = true
    refused.value = undefined
    try {
      onStopped(await call('DELETE /operations/{id}', { params: { id: operation.operationId } }))
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refused.value = error.problem
    } finally {
      isStopping.value = false
    }
  }
  const trouble = refused.value ?? problem
  const { action, state, count, done, skipped } = operation
  const words = ACTIONS[action as Action]
  const passed = Object.values(skipped).reduce((sum, n) => sum + n, 0)
  const why = skippedWords(skipped)
  return (
    <section class="under-way" aria-label="Bulk move" data-state={state}>
      <p role="status">
        {state === 'running' ? words.going : words.done} {figure(done)} of {figure(count)}
        {state === 'stopped' && ', then stopped'}
        {passed > 0 && `; ${figure(passed)} passed over: ${why}`}
      </p>
      <Progress
        label={words.going}
        total={count}
        parts={[
          { title: 'moved', value: done, tone: 'done' },
          { title: 'passed over', value: passed, tone: 'rest' },
        ]}
      />
      {state === 'running' ? (
        <Button disabled={isStopping.value} onClick={() => void stop()}>
          {WORDS.stop}
        </Button>
      ) : (
        <Button kind="quiet" onClick={onDismiss}>
          {WORDS.dismiss}
        </Button>
      )}
      {trouble !== undefined && <Trouble problem={trouble} isInline />}
    </section>
  )
}
