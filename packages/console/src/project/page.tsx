import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { type AnswerOf, CallError, call, type Problem } from '../api/call.ts'
import { me } from '../api/session.ts'
import { Button } from '../design/button.tsx'
import { Chart } from '../design/chart.tsx'
import { initials } from '../design/initials.ts'
import { Loading } from '../design/loading.tsx'
import { PageHead } from '../design/page-head.tsx'
import { Panel } from '../design/panel.tsx'
import { Progress } from '../design/progress.tsx'
import { State } from '../design/state.tsx'
import { duration, figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { STEP_WORDS } from '../design/words.ts'
import { present } from '../feed/follow.ts'
import { useLater, useLive } from '../feed/live.ts'
import { useReading } from '../feed/reading.ts'
import { hrefOf, route } from '../route/route.ts'
import { AddTasks } from './add-tasks.tsx'
import { type Counts, type Project, type Standing, standingOf, submittedADay, type Totals } from './data.ts'
import './project.css'
import { Settings } from './settings.tsx'
import { REASONS, stayTitle, WORDS } from './words.ts'

/** Facts come many a second; the figures that they move are counted again this much later. */
const LATER_MS = 3_000

/** A project: how its steps stand, what waits for whom, who is here; for managers its settings too. */
export function Page(): VNode {
  const { project = '' } = route.value
  return <ProjectPage key={project} projectId={project} />
}

type Over = 'nothing' | 'settings' | 'add'

function ProjectPage({ projectId }: { readonly projectId: string }): VNode {
  const params = { projectId }
  const isManager = me.value?.role !== 'annotator'
  const over = useSignal<Over>('nothing')
  const isBusy = useSignal(false)
  const refusal = useSignal<Problem | undefined>(undefined)
  const project = useReading(() => call('GET /projects/{projectId}', { params }))
  const standing = useReading(async () =>
    standingOf(project.value.peek() ?? (await call('GET /projects/{projectId}', { params })), new Date()),
  )
  const totals = useReading(() => call('GET /projects/{projectId}/steps', { params }))
  const queue = useReading(() => call('GET /projects/{projectId}/queue/status', { params, query: {} }))
  const here = useReading(() => call('GET /queue/presence/{projectId}', { params }))
  const again = async (): Promise<void> => {
    await Promise.all([project.again(), queue.again(), here.again(), totals.again()])
    if (isManager && project.problem.peek() === undefined) await standing.again()
  }
  const later = useLater(again, LATER_MS)
  useLive(projectId, {
    channels: [`project:${projectId}`],
    read: again,
    keyOf: ({ type }) => type,
    apply: (batch) => {
      if (batch.some(({ type }) => type === 'presence_update')) void here.again()
      if (batch.some(({ type }) => /^queue_(paused|resumed)/.test(type))) void project.again()
      if (batch.some(({ type }) => /^(task_|queue_|person_)/.test(type))) later()
    },
  })
  useEffect(() => present(projectId), [projectId])
  const { value, problem } = project
  const known = value.value
  const stands = standing.value.value
  const pause = async (): Promise<void> => {
    isBusy.value = true
    const move = known?.paused ? 'resume' : 'pause'
    refusal.value = undefined
    try {
      await call(`POST /projects/{projectId}/queue/${move}`, { params, body: {} })
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refusal.value = error.problem
    } finally {
      await project.again()
      isBusy.value = false
    }
  }
  return (
    <main class="page-panels project" tabIndex={-1}>
      <PageHead
        title={known?.name ?? WORDS.title}
        state={known && <ProjectState project={known} totals={totals.value.value} />}
      >
        {known && isManager && (
          <>
            <Button
              icon={known.paused ? 'runs' : 'pause'}
              disabled={isBusy.value}
              onClick={() => void pause()}
            >
              {known.paused ? WORDS.resume : WORDS.pause}
            </Button>
            <Button icon="add" disabled={known.workflowId === null} onClick={() => (over.value = 'add')}>
              {WORDS.add}
            </Button>
            <Button icon="settings" onClick={() => (over.value = 'settings')}>
              {WORDS.settings}
            </Button>
          </>
        )}
      </PageHead>
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={() => void again()} />}
      {refusal.value !== undefined && <Trouble problem={refusal.value} isInline />}
      {known === undefined && problem.value === undefined && <Loading />}
      {known !== undefined && (
        <div class="project-panels">
          {isManager && standing.problem.value !== undefined && (
            <Trouble problem={standing.problem.value} onAgain={() => void standing.again()} />
          )}
          {isManager && stands === undefined && standing.problem.value === undefined && <Loading />}
          {totals.problem.value !== undefined && (
            <Trouble problem={totals.problem.value} onAgain={() => void totals.again()} />
          )}
          {stands !== undefined && <Steps project={known} standing={stands} totals={totals.value.value} />}
          {!isManager && totals.value.value !== undefined && <Totalled totals={totals.value.value} />}
          {stands !== undefined && <Waits project={known} counts={stands.counts} />}
          <Panel title={WORDS.here} more={here.value.value && figure(here.value.value.items.length)}>
            <Here people={here.value.value?.items ?? []} />
          </Panel>
          {stands !== undefined && <Submitted standing={stands} />}
          {queue.value.value !== undefined && <Jobs queue={queue.value.value} />}
        </div>
      )}
      {over.value === 'settings' && known !== undefined && (
        <Settings project={known} onSaved={() => again()} onClose={() => (over.value = 'nothing')} />
      )}
      {over.value === 'add' && (
        <AddTasks projectId={projectId} onAdded={again} onClose={() => (over.value = 'nothing')} />
      )}
    </main>
  )
}

interface ProjectStateProps {
  readonly project: Project
  readonly totals: Totals | undefined
}

function ProjectState({ project: { paused }, totals }: ProjectStateProps): VNode {
  return (
    <>
      <State
        look={
          paused
            ? { shape: 'bars', word: WORDS.paused, tone: 'wait' }
            : { shape: 'arc', word: WORDS.running, tone: 'active' }
        }
        isPill
      />
      {totals?.tasks != null && (
        <p class="quiet">
          {figure(totals.tasks.open)} {WORDS.open} · {figure(totals.tasks.completed)} {WORDS.done}
        </p>
      )}
    </>
  )
}

function Steps({
  project,
  standing: { steps },
  totals,
}: {
  readonly project: Project
  readonly standing: Standing
  readonly totals: Totals | undefined
}): VNode {
  const stays = new Map(totals?.steps.map(({ stepId, stay }) => [stepId, stay]))
  return (
    <Panel title={WORDS.steps} class="wide">
      {steps.length === 0 ? (
        <p class="panel-body quiet">{WORDS.stepsNone}</p>
      ) : (
        <ul class="steps">
          {steps.map(({ stepId, stepType, open, states: { free, held, resting, nobody } }) => (
            <li key={stepId}>
              <a href={hrefOf({ page: 'tasks', project: project.projectId, status: 'open', step: stepId })}>
                {stepId}
              </a>
              <small class="quiet">{STEP_WORDS[stepType] ?? stepType}</small>
              <Progress
                label={stepId}
                isTall
                parts={[
                  { title: 'at work', value: held, tone: 'active' },
                  { title: 'free', value: free, tone: 'rest' },
                  { title: 'resting', value: resting, tone: 'wait' },
                  { title: 'that nobody can take', value: nobody, tone: 'failed' },
                ]}
              />
              <span class="step-words">
                {figure(open)} open
                {held > 0 && ` · ${figure(held)} at work`}
                {resting > 0 && ` · ${figure(resting)} resting`}
                {nobody > 0 && (
                  <>
                    {' · '}
                    <span class="tone-failed">{figure(nobody)} nobody can take</span>
                  </>
                )}
                <Stay stay={stays.get(stepId)} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** How long a task stands at a step. */
function Stay({ stay }: { readonly stay: Totals['steps'][number]['stay'] | undefined }): VNode | null {
  if (stay == null) return null
  return (
    <small class="quiet" title={stayTitle(stay.times)}>
      {`${WORDS.stays} ${duration(stay.p50Ms)}, ${WORDS.staysMost} ${duration(stay.p90Ms)}`}
    </small>
  )
}

/** The steps for those who work on them. */
function Totalled({ totals: { steps, tasks } }: { readonly totals: Totals }): VNode {
  return (
    <Panel title={WORDS.steps} class="wide">
      {tasks === null ? (
        <p class="panel-body quiet">{WORDS.stepsNotTold}</p>
      ) : steps.length === 0 ? (
        <p class="panel-body quiet">{WORDS.stepsNone}</p>
      ) : (
        <ul class="totalled">
          {steps.map(({ stepId, stepType, open }) => (
            <li key={stepId}>
              <b>{stepId}</b>
              <small class="quiet">{STEP_WORDS[stepType ?? ''] ?? stepType}</small>
              <span class="step-words">{figure(open ?? 0)} open</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Waits({ project, counts }: { readonly project: Project; readonly counts: Counts }): VNode {
  const rows = Object.entries(counts.byReason)
    // A step that is taken in full is at work: it waits for nobody.
    .filter(([reason, count]) => count > 0 && reason !== 'noFreeSlot')
    .sort(([, one], [, other]) => other - one)
  return (
    <Panel title={WORDS.waits} more={figure(rows.reduce((sum, [, count]) => sum + count, 0))}>
      {rows.length === 0 ? (
        <p class="panel-body quiet">{WORDS.nothingWaits}</p>
      ) : (
        <ul class="waits">
          {rows.map(([reason, count]) => (
            <li key={reason}>
              <b>{figure(count)}</b>
              <a href={hrefOf({ page: 'tasks', project: project.projectId, status: 'open', waits: reason })}>
                {REASONS[reason] ?? reason}
              </a>
            </li>
          ))}
        </ul>
      )}
      {!counts.complete && <p class="panel-body quiet">{WORDS.notWhole}</p>}
    </Panel>
  )
}

function Submitted({ standing: { rates } }: { readonly standing: Standing }): VNode {
  const { times, series, total } = submittedADay(rates)
  const last = series.reduce((sum, { values }) => sum + (values.at(-1) ?? 0), 0)
  return (
    <Panel title={WORDS.submitted} class="wide">
      <div class="panel-body">
        {total === 0 ? (
          <p class="quiet">{WORDS.submittedNone}</p>
        ) : (
          <Chart
            times={times}
            series={series}
            summary={`${figure(total)} submitted in ${times.length} days, ${figure(last)} on the last of them`}
          />
        )}
      </div>
    </Panel>
  )
}

type Present = AnswerOf<'GET /queue/presence/{projectId}'>['items'][number]

function Here({ people }: { readonly people: readonly Present[] }): VNode {
  if (people.length === 0) return <p class="panel-body quiet">{WORDS.hereNone}</p>
  return (
    <ul class="panel-body here">
      {people.map(({ userId, displayName }) => (
        <li key={userId}>
          <span class="avatar" aria-hidden="true">
            {initials(displayName)}
          </span>
          <span dir="auto">{displayName}</span>
        </li>
      ))}
    </ul>
  )
}

const TONES = {
  completed: 'done',
  processing: 'active',
  failed: 'failed',
  pending: 'rest',
  cancelled: 'wait',
} as const

function Jobs({
  queue: { counts },
}: {
  readonly queue: AnswerOf<'GET /projects/{projectId}/queue/status'>
}): VNode | null {
  const parts = Object.entries(TONES).flatMap(([state, tone]) => {
    const value = (counts as Readonly<Record<string, number>>)[state] ?? 0
    return value === 0 ? [] : [{ title: state, value, tone }]
  })
  if (parts.length === 0) return null
  return (
    <Panel title={WORDS.jobs}>
      <div class="panel-body jobs-of-project">
        <Progress label={WORDS.jobs} isTall parts={parts} />
        <p>{parts.map(({ title, value }) => `${figure(value)} ${title}`).join(' · ')}</p>
      </div>
    </Panel>
  )
}
