import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Field } from '../design/field.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { connection } from '../feed/follow.ts'
import { keyOf } from '../keys/bindings.ts'
import { useDeeds } from '../keys/page-keys.ts'
import type { Run, RunProgress } from './data.ts'
import { WORDS } from './words.ts'

/** The controls of a run. A button is busy until the run itself says that it has moved. */
export function Controls({
  run,
  progress,
  onAnswer,
  onStale,
}: {
  readonly run: Run
  readonly progress: RunProgress
  /** The answer of a move counts only while nothing is heard. */
  readonly onAnswer: (run: Run) => void
  /** The run is another than the one in sight: it has to be read again. */
  readonly onStale: () => void
}): VNode {
  const problem = useSignal<Problem | undefined>(undefined)
  /** The version that the run will have once the move is told. */
  const awaited = useSignal(0)
  const isSending = useSignal(false)
  const isOpen = useSignal<'pace' | 'cancel' | undefined>(undefined)
  const isBusy = isSending.value || awaited.value > run.version
  const moved = async (ask: () => Promise<Run>): Promise<void> => {
    isSending.value = true
    problem.value = undefined
    try {
      const answer = await ask()
      awaited.value = answer.version
      if (connection.peek().kind !== 'live') onAnswer(answer)
    } catch (error) {
      if (error instanceof CallError && error.problem.code === 'version_conflict') onStale()
      throw error
    } finally {
      isSending.value = false
    }
  }
  const move = (name: 'pause' | 'resume' | 'retry-failed'): void => {
    const input = { params: { id: run.runId }, body: {} }
    const seen = { version: run.version }
    void moved(() => call(`POST /runs/{id}/${name}`, input as never, seen) as unknown as Promise<Run>).catch(
      (error: unknown) => {
        if (!(error instanceof CallError)) throw error
        problem.value = error.problem
      },
    )
  }
  const { status } = run
  const toggle =
    status === 'paused' ? 'resume' : status === 'completed' || status === 'cancelled' ? undefined : 'pause'
  useDeeds(['run'], {
    pauseRun: () => {
      if (toggle === undefined || isBusy) return false
      move(toggle)
      return true
    },
  })
  const left = progress.total - progress.completed - progress.failed - progress.cancelled
  return (
    <>
      {toggle !== undefined && (
        <Button
          icon={toggle === 'pause' ? 'pause' : 'runs'}
          keyName={keyOf('pauseRun')}
          disabled={isBusy}
          onClick={() => move(toggle)}
        >
          {toggle === 'pause' ? 'Pause' : 'Resume'}
        </Button>
      )}
      {status === 'completed' && progress.failed > 0 && (
        <Button icon="retry" disabled={isBusy} onClick={() => move('retry-failed')}>
          {`${WORDS.retry} ${figure(progress.failed)} failed`}
        </Button>
      )}
      {toggle !== undefined && (
        <>
          <Button disabled={isBusy} onClick={() => (isOpen.value = 'pace')}>
            {WORDS.pace}
          </Button>
          <Button kind="danger" disabled={isBusy} onClick={() => (isOpen.value = 'cancel')}>
            {WORDS.cancel}
          </Button>
        </>
      )}
      {problem.value !== undefined && <Trouble problem={problem.value} isInline />}
      {isOpen.value === 'pace' && <Pace run={run} moved={moved} onClose={() => (isOpen.value = undefined)} />}
      {isOpen.value === 'cancel' && (
        <Confirm
          title={WORDS.cancelTitle}
          deed={`Cancel ${figure(left)} ${left === 1 ? 'job' : 'jobs'}`}
          isDanger
          act={() =>
            moved(
              () =>
                call('POST /runs/{id}/cancel', { params: { id: run.runId }, body: {} } as never, {
                  version: run.version,
                }) as never,
            )
          }
          onClose={() => (isOpen.value = undefined)}
        >
          <p>
            {figure(left)} jobs are not done. They are never begun, and those at work are told to stop. It
            cannot be undone.
          </p>
          <p>The results of {figure(progress.completed)} jobs stay, and so do the tasks that came of them.</p>
        </Confirm>
      )}
    </>
  )
}

function Pace({
  run,
  moved,
  onClose,
}: {
  readonly run: Run
  readonly moved: (ask: () => Promise<Run>) => Promise<void>
  readonly onClose: () => void
}): VNode {
  /** The run as its settings came into the fields. */
  const seen = useRef(run).current
  const now = seen.config.maxJobsPerSecond
  const pace = useSignal(now === null ? '' : String(now))
  const priority = useSignal<string>(seen.priority)
  const wanted = pace.value.trim() === '' ? null : Number(pace.value)
  const isNumber = wanted === null || wanted > 0
  const changes = {
    ...(wanted !== now && { maxJobsPerSecond: wanted }),
    ...(priority.value !== seen.priority && { priority: priority.value }),
  }
  return (
    <Confirm
      title="Pace and priority"
      deed={
        wanted === now && priority.value !== seen.priority
          ? `Let it go on with ${priority.value} priority`
          : wanted === null
            ? 'Let it go on without a pace'
            : `Let it go on at ${pace.value} a second`
      }
      isOff={!isNumber || Object.keys(changes).length === 0}
      act={() =>
        moved(
          () =>
            call('PATCH /runs/{id}', { params: { id: seen.runId }, body: changes } as never, {
              version: seen.version,
            }) as never,
        )
      }
      onClose={onClose}
    >
      <Field
        label="Pace"
        unit="jobs/s at most"
        help="Empty: as fast as it goes"
        value={pace.value}
        onInput={(value) => (pace.value = value)}
        fault={isNumber ? undefined : 'Must be a number greater than 0'}
      />
      <Field
        label="Priority"
        value={priority.value}
        onInput={(value) => (priority.value = value)}
        choices={['low', 'normal', 'high'].map((value) => ({ value, title: value }))}
      />
    </Confirm>
  )
}
