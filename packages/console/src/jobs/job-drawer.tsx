import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
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
  const isAsking = useSignal(false)
  const isBusy = useSignal(false)
  useEffect(() => void job.again(), [jobId, changes])
  const whole = job.value.value
  /** Does one thing at a time; a refusal is thrown. */
  const move = async (deed: () => Promise<unknown>): Promise<void> => {
    isBusy.value = true
    refused.value = undefined
    try {
      await deed()
      await job.again()
      onMoved()
    } finally {
      isBusy.value = false
    }
  }
  const retry = async ({ projectId, jobId: itemId }: JobWhole): Promise<void> => {
    const params = { projectId, itemId }
    try {
      await move(() =>
        call('POST /projects/{projectId}/queue/{itemId}/retry', { params, query: {}, body: {} }),
      )
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refused.value = error.problem
    }
  }
  const cancel = ({ projectId, jobId: itemId }: JobWhole): Promise<void> =>
    move(() =>
      call('DELETE /projects/{projectId}/queue/{itemId}', { params: { projectId, itemId }, query: {} }),
    )
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
              <Button kind="primary" disabled={isBusy.value} onClick={() => void retry(whole)}>
                {WORDS.retry}
              </Button>
            )}
            {isOpen && (
              <Button disabled={isBusy.value} onClick={() => (isAsking.value = true)}>
                {WORDS.cancelThis}…
              </Button>
            )}
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
      {whole !== undefined && isAsking.value && (
        <Confirm
          title={`${WORDS.cancelThis}?`}
          deed={WORDS.cancelThis}
          isDanger
          act={() => cancel(whole)}
          onClose={() => (isAsking.value = false)}
        >
          <p>{WORDS.cancelThisAsk}</p>
        </Confirm>
      )}
    </Drawer>
  )
}

function Whole({ job }: { readonly job: JobWhole }): VNode {
  const { state, cancelling, asleep, model, priority, attempt, maxAttempts, createdAt, runId, cause, error } =
    job
  return (
    <>
      <p class="job-line">
        <State look={lookOf('job', state)} isPill />
        {asleep && <span class="quiet">asleep</span>}
        {cancelling && <span class="quiet">told to stop</span>}
        {model !== null && <span class="chip">{model}</span>}
        <span class="quiet">
          priority {priority} · attempt {attempt} of {maxAttempts} · added <Ago at={createdAt} />
        </span>
        {runId !== null && <a href={hrefOf({ page: 'run', item: runId })}>Its run</a>}
        {job.tick !== null && (
          <a href={hrefOf({ page: 'schedules', project: job.projectId, item: job.tick.scheduleId })}>
            Its schedule
          </a>
        )}
      </p>
      {(state === 'pending' || asleep) && job.waitsFor.length > 0 && (
        <Panel title={WORDS.waits}>
          <ul class="reasons panel-body">
            {waitingWords(job, Date.now()).map((reason, place) => {
              const { by, key, kind } = job.waitsFor[place] ?? {}
              return (
                <li key={reason}>
                  {reason}{' '}
                  {by === 'limit' && key !== undefined && (
                    <a href={hrefOf({ page: 'limits', item: key })}>Show {key}</a>
                  )}
                  {kind === 'budget' && (
                    <a href={hrefOf({ page: 'usage', project: job.projectId, show: 'budgets' })}>
                      Show the budgets
                    </a>
                  )}
                </li>
              )
            })}
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
          <p class="job-error panel-body" dir="auto">
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
