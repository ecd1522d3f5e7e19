import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { me } from '../api/session.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { FilterBar } from '../design/filter-bar.tsx'
import { PageHead } from '../design/page-head.tsx'
import { Progress } from '../design/progress.tsx'
import { lookOf, State } from '../design/state.tsx'
import type { Column } from '../design/table.tsx'
import { Tabs } from '../design/tabs.tsx'
import { duration, figure, percent } from '../design/time.ts'
import type { Channel, WireEvent } from '../feed/follow.ts'
import { Listed, useListWindow } from '../feed/listed.tsx'
import { useLive } from '../feed/live.ts'
import { nameOfProject, projectInSight, projects } from '../feed/projects.ts'
import { keyOf } from '../keys/bindings.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, go, hrefOf, route } from '../route/route.ts'
import {
  LIVE,
  nameOf,
  notePaces,
  paceOf,
  type Run,
  type RunFilters,
  readRun,
  readRuns,
  SINCE,
} from './data.ts'
import { NewRun } from './new-run.tsx'
import './runs.css'
import { WORDS } from './words.ts'

/** Projects whose channels one page follows at most. */
const MOST_CHANNELS = 50

/** The runs of a project, or of all. */
export function Page(): VNode {
  const { project } = route.value
  return <Runs key={project ?? ''} projectId={project} />
}

function channelsOf(projectId: string | undefined): {
  readonly channels: Channel[]
  readonly isLive: boolean
} {
  if (projectId !== undefined) return { channels: [`project:${projectId}`], isLive: true }
  if (me.value?.role === 'admin') return { channels: ['admin'], isLive: true }
  const own = projects.value ?? []
  return {
    channels: own.slice(0, MOST_CHANNELS).map((one): Channel => `project:${one.projectId}`),
    isLive: own.length <= MOST_CHANNELS,
  }
}

function Runs({ projectId }: { readonly projectId: string | undefined }): VNode {
  const { show, model, definition, since } = route.value
  const filters = { show, model, definition, since }
  /** The runs that were read last: their models and definitions complete what is typed. */
  const seen = useSignal<readonly Run[]>([])
  const isNew = useSignal(false)
  const isManager = me.value?.role !== 'annotator'
  const place = projectId ?? projectInSight.value
  const openNew = (): boolean => {
    if (!isManager || place === undefined) return false
    isNew.value = true
    return true
  }
  useDeeds(['runs'], { newRun: openNew })
  const definitions = new Map(seen.value.map((run) => [run.definitionId, nameOf(run)]))
  const models = Array.from(new Set(seen.value.flatMap(({ config }) => config.models)))
  return (
    <main class="page-list runs" tabIndex={-1}>
      <PageHead
        title={WORDS.title}
        state={!channelsOf(projectId).isLive && <p class="quiet">{WORDS.notLive}</p>}
      >
        {isManager && place !== undefined && (
          <Button icon="add" kind="primary" keyName={keyOf('newRun')} onClick={openNew}>
            {WORDS.newRun}
          </Button>
        )}
      </PageHead>
      <Tabs
        label="What is shown"
        now={show === 'all' ? 'all' : 'live'}
        tabs={[
          { id: 'live', title: WORDS.live, href: hrefOf(changed({ show: undefined })) },
          { id: 'all', title: WORDS.all, href: hrefOf(changed({ show: 'all' })) },
        ]}
      />
      <FilterBar
        label={WORDS.search}
        placeholder={WORDS.searchHint}
        fields={[
          { name: 'model', title: 'One of its models', values: models },
          {
            name: 'definition',
            title: 'Its definition',
            values: Array.from(new Set(definitions.values())),
            isClosed: true,
          },
          { name: 'since', title: 'Started since', values: Object.keys(SINCE), isClosed: true },
        ]}
        filters={{ model, definition: definition && (definitions.get(definition) ?? definition), since }}
        onChange={(name, value) => {
          const id = Array.from(definitions).find(([, called]) => called === value)?.[0]
          become(changed({ [name]: name === 'definition' && value !== undefined ? id : value }))
        }}
      />
      <List
        key={JSON.stringify(filters)}
        projectId={projectId}
        filters={filters}
        onRead={(rows) => (seen.value = rows)}
      />
      {isNew.value && place !== undefined && (
        <NewRun projectId={place} knownModels={models} onClose={() => (isNew.value = false)} />
      )}
    </main>
  )
}

interface ListProps {
  readonly projectId: string | undefined
  readonly filters: RunFilters
  readonly onRead: (rows: readonly Run[]) => void
}

function List({ projectId, filters, onRead }: ListProps): VNode {
  const list = useListWindow<Run>(
    (cursor, limit) => readRuns(projectId, filters, cursor, limit),
    ({ runId }) => runId,
  )
  const readOne = async (runId: string): Promise<void> => {
    const run = await readRun(runId).catch(() => undefined)
    if (run === undefined) return
    list.change(run)
    if (filters.show !== 'all' && !(LIVE as readonly string[]).includes(run.status)) list.leave(runId)
  }
  useLive(`${projectId ?? 'all'} ${JSON.stringify(filters)}`, {
    channels: channelsOf(projectId).channels,
    read: () => list.open(),
    keyOf: ({ type, data }) => (type === 'run_progress' ? `progress ${String(data['runId'])}` : undefined),
    apply: (batch: readonly WireEvent[]) => {
      notePaces(batch)
      for (const { type, data } of batch) {
        if (type !== 'run_status_changed' && type !== 'run_changed') continue
        const runId = String(data['runId'])
        if (list.has(runId)) void readOne(runId)
        else if (data['from'] === null) list.arrive(runId)
      }
    },
  })
  const rows = list.rows.value
  useEffect(() => {
    if (rows.length > 0) onRead(rows)
  }, [rows])
  const isAll = filters.show === 'all'
  const isNarrowed = [filters.model, filters.definition, filters.since].some((one) => one !== undefined)
  return (
    <Listed<Run>
      list={list}
      fresh={WORDS.fresh}
      empty={
        <Empty title={isNarrowed ? WORDS.empty : isAll ? WORDS.none : WORDS.idle}>
          {isAll && !isNarrowed ? WORDS.noneMore : WORDS.emptyMore}
        </Empty>
      }
      label={WORDS.title}
      columns={projectId === undefined ? [...COLUMNS, PROJECT] : COLUMNS}
      leastWidth={920}
      rows={rows}
      keyOf={({ runId }) => runId}
      onOpen={(run) => go({ page: 'run', project: run.projectId, item: run.runId })}
      narrow={(run) => (
        <>
          <span class="run-line">
            <State look={lookOf('run', run.status)} /> <Name run={run} />
          </span>
          <Moved run={run} />
        </>
      )}
    />
  )
}

function Name({ run }: { readonly run: Run }): VNode {
  return (
    <a href={hrefOf({ page: 'run', project: run.projectId, item: run.runId })} tabIndex={-1} dir="auto">
      {nameOf(run)}
    </a>
  )
}

/** How far a run is: what its last signal says, else what was read. */
function Moved({ run }: { readonly run: Run }): VNode {
  const { completed, failed, cancelled, total, percentComplete } = paceOf(run) ?? run.progress
  return (
    <span class="run-moved">
      <Progress
        label={nameOf(run)}
        total={total}
        parts={[
          { title: 'completed', value: completed, tone: 'done' },
          { title: 'failed', value: failed, tone: 'failed' },
          { title: 'cancelled', value: cancelled, tone: 'rest' },
        ]}
      />
      <span>{percent(percentComplete / 100)}</span>
      {failed > 0 && <span class="run-failed">{figure(failed)} failed</span>}
    </span>
  )
}

function Left({ run }: { readonly run: Run }): VNode {
  const pace = paceOf(run)
  if (pace === undefined || pace.etaSeconds === null) return <span>–</span>
  return <span>{duration(pace.etaSeconds * 1_000)}</span>
}

const COLUMNS: readonly Column<Run>[] = [
  {
    id: 'state',
    title: 'State',
    track: '112px',
    draw: ({ status }) => <State look={lookOf('run', status)} />,
  },
  { id: 'name', title: 'Run', track: 'minmax(160px, 2fr)', draw: (run) => <Name run={run} /> },
  {
    id: 'models',
    title: 'Models',
    track: 'minmax(100px, 1fr)',
    draw: ({ config: { models } }) => <span title={models.join(', ')}>{models.join(', ')}</span>,
  },
  {
    id: 'moved',
    title: 'Settled',
    track: 'minmax(240px, 2fr)',
    draw: (run) => <Moved run={run} />,
  },
  { id: 'left', title: 'Left', track: '88px', isFigure: true, draw: (run) => <Left run={run} /> },
  {
    id: 'jobs',
    title: 'Jobs',
    track: '76px',
    isFigure: true,
    draw: ({ progress }) => figure(progress.total),
  },
  { id: 'since', title: 'Started', track: '92px', draw: ({ createdAt }) => <Ago at={createdAt} /> },
]

const PROJECT: Column<Run> = {
  id: 'project',
  title: 'Project',
  track: 'minmax(100px, 1fr)',
  draw: ({ projectId }) => <span dir="auto">{nameOfProject(projectId) ?? '–'}</span>,
}
