import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Drawer } from '../design/drawer.tsx'
import { JsonView } from '../design/json-view.tsx'
import { Loading } from '../design/loading.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { lookOf, State } from '../design/state.tsx'
import { duration, fullTime } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import { become, changed, hrefOf } from '../route/route.ts'
import { type JobWhole, waitingWords } from './data.ts'
import { OUTCOMES, WORDS } from './words.ts'

interface JobDrawerProps {
  readonly jobId: string
  /** Rises whenever the job may be otherwise than it was. */
  readonly changes: number
  readonly onMoved: () => unknown
}

/** All that is known of one job: why it waits, its attempts with their errors, what it was given and gave. */
export function JobDrawer({ jobId, changes, onMoved }: JobDrawerProps): VNode {
  const job = useReading(() => call('GET /jobs/{id}', { params: { id: jobId } }))
  const refused = useSignal<Problem | undefined>(undefined)
  useEffect(() => void job.again(), [jobId, changes])
  const whole = job.value.value
  const move = async (method: 'retry' | 'cancel'): Promise<void> => {
    if (whole === undefined) return
    const params = { projectId: whole.projectId, itemId: whole.jobId }
    refused.value = undefined
    try {
      if (method === 'retry')
        await call('POST /projects/{projectId}/queue/{itemId}/retry', { params, body: {} })
      else await call('DELETE /projects/{projectId}/queue/{itemId}', { params })
      await job.again()
      onMoved()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refused.value = error.problem
    }
  }
  const isOpen = whole?.state === 'pending' || (whole?.state === 'active' && !whole.cancelling)
  return (
    <Drawer
      of={jobId}
      title={whole === undefined ? WORDS.title : `${whole.type} ${whole.scenarioId ?? jobId.slice(-8)}`}
      onClose={() => become(changed({ item: undefined }))}
      foot={
        whole !== undefined && (
          <>
            {whole.state === 'failed' && (
              <Button kind="primary" onClick={() => void move('retry')}>
                {WORDS.retry}
              </Button>
            )}
            {isOpen && <Button onClick={() => void move('cancel')}>{ACTION_CANCEL}</Button>}
            {refused.value !== undefined && <Trouble problem={refused.value} isInline />}
          </>
        )
      }
    >
      {job.problem.value !== undefined && (
        <Trouble problem={job.problem.value} onAgain={() => void job.again()} />
      )}
      {whole === undefined && job.problem.value === undefined && <Loading rows={6} />}
      {whole !== undefined && <Whole job={whole} />}
    </Drawer>
  )
}

const ACTION_CANCEL = 'Cancel this job'

function Whole({ job }: { readonly job: JobWhole }): VNode {
  const { state, cancelling, model, priority, attempt, maxAttempts, createdAt, runId, cause, error } = job
  return (
    <>
      <p class="job-line">
        <State look={lookOf('job', state)} isPill />
        {cancelling && <span class="quiet">told to stop</span>}
        {model !== null && <span class="chip">{model}</span>}
        <span class="quiet">
          priority {priority} · attempt {attempt} of {maxAttempts} · added <Ago at={createdAt} />
        </span>
        {runId !== null && <a href={hrefOf({ page: 'run', item: runId })}>Its run</a>}
      </p>
      {state === 'pending' && job.waitsFor.length > 0 && (
        <Panel title={WORDS.waits}>
          <ul class="reasons panel-body">
            {waitingWords(job, Date.now()).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Panel>
      )}
      {error !== null && (
        <Panel
          title={WORDS.error}
          more={error.code}
          deed={
            cause !== null && (
              <a href={hrefOf(changed({ cause: String(cause.causeId), state: 'failed' }))}>
                {WORDS.showCause}
              </a>
            )
          }
        >
          <p class="message panel-body" dir="auto">
            {error.message}
          </p>
        </Panel>
      )}
      <Panel title={WORDS.attempts}>
        {job.attempts.length === 0 ? (
          <p class="quiet panel-body">{WORDS.attemptsNone}</p>
        ) : (
          <PlainTable
            label={WORDS.attempts}
            rows={job.attempts.map((one, place) => ({ ...one, place }))}
            keyOf={({ place }) => String(place)}
            columns={[
              { id: 'attempt', title: 'Attempt', draw: ({ attempt }) => attempt },
              { id: 'ended', title: 'Ended', draw: ({ outcome }) => OUTCOMES[outcome ?? ''] ?? 'at work' },
              {
                id: 'started',
                title: 'Began',
                draw: ({ startedAt }) => (
                  <span title={fullTime(new Date(startedAt))}>
                    <Ago at={startedAt} />
                  </span>
                ),
              },
              {
                id: 'took',
                title: 'Took',
                isFigure: true,
                draw: ({ startedAt, endedAt }) =>
                  endedAt === null ? '' : duration(Date.parse(endedAt) - Date.parse(startedAt)),
              },
              { id: 'worker', title: 'Worker', draw: ({ workerId }) => workerId?.slice(-6) ?? '–' },
              {
                id: 'error',
                title: 'Error',
                draw: ({ error }) => (error === null ? '' : error.message.slice(0, 120)),
              },
            ]}
          />
        )}
      </Panel>
      <Panel title={WORDS.payload}>
        <div class="panel-body">
          <JsonView value={job.payload} />
        </div>
      </Panel>
      {state === 'completed' && (
        <Panel title={WORDS.result}>
          <div class="panel-body">
            <JsonView value={job.result} />
          </div>
        </Panel>
      )}
    </>
  )
}
