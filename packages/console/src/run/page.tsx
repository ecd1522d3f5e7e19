import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { Ago } from '../design/ago.tsx'
import { Chart } from '../design/chart.tsx'
import { Empty } from '../design/empty.tsx'
import { type Figure, Figures } from '../design/figures.tsx'
import { Loading } from '../design/loading.tsx'
import { PageHead } from '../design/page-head.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { Progress } from '../design/progress.tsx'
import { lookOf, State } from '../design/state.tsx'
import { decimal, duration, figure, percent } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import type { WireEvent } from '../feed/follow.ts'
import { useLater, useLive } from '../feed/live.ts'
import { useReading } from '../feed/reading.ts'
import { type ToldFact, told } from '../feed/told.ts'
import { hrefOf, route, type To } from '../route/route.ts'
import { Controls } from './controls.tsx'
import {
  type Cause,
  causesOf,
  factsOf,
  isManager,
  marksOf,
  type Run,
  type RunProgress,
  type Speed,
  speedOf,
} from './data.ts'
import './run.css'
import { WORDS } from './words.ts'

/** Marks in a chart at most: their words must not stand on each other. */
const MOST_MARKS = 8
/** Facts that are shown here; Activity has the rest. */
const MOST_FACTS = 12
/** Figures that a signal does not bring are read again this long after one. */
const LATER_MS = 5_000

/** One run as it goes on. */
export function Page(): VNode {
  const { item } = route.value
  if (item === undefined)
    return (
      <main class="page-panels run" tabIndex={-1}>
        <PageHead title="Run" />
        <Empty title={WORDS.which}>{WORDS.whichMore}</Empty>
      </main>
    )
  return <OneRun key={item} runId={item} />
}

function OneRun({ runId }: { readonly runId: string }): VNode {
  const run = useReading(() => call('GET /runs/{id}', { params: { id: runId } }))
  const progress = useReading(() => call('GET /runs/{id}/progress', { params: { id: runId } }))
  const facts = useReading(async () => {
    const projectId = run.value.peek()?.projectId
    return projectId === undefined ? [] : factsOf(projectId, runId)
  })
  const speed = useReading(async () => {
    const now = run.value.peek()
    return now === undefined ? undefined : speedOf(now)
  })
  const causes = useReading(async () => {
    const now = run.value.peek()
    return now === undefined || !isManager() ? [] : causesOf(now)
  })
  const rest = async (): Promise<void> => {
    await Promise.all([facts.again(), speed.again(), causes.again()])
  }
  const later = useLater(() => Promise.all([progress.again(), speed.again(), causes.again()]), LATER_MS)
  const all = async (): Promise<void> => {
    await Promise.all([run.again(), progress.again()])
    await rest()
  }
  useLive(runId, {
    channels: [`run:${runId}`],
    read: all,
    keyOf: ({ type }) => (type === 'run_progress' ? type : undefined),
    apply: (batch: readonly WireEvent[]) => {
      const moved = batch.findLast(({ type }) => type === 'run_progress')
      const before = progress.value.peek()
      if (moved !== undefined && before !== undefined)
        progress.put({ ...before, ...(moved.data as unknown as RunProgress) })
      if (batch.some(({ type }) => type === 'run_status_changed' || type === 'run_changed'))
        void Promise.all([run.again().then(rest), progress.again()])
      later()
    },
  })
  const problem = run.problem.value ?? progress.problem.value
  const now = run.value.value
  const far = progress.value.value
  if (now === undefined || far === undefined)
    return (
      <main class="page-panels run" tabIndex={-1}>
        <PageHead title="Run" />
        {problem === undefined ? (
          <Loading rows={8} />
        ) : (
          <Trouble problem={problem} onAgain={() => void all()} />
        )}
      </main>
    )
  const { name, version } = now.config.definitionSnapshot
  return (
    <main class="page-panels run" tabIndex={-1}>
      <PageHead
        title={name}
        state={
          <>
            <State look={lookOf('run', now.status)} isPill />
            <p class="quiet">{settingsOf(now)(version)}</p>
          </>
        }
      >
        {isManager() && <Controls run={now} progress={far} onAnswer={run.put} onStale={() => void all()} />}
      </PageHead>
      {problem !== undefined && <Trouble problem={problem} onAgain={() => void all()} />}
      <Figures figures={figuresOf(now, far)} />
      <Progress label={name} parts={partsOf(far)} total={far.total} isTall />
      <div class="run-panels">
        <div>
          <Models run={now} progress={far} />
          {isManager() && <Causes run={now} causes={causes.value.value ?? []} />}
        </div>
        <div>
          {speed.value.value !== undefined && (
            <Settled speed={speed.value.value} facts={facts.value.value ?? []} />
          )}
          <Happened run={now} facts={facts.value.value} />
        </div>
      </div>
    </main>
  )
}

function settingsOf({ config, priority, createdAt }: Run): (version: number) => VNode {
  const { repeats, samplePercentage, sampleSeed, maxJobsPerSecond } = config
  const sample =
    samplePercentage === 100 ? 'all scenarios' : `${decimal(samplePercentage)} % seed ${sampleSeed}`
  const pace = maxJobsPerSecond === null ? '' : ` · at most ${decimal(maxJobsPerSecond)}/s`
  const often = repeats === 1 ? '' : ` · ${figure(repeats)} repeats`
  return (version) => (
    <>
      v{version} · {sample}
      {often} · {priority} priority{pace} · <Ago at={createdAt} />
    </>
  )
}

function partsOf({ completed, failed, cancelled }: Pick<RunProgress, 'completed' | 'failed' | 'cancelled'>) {
  return [
    { title: 'completed', value: completed, tone: 'done' as const },
    { title: 'failed', value: failed, tone: 'failed' as const },
    { title: 'cancelled', value: cancelled, tone: 'rest' as const },
  ]
}

function figuresOf({ status, escalation }: Run, progress: RunProgress): Figure[] {
  const { completed, failed, cancelled, total, percentComplete, ratePerSecond, etaSeconds } = progress
  return [
    {
      title: 'Settled',
      value: figure(completed + failed + cancelled),
      more: `of ${figure(total)} · ${percent(percentComplete / 100)}`,
    },
    {
      title: 'Left',
      value: etaSeconds === null ? '–' : duration(etaSeconds * 1_000),
      more: status === 'running' ? `at ${decimal(ratePerSecond)}/s` : '',
    },
    { title: 'Failed', value: figure(failed), tone: failed > 0 ? 'failed' : undefined },
    ...(escalation === null
      ? []
      : [
          {
            title: WORDS.people,
            value: figure(escalation.escalated),
            more: `${figure(escalation.kept)} kept · ${figure(escalation.refused)} refused`,
          },
          {
            title: 'Models differ',
            value: figure(escalation.byReason.disagreement),
            more: `${figure(escalation.byReason.failure)} failed · ${figure(escalation.byReason.score)} by score`,
          },
        ]),
  ]
}

/** Two of its models, or its one model with another run's. */
function toCompare({ runId, projectId, config: { models } }: Run): To {
  const side = (model = models[0]): string => `${runId}/${model ?? ''}`
  return {
    page: 'compare',
    project: projectId,
    new: '1',
    ...(models.length > 1 ? { baseline: side(), candidate: side(models[1]) } : { candidate: side() }),
  }
}

function Models({ run, progress }: { readonly run: Run; readonly progress: RunProgress }): VNode {
  const timed = new Map(progress.durations.map((one) => [one.model, one]))
  const seconds = (value: number | undefined): string =>
    value === undefined ? '–' : value < 1 ? `${Math.round(value * 1_000)} ms` : `${decimal(value)} s`
  const none = { total: 0, completed: 0, failed: 0, cancelled: 0 }
  return (
    <Panel
      title={WORDS.byModel}
      more={`${figure(run.config.models.length)}`}
      deed={
        isManager() && (
          <span class="run-links">
            {run.status === 'completed' && <a href={hrefOf(toCompare(run))}>{WORDS.compare}</a>}
            {run.status === 'completed' && (
              <a href={hrefOf({ page: 'calibrate', project: run.projectId, new: '1', run: run.runId })}>
                {WORDS.calibrate}
              </a>
            )}
            <a href={hrefOf({ page: 'results', project: run.projectId, run: run.runId })}>{WORDS.results}</a>
          </span>
        )
      }
    >
      <PlainTable
        label={WORDS.byModel}
        rows={run.config.models.map((model) => ({ model, ...(progress.byModel[model] ?? none) }))}
        keyOf={({ model }) => model}
        columns={[
          { id: 'model', title: 'Model', draw: ({ model }) => <span dir="auto">{model}</span> },
          {
            id: 'bar',
            title: 'Settled',
            draw: (row) => <Progress label={row.model} parts={partsOf(row)} total={row.total} />,
          },
          { id: 'done', title: 'Done', isFigure: true, draw: ({ completed }) => figure(completed) },
          {
            id: 'failed',
            title: 'Failed',
            isFigure: true,
            draw: ({ failed }) => <span class={failed > 0 ? 'run-bad' : ''}>{figure(failed)}</span>,
          },
          {
            id: 'open',
            title: 'Not done',
            isFigure: true,
            draw: ({ total, completed, failed, cancelled }) => figure(total - completed - failed - cancelled),
          },
          {
            id: 'p50',
            title: 'p50',
            isFigure: true,
            draw: ({ model }) => seconds(timed.get(model)?.p50Seconds),
          },
          {
            id: 'p95',
            title: 'p95',
            isFigure: true,
            draw: ({ model }) => seconds(timed.get(model)?.p95Seconds),
          },
        ]}
      />
    </Panel>
  )
}

function Settled({ speed, facts }: { readonly speed: Speed; readonly facts: readonly ToldFact[] }): VNode {
  const most = Math.max(0, ...speed.settled)
  const [first = 0, last = 0] = [speed.times[0], speed.times.at(-1)]
  const marks = marksOf(facts, (last - first) / MOST_MARKS)
  return (
    <Panel title={WORDS.speed}>
      <div class="panel-body">
        {most === 0 ? (
          <p>{WORDS.speedNone}</p>
        ) : (
          <Chart
            summary={`Jobs of this run settled a second: at most ${decimal(most)}, the last ${decimal(speed.settled.at(-1) ?? 0)}.`}
            times={speed.times}
            series={[
              { title: 'settled', values: speed.settled },
              { title: 'failed', values: speed.failed },
            ]}
            unit="/s"
            marks={marks}
          />
        )}
      </div>
    </Panel>
  )
}

function Happened({
  run,
  facts,
}: {
  readonly run: Run
  readonly facts: readonly ToldFact[] | undefined
}): VNode {
  return (
    <Panel
      title={WORDS.happened}
      deed={<a href={hrefOf({ page: 'activity', project: run.projectId, run: run.runId })}>Activity</a>}
    >
      {facts === undefined ? (
        <Loading rows={3} />
      ) : facts.length === 0 ? (
        <p class="panel-body">{WORDS.happenedNone}</p>
      ) : (
        <ol class="run-facts">
          {facts.slice(0, MOST_FACTS).map((fact) => (
            <li key={fact.seq}>
              <Ago at={fact.occurredAt} />
              <span dir="auto">{told(fact, () => undefined).words}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}

function Causes({ run, causes }: { readonly run: Run; readonly causes: readonly Cause[] }): VNode {
  const { projectId, runId } = run
  const failed = { page: 'jobs', project: projectId, state: 'failed', run: runId } as const
  const most = Math.max(1, ...causes.map((cause) => cause.failed))
  return (
    <Panel
      title={WORDS.fails}
      {...(causes.length > 0 && { more: figure(causes.length) })}
      deed={causes.length > 0 && <a href={hrefOf(failed)}>Jobs</a>}
    >
      {causes.length === 0 ? (
        <p class="panel-body">{WORDS.failsNone}</p>
      ) : (
        <PlainTable
          label={WORDS.fails}
          rows={causes}
          keyOf={({ causeId }) => String(causeId)}
          columns={[
            {
              id: 'code',
              title: 'Cause',
              draw: ({ causeId, code }) => (
                <a href={hrefOf({ ...failed, cause: String(causeId) })}>
                  <code>{code}</code>
                </a>
              ),
            },
            {
              id: 'message',
              title: 'What differs is #',
              draw: ({ pattern, sample }) => (
                <span dir="auto" title={sample}>
                  {pattern}
                </span>
              ),
            },
            {
              id: 'bar',
              title: 'Share',
              draw: ({ code, failed: count }) => (
                <Progress
                  label={code}
                  total={most}
                  parts={[{ title: 'failed', value: count, tone: 'failed' }]}
                />
              ),
            },
            { id: 'count', title: 'Failed', isFigure: true, draw: ({ failed: count }) => figure(count) },
            { id: 'last', title: 'Last', draw: ({ lastAt }) => <Ago at={lastAt} /> },
          ]}
        />
      )}
    </Panel>
  )
}
