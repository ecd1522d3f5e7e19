import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { download } from '../api/download.ts'
import { me } from '../api/session.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Empty } from '../design/empty.tsx'
import { FilterBar } from '../design/filter-bar.tsx'
import { unknownNames } from '../design/filters.ts'
import { Loading } from '../design/loading.tsx'
import { Menu } from '../design/menu.tsx'
import { isNarrow } from '../design/narrow.ts'
import { PageHead } from '../design/page-head.tsx'
import { lookOf, State } from '../design/state.tsx'
import { Strangers } from '../design/strangers.tsx'
import { type Column, DataTable } from '../design/table.tsx'
import { Tabs } from '../design/tabs.tsx'
import { count, figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import type { Channel, WireEvent } from '../feed/follow.ts'
import { ListWindow } from '../feed/list-window.ts'
import { useLater, useLive } from '../feed/live.ts'
import { nameOfProject, projects } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { Selection } from '../feed/selection.ts'
import { keyOf } from '../keys/bindings.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, hrefOf, route } from '../route/route.ts'
import { Asking, UnderWay } from './bulk.tsx'
import { Causes } from './causes.tsx'
import {
  type Action,
  type Chosen,
  causesOf,
  exported,
  FILTER_NAMES,
  further,
  type Job,
  type JobFilters,
  jobsOf,
  lineOf,
  MOVABLE,
  movedTo,
  type Operation,
  queueOf,
  STATES,
  stillMatches,
  tookOf,
} from './data.ts'
import { JobDrawer } from './job-drawer.tsx'
import './jobs.css'
import { WORDS } from './words.ts'

/** Figures move many times a second; they are read again this much later. */
const LATER_MS = 1_000
/** Channels that one page follows at most. */
const MOST_CHANNELS = 50

/** The jobs of a project or of all: found by what is in them, failures by cause, moved one by one or all that match. */
export function Page(): VNode {
  const { project } = route.value
  return <Jobs key={project ?? ''} projectId={project} />
}

function filtersOf(): JobFilters {
  return Object.fromEntries(FILTER_NAMES.map((name) => [name, route.value[name]]))
}

function channelsOf(projectId: string | undefined): Channel[] {
  if (projectId !== undefined) return [`project:${projectId}`]
  if (me.peek()?.role === 'admin') return ['admin']
  return (projects.peek() ?? [])
    .slice(0, MOST_CHANNELS)
    .map((project): Channel => `project:${project.projectId}`)
}

function Jobs({ projectId }: { readonly projectId: string | undefined }): VNode {
  const isAdmin = me.value?.role === 'admin'
  const filters = filtersOf()
  const asked = JSON.stringify(filters)
  const isComplete = useSignal(true)
  const asking = useSignal<Action | 'pause' | undefined>(undefined)
  const moving = useSignal<string | undefined>(undefined)
  const mayBeMore = useSignal(false)
  const changes = useSignal(0)
  const list = useMemo(
    () =>
      new ListWindow<Job>({
        read: async (cursor, limit) => {
          const rows = await jobsOf(projectId, filtersOf(), cursor, limit)
          if (cursor === undefined) mayBeMore.value = false
          isComplete.value = rows.complete
          return rows
        },
        keyOf: ({ jobId }) => jobId,
      }),
    [projectId],
  )
  const selection = useMemo(() => new Selection(() => list.rows.peek().map(({ jobId }) => jobId)), [list])
  useEffect(() => selection.clear(), [selection, asked])
  const causes = useReading(() => causesOf(projectId))
  const queue = useReading(() => queueOf(projectId, isAdmin))
  const operation = useReading(async () => {
    const id = moving.peek()
    return id === undefined ? undefined : call('GET /operations/{id}', { params: { id } })
  })
  const under = operation.value.value
  useEffect(() => {
    if (under !== undefined && under.state !== 'running') void list.open()
  }, [under?.operationId, under?.state])
  const refused = useSignal<Problem | undefined>(undefined)
  /** Does what has no dialog that could say that it was refused. */
  const saying = async (deed: () => Promise<unknown>): Promise<void> => {
    refused.value = undefined
    try {
      await deed()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      refused.value = error.problem
    }
  }
  const figures = async (): Promise<void> => {
    await Promise.all([causes.again(), queue.again()])
    // Its place moves with every job before it.
    if (route.peek().item !== undefined) changes.value += 1
  }
  // The rows are what people came for: figures do not compete with them.
  const all = async (): Promise<void> => {
    await list.open()
    await Promise.all([figures(), operation.again()])
  }
  const later = useLater(figures, LATER_MS)
  const opened = useRef(asked)
  useEffect(() => () => list.stop(), [list])
  useEffect(() => {
    if (opened.current === asked) return
    opened.current = asked
    void list.open()
  }, [list, asked])
  useLive(projectId ?? 'all', {
    channels: channelsOf(projectId),
    read: all,
    keyOf: ({ type, data }) =>
      type === 'operation_progress' ? `operation ${String(data['operationId'])}` : undefined,
    apply: (batch) => {
      for (const event of batch) hear(event)
      later()
    },
    queueUpdated: ({ projectId: of, paused, counts }) => {
      if (of === projectId) queue.put({ paused, counts: counts as never })
      else later()
    },
  })
  const hear = ({ type, data, occurredAt }: WireEvent): void => {
    if (type === 'operation_progress' || type === 'operation_done') {
      const now = operation.value.peek()
      if (now === undefined || now.operationId !== data['operationId']) return
      if (type === 'operation_done' || data['state'] !== 'running') void operation.again()
      else operation.put(further(now, data as unknown as Pick<Operation, 'done' | 'skipped'>))
      return
    }
    const jobId = data['itemId']
    if (typeof jobId !== 'string') return
    const state = STATE_BY_EVENT[type]
    if (state === undefined) return
    const row = list.rows.peek().find((each) => each.jobId === jobId)
    const now = filtersOf()
    const fits = stillMatches({ state }, now)
    if (row !== undefined) {
      list.change(movedTo(row, state, occurredAt, data['error'] as Job['error'] | undefined))
      if (!fits) list.leave(jobId)
      if (route.peek().item === jobId) changes.value += 1
    } else if (!fits) list.leave(jobId)
    else if (type === 'queue_item_added' || (type === 'job_failed' && now.state !== undefined)) {
      // Whether it matches the other filters only the server can tell.
      if (isByStateAlone(now)) list.arrive(jobId)
      else mayBeMore.value = true
    }
  }
  const strangers = unknownNames(route.value, FILTER_NAMES)
  const ids = selection.isAllMatching.value ? [] : Array.from(selection.ids.value)
  const chosen: Chosen = { projectId, filters, ...(ids.length > 0 && { ids }) }
  const may = movesOf(filters.state, ids, list.rows.value)
  useDeeds(['jobs'], {
    retry: () => {
      if (!may.includes('retry') || strangers.length > 0) return false
      asking.value = 'retry'
      return true
    },
    cause: () => {
      const jobId = list.at.peek()
      if (jobId === undefined) return false
      void saying(async () => {
        const { cause } = await call('GET /jobs/{id}', { params: { id: jobId } })
        if (cause !== null) become(changed({ cause: String(cause.causeId), state: 'failed' }))
      })
      return true
    },
  })
  const counts = queue.value.value?.counts
  const isPaused = queue.value.value?.paused === true
  const matching = filters.state === undefined ? undefined : counts?.[filters.state as keyof typeof counts]
  const matched =
    isByStateAlone(filters) && matching !== undefined
      ? count(matching)
      : `${count(list.rows.value.length)}${list.isComplete.value ? '' : '+'}`
  const pause = async (paused: boolean): Promise<void> => {
    const deed = paused ? 'pause' : 'resume'
    if (projectId === undefined) await call(`POST /system/queue/${deed}`, { body: {} })
    else await call(`POST /projects/{projectId}/queue/${deed}`, { params: { projectId }, body: {} })
    await queue.again()
  }
  const mayPause = projectId !== undefined || isAdmin
  return (
    <main class="page-list jobs" tabIndex={-1}>
      <PageHead
        title={WORDS.title}
        state={
          <p class="quiet">
            {projectId === undefined ? WORDS.allProjects : (nameOfProject(projectId) ?? '')}
            {isPaused && ` · ${WORDS.paused}`}
          </p>
        }
      >
        {mayPause &&
          queue.value.value !== undefined &&
          (isPaused ? (
            <Button onClick={() => void saying(() => pause(false))}>{WORDS.resumeQueue}</Button>
          ) : (
            <Button onClick={() => (asking.value = 'pause')}>{WORDS.pauseQueue}</Button>
          ))}
      </PageHead>
      {refused.value !== undefined && <Trouble problem={refused.value} isInline />}
      <FilterBar
        label={WORDS.search}
        placeholder={WORDS.searchMore}
        free="error"
        fields={[
          { name: 'state', title: 'State', values: [...STATES], isClosed: true },
          { name: 'type', title: 'Type', values: seen(list.rows.value, ({ type }) => type) },
          { name: 'model', title: 'Model', values: seen(list.rows.value, ({ model }) => model) },
          { name: 'run', title: 'Run', values: seen(list.rows.value, ({ runId }) => runId) },
          {
            name: 'scenario',
            title: 'Scenario',
            values: seen(list.rows.value, ({ scenarioId }) => scenarioId),
          },
          {
            name: 'cause',
            title: 'Cause',
            values: (causes.value.value ?? []).map(({ causeId }) => String(causeId)),
          },
          { name: 'attempts', title: 'Attempts', values: ['>1', '>2', '0'] },
        ]}
        filters={{ ...filters }}
        onChange={(name, value) => become(changed({ [name]: value, item: undefined }))}
      />
      <Strangers
        names={strangers}
        onClear={() => become(changed(Object.fromEntries(strangers.map((name) => [name, undefined]))))}
      />
      <Tabs
        label="State"
        now={filters.state ?? 'all'}
        tabs={[
          { id: 'all', title: WORDS.all, href: hrefOf(changed({ state: undefined, item: undefined })) },
          ...STATES.map((state) => ({
            id: state,
            title: lookOf('job', state).word,
            href: hrefOf(changed({ state, item: undefined })),
            count: counts === undefined ? undefined : figure(counts[state]),
          })),
        ]}
      />
      {under !== undefined && (
        <UnderWay
          key={under.operationId}
          operation={under}
          problem={operation.problem.value}
          onStopped={operation.put}
          onDismiss={() => {
            moving.value = undefined
            operation.put(undefined)
          }}
        />
      )}
      {list.problem.value !== undefined && (
        <Trouble problem={list.problem.value} onAgain={() => void all()} />
      )}
      {list.state.value === 'loading' && list.problem.value === undefined && <Loading rows={10} />}
      {list.state.value === 'ready' && (
        <div class={`beside${route.value.item === undefined ? '' : ' open'}`}>
          <div class="jobs-main">
            {causes.value.value !== undefined && <Causes causes={causes.value.value} />}
            <div class="jobs-list">
              <div class="deeds bulk">
                {list.rows.value.length > 0 && (
                  <span class="quiet" role="status">
                    {ids.length > 0 ? `${figure(ids.length)} ${WORDS.selected}` : `${matched} match`}
                    {selection.isAllMatching.value && `, ${WORDS.allSelected}`}
                  </span>
                )}
                {strangers.length === 0 && list.rows.value.length > 0 && (
                  <Moves may={may} onAsk={(action) => (asking.value = action)} />
                )}
                {(ids.length > 0 || selection.isAllMatching.value) && (
                  <Button kind="quiet" onClick={() => selection.clear()}>
                    {WORDS.clearSelection}
                  </Button>
                )}
                {strangers.length === 0 && list.rows.value.length > 0 && <Export chosen={chosen} />}
                {list.waiting > 0 && (
                  <Button kind="quiet" onClick={() => void list.open()}>
                    {figure(list.waiting)} {WORDS.newOnes}
                  </Button>
                )}
                {mayBeMore.value && (
                  <Button kind="quiet" onClick={() => void list.open()}>
                    {WORDS.mayBeMore}
                  </Button>
                )}
              </div>
              <List
                list={list}
                filters={filters}
                selection={isNarrow.value || strangers.length > 0 ? undefined : selection}
              />
              {!isComplete.value && (
                <p class="bounded" role="status">
                  {WORDS.stopped}{' '}
                  <Button kind="quiet" onClick={() => void list.near('end')}>
                    {WORDS.goOn}
                  </Button>
                </p>
              )}
            </div>
          </div>
          {route.value.item !== undefined && (
            <JobDrawer
              key={route.value.item}
              jobId={route.value.item}
              changes={changes.value}
              onMoved={() => later()}
            />
          )}
        </div>
      )}
      {asking.value === 'pause' && (
        <Confirm
          title={WORDS.pauseQueue.replace('…', '')}
          deed={WORDS.pauseDeed}
          act={() => pause(true)}
          onClose={() => (asking.value = undefined)}
        >
          <p>{WORDS.pauseSays}</p>
        </Confirm>
      )}
      {asking.value !== undefined && asking.value !== 'pause' && (
        <Asking
          action={asking.value}
          chosen={chosen}
          onBegun={(begun) => {
            selection.clear()
            moving.value = begun.operationId
            operation.put(begun)
            // It may have ended before this answer came.
            void operation.again()
          }}
          onClose={() => (asking.value = undefined)}
        />
      )}
    </main>
  )
}

interface MovesProps {
  readonly may: readonly Action[]
  readonly onAsk: (action: Action) => void
}

/** What may be done to all that match, or to what is selected. */
function Moves({ may, onAsk }: MovesProps): VNode {
  return (
    <span class="moves">
      {may.includes('retry') && (
        <Button kind="primary" keyName={keyOf('retry')} onClick={() => onAsk('retry')}>
          {WORDS.retry}…
        </Button>
      )}
      {may.includes('cancel') && <Button onClick={() => onAsk('cancel')}>{WORDS.cancel}</Button>}
      {may.includes('priority') && <Button onClick={() => onAsk('priority')}>{WORDS.priority}</Button>}
    </span>
  )
}

/** The moves that something of it can make: by the state that is looked at, or those of what is selected. */
function movesOf(state: string | undefined, ids: readonly string[], rows: readonly Job[]): readonly Action[] {
  const named = new Set(ids)
  const states =
    ids.length === 0 ? [state] : rows.filter((row) => named.has(row.jobId)).map((row) => row.state)
  return ACTION_NAMES.filter((action) =>
    states.some((one) => one !== undefined && MOVABLE[action].includes(one)),
  )
}

const ACTION_NAMES: readonly Action[] = ['retry', 'cancel', 'priority']

/** Saves what matches, or what is selected, as a file that the server streams. */
function Export({ chosen }: { readonly chosen: Chosen }): VNode {
  const isBusy = useSignal(false)
  const problem = useSignal<Problem | undefined>(undefined)
  const save = async (format: 'csv' | 'ndjson'): Promise<void> => {
    isBusy.value = true
    problem.value = undefined
    try {
      await download('/jobs/export', { filter: exported(chosen), format }, `jobs.${format}`)
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    } finally {
      isBusy.value = false
    }
  }
  return (
    <>
      <Menu
        label={WORDS.export}
        icon="download"
        deeds={[
          { title: WORDS.exportCsv, icon: 'download', act: () => void save('csv'), isOff: isBusy.value },
          { title: WORDS.exportLines, icon: 'download', act: () => void save('ndjson'), isOff: isBusy.value },
        ]}
      />
      {isBusy.value && (
        <span class="quiet" role="status">
          {WORDS.exporting}
        </span>
      )}
      {problem.value !== undefined && <Trouble problem={problem.value} isInline />}
    </>
  )
}

function isByStateAlone(filters: JobFilters): boolean {
  return FILTER_NAMES.every((name) => name === 'state' || filters[name] === undefined)
}

/** The state that a job is in after each. */
const STATE_BY_EVENT: Readonly<Record<string, Job['state']>> = {
  queue_item_added: 'pending',
  queue_item_removed: 'cancelled',
  job_started: 'active',
  job_completed: 'completed',
  job_failed: 'failed',
  job_retried: 'pending',
}

function seen(rows: readonly Job[], read: (job: Job) => string | null): string[] {
  return Array.from(new Set(rows.flatMap((row) => read(row) ?? [])))
    .slice(0, 20)
    .sort()
}

const COLUMNS: readonly Column<Job>[] = [
  { id: 'state', title: 'State', track: '92px', draw: ({ state }) => <State look={lookOf('job', state)} /> },
  { id: 'type', title: 'Type', track: 'minmax(84px, 1fr)', draw: ({ type }) => type },
  { id: 'model', title: 'Model', track: 'minmax(50px, 0.6fr)', draw: ({ model }) => model ?? '' },
  {
    id: 'what',
    title: 'What',
    track: 'minmax(110px, 2.4fr)',
    draw: (job) => <span title={job.error?.message}>{lineOf(job)}</span>,
  },
  {
    id: 'attempt',
    title: 'Attempts',
    track: '58px',
    isFigure: true,
    draw: ({ attempt, maxAttempts }) => `${attempt} / ${maxAttempts}`,
  },
  { id: 'took', title: 'Took', track: '56px', isFigure: true, draw: (job) => tookOf(job, Date.now()) },
  {
    id: 'when',
    title: 'When',
    track: '84px',
    draw: ({ finishedAt, startedAt, createdAt }) => <Ago at={finishedAt ?? startedAt ?? createdAt} />,
  },
]

/** Jobs of no run have no model. */
const WITHOUT_MODEL = COLUMNS.filter(({ id }) => id !== 'model')

interface ListProps {
  readonly list: ListWindow<Job>
  readonly filters: JobFilters
  readonly selection: Selection | undefined
}

function List({ list, filters, selection }: ListProps): VNode {
  const rows = list.rows.value
  if (rows.length === 0) {
    const isFiltered = FILTER_NAMES.some((name) => filters[name] !== undefined)
    if (!isFiltered) return <Empty title={WORDS.noJobs} />
    const isGood =
      filters.state === 'failed' && FILTER_NAMES.every((name) => name === 'state' || !filters[name])
    if (isGood) return <Empty title={WORDS.noFailures}>{WORDS.noFailuresMore}</Empty>
    const none = Object.fromEntries(FILTER_NAMES.map((name) => [name, undefined]))
    return (
      <Empty title={WORDS.filtered}>
        <div class="deeds">
          <Button onClick={() => become(changed(none))}>{WORDS.clear}</Button>
        </div>
      </Empty>
    )
  }
  return (
    <DataTable
      label={WORDS.title}
      columns={rows.some(({ model }) => model !== null) ? COLUMNS : WITHOUT_MODEL}
      rows={rows}
      keyOf={({ jobId }) => jobId}
      at={list.at.value}
      onAt={(id) => (list.at.value = id)}
      onOpen={({ jobId }) => become(changed({ item: jobId }))}
      isDimmed={({ jobId }) => list.isDimmed(jobId)}
      selection={selection}
      onNear={(end) => void list.near(end)}
      leastWidth={600}
      narrow={(job) => (
        <>
          <span class="job-line">
            <State look={lookOf('job', job.state)} />
            <b>{job.type}</b>
            <span class="quiet">
              <Ago at={job.finishedAt ?? job.startedAt ?? job.createdAt} />
            </span>
          </span>
          <small class="quiet">
            {job.model ?? ''} {lineOf(job)}
          </small>
        </>
      )}
    />
  )
}
