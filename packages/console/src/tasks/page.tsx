import { useComputed, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { FilterBar } from '../design/filter-bar.tsx'
import { Loading } from '../design/loading.tsx'
import { isNarrow } from '../design/narrow.ts'
import { PageHead } from '../design/page-head.tsx'
import { lookOf, State } from '../design/state.tsx'
import { Strangers } from '../design/strangers.tsx'
import { type Column, DataTable, type Sorting } from '../design/table.tsx'
import { Tabs } from '../design/tabs.tsx'
import { count, figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { ListWindow } from '../feed/list-window.ts'
import { useLater, useLive } from '../feed/live.ts'
import { nameOfProject } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { Selection } from '../feed/selection.ts'
import { keyOf } from '../keys/bindings.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, go, hrefOf, route } from '../route/route.ts'
import { AssignAll, Cancel, Priority } from './bulk.tsx'
import {
  type Chosen,
  type Counts,
  channelsOf,
  type Filters,
  fieldsOf,
  filtersOf,
  mayMove,
  queryOf,
  type Row,
  readCounts,
  readPeople,
  readRows,
  STATUSES,
  strangersOf,
} from './data.ts'
import './tasks.css'
import { WAITS, WORDS } from './words.ts'

/** Tasks of one project, or of all, by what keeps them. */
export function Page(): VNode {
  const { project } = route.value
  const filters = filtersOf(route.value)
  return <List key={project ?? ''} projectId={project} filters={filters} />
}

type Over = 'nothing' | 'assign' | 'priority' | 'cancel'

function List({
  projectId,
  filters,
}: {
  readonly projectId: string | undefined
  readonly filters: Filters
}): VNode {
  const asked = JSON.stringify(queryOf(filters))
  const people = useSignal<ReadonlyMap<string, string>>(new Map())
  const over = useSignal<Over>('nothing')
  const wanted = (): Filters => ({
    ...filters,
    holder: people.peek().get(filters.holder ?? '') ?? filters.holder,
  })
  const list = useMemo(
    () =>
      new ListWindow<Row>({
        read: (cursor, limit) => readRows(projectId, wanted(), cursor, limit),
        keyOf: ({ taskId }) => taskId,
      }),
    [projectId, asked],
  )
  const selection = useMemo(() => new Selection(() => list.rows.peek().map(({ taskId }) => taskId)), [list])
  const counting = useReading<Counts>(() => readCounts(projectId, wanted()))
  useEffect(() => {
    void readPeople(projectId).then(
      (found) => {
        people.value = found
      },
      () => undefined,
    )
  }, [projectId])
  const recount = useLater(counting.again)
  const changedRows = useLater(() => reread(list, projectId, wanted()), 500)
  const { channels, isLive } = channelsOf(projectId)
  useLive(
    `${projectId ?? ''} ${asked} ${people.value.size > 0 || filters.holder === undefined} ${channels.join()}`,
    {
      channels,
      read: async () => {
        await list.open()
        await counting.again()
      },
      apply: (batch) => {
        const told = batch.filter(({ type }) => type.startsWith('task_') || type === 'operation_done')
        if (told.length === 0) return
        recount()
        for (const { type, data } of told) {
          const { taskId } = data as { readonly taskId?: string }
          if (type === 'task_added') for (const id of addedIn(data)) list.arrive(id)
          else if (taskId !== undefined && list.has(taskId)) changedRows()
        }
        if (told.some(({ type }) => type === 'operation_done')) changedRows()
      },
    },
  )
  const chosen = useComputed<number>(() => selection.count(matching(counting.value.value, filters)))
  useDeeds(['tasks'], { ...(projectId !== undefined && { assign: () => (over.value = 'assign') }) })
  const rows = list.rows.value
  const counts = counting.value.value
  const sorting: Sorting = { by: 'age', order: filters.order === 'asc' ? 'asc' : 'desc' }
  const set = (name: string, value: string | undefined): void => become(changed({ [name]: value }))
  const problem = list.problem.value
  const strangers = strangersOf(route.value)
  const isMovable = mayMove(filters) && strangers.length === 0
  const what: Chosen = {
    projectId,
    filters: wanted(),
    ids: selection.isAllMatching.value ? undefined : Array.from(selection.ids.value),
    count: chosen.value,
  }
  const close = (): void => {
    over.value = 'nothing'
  }
  const again = (): void => {
    selection.clear()
    void list.open()
    void counting.again()
  }
  return (
    <main class="page-list tasks" tabIndex={-1}>
      <PageHead
        title={WORDS.list}
        state={
          <span class="quiet">
            {projectId === undefined ? '' : (nameOfProject(projectId) ?? '')}
            {!isLive && ` ${WORDS.notLive}`}
          </span>
        }
      >
        {projectId !== undefined && (
          <Button keyName={keyOf('assign')} onClick={() => (over.value = 'assign')}>
            {WORDS.assignAll}
          </Button>
        )}
      </PageHead>
      <div class="tasks-filters">
        <Tabs
          label={WORDS.status}
          now={filters.status}
          tabs={STATUSES.map((status) => ({
            id: status,
            title: status,
            href: hrefOf(changed({ status: status === 'open' ? undefined : status })),
            count: counts === undefined ? undefined : countOf(counts, status),
          }))}
        />
        <FilterBar
          label={WORDS.search}
          fields={fieldsOf(counts, rows, people.value)}
          filters={{ ...filters }}
          free="q"
          placeholder={WORDS.free}
          onChange={set}
        />
      </div>
      <Strangers
        names={strangers}
        onClear={() => become(changed(Object.fromEntries(strangers.map((name) => [name, undefined]))))}
      />
      <Waiting counts={counts} filters={filters} />
      {isMovable && chosen.value > 0 && (
        <div class="tasks-chosen deeds" role="status">
          <b>{figure(chosen.value)} selected</b>
          <Button onClick={() => (over.value = 'priority')}>{WORDS.priority}</Button>
          <Button onClick={() => (over.value = 'cancel')}>{WORDS.cancel}</Button>
          <Button kind="quiet" onClick={() => selection.clear()}>
            {WORDS.clearSelection}
          </Button>
        </div>
      )}
      {list.waiting > 0 && (
        <Button kind="quiet" onClick={() => void list.open()}>
          {figure(list.waiting)} new
        </Button>
      )}
      {problem !== undefined && (
        <Trouble problem={problem} onAgain={again} isInline={list.state.value !== 'failed'} />
      )}
      {list.state.value === 'loading' ? (
        <Loading rows={10} />
      ) : rows.length === 0 && list.isComplete.value ? (
        <None filters={filters} />
      ) : list.state.value === 'ready' ? (
        <DataTable
          label={WORDS.list}
          columns={columnsOf(projectId === undefined)}
          rows={rows}
          keyOf={({ taskId }) => taskId}
          at={list.at.value}
          onAt={(id) => (list.at.value = id)}
          onOpen={({ taskId }) => go({ page: 'task', item: taskId })}
          selection={isNarrow.value || !isMovable ? undefined : selection}
          isDimmed={({ taskId }) => list.isDimmed(taskId)}
          sorting={sorting}
          onSort={({ order }) => set('order', order === 'asc' ? 'asc' : undefined)}
          onNear={(end) => void list.near(end)}
          narrow={(row) => <Card row={row} />}
          leastWidth={760}
        />
      ) : null}
      {over.value === 'assign' && projectId !== undefined && (
        <AssignAll projectId={projectId} onClose={close} onDone={again} />
      )}
      {over.value === 'priority' && <Priority chosen={what} onClose={close} onDone={again} />}
      {over.value === 'cancel' && <Cancel chosen={what} onClose={close} onDone={again} />}
    </main>
  )
}

/** Rows that moved are read again where they stand; one that no longer matches is dimmed. */
async function reread(list: ListWindow<Row>, projectId: string | undefined, filters: Filters): Promise<void> {
  const before = list.rows.peek()
  const { items } = await readRows(projectId, { ...filters }, undefined, 200).catch(() => ({
    items: undefined,
  }))
  if (items === undefined) return
  const now = new Map(items.map((row) => [row.taskId, row]))
  const last = items.at(-1)
  for (const row of before) {
    const known = now.get(row.taskId)
    if (known !== undefined) list.change(known)
    else if (last === undefined || items.length < 200 || isWithin(row, last, filters)) list.leave(row.taskId)
  }
}

/** Whether a row would stand among those that were read, if it still matched. */
function isWithin(row: Row, last: Row, { order }: Filters): boolean {
  const [one, other] = [row.createdAt ?? '', last.createdAt ?? '']
  return order === 'asc' ? one < other : one > other
}

function addedIn(data: object): readonly string[] {
  const { taskIds = [] } = data as { readonly taskIds?: readonly string[] }
  return taskIds
}

function matching(counts: Counts | undefined, { status }: Filters): number {
  if (counts === undefined) return 0
  const { open, completed, cancelled } = counts.byStatus
  return status === 'all' ? open + completed + cancelled : counts.byStatus[status]
}

function countOf(counts: Counts, status: (typeof STATUSES)[number]): string {
  return count(matching(counts, { status }))
}

/** What keeps the open steps, each a filter. */
function Waiting({
  counts,
  filters,
}: {
  readonly counts: Counts | undefined
  readonly filters: Filters
}): VNode | null {
  const reasons = Object.entries(counts?.byReason ?? {}).sort(([, one], [, other]) => other - one)
  if (counts === undefined || reasons.length === 0 || filters.status !== 'open') return null
  return (
    <p class="tasks-waiting">
      <span class="quiet">
        {counts.complete ? '' : `of ${count(counts.judged)} looked at, `}
        {figure(counts.byState.free)} free, {figure(counts.byState.nobody)} that nobody can take ·
      </span>
      {reasons.map(([reason, number]) => (
        <a
          key={reason}
          href={hrefOf(changed({ waits: filters.waits === reason ? undefined : reason }))}
          aria-current={filters.waits === reason ? 'true' : undefined}
        >
          {WAITS[reason] ?? reason} {figure(number)}
        </a>
      ))}
    </p>
  )
}

function None({ filters }: { readonly filters: Filters }): VNode {
  const { status, order: _order, ...rest } = filters
  const set = Object.entries(rest).filter(([, value]) => value !== undefined)
  if (set.length === 0 && status === 'all')
    return <Empty title={WORDS.noneAtAll}>{WORDS.noneAtAllMore}</Empty>
  return (
    <Empty title={WORDS.none}>
      <p>
        {WORDS.noneMore}{' '}
        {[`status: ${status}`, ...set.map(([name, value]) => `${name}: ${value}`)].join(' · ')}
      </p>
      <div class="deeds">
        <Button onClick={() => become({ page: 'tasks', project: route.value.project, status: 'all' })}>
          {WORDS.clear}
        </Button>
      </div>
    </Empty>
  )
}

const nameOf = ({ externalId, taskId }: Row): string => externalId ?? `…${taskId.slice(-8)}`

function StateOf({ row }: { readonly row: Row }): VNode {
  return row.stepState === null ? (
    <State look={lookOf('task', row.status ?? 'open')} />
  ) : (
    <State look={lookOf('step', row.stepState)} />
  )
}

/** Who has it, or why nobody does. */
function why({ stepState, mainReason, holders }: Row): string {
  if (holders.length > 0) return holders.map(({ displayName }) => displayName).join(', ')
  if (stepState === null || stepState === 'free' || mainReason === null) return ''
  return WAITS[mainReason] ?? mainReason
}

function columnsOf(isOverAll: boolean): Column<Row>[] {
  return [
    { id: 'state', title: 'State', track: '116px', draw: (row) => <StateOf row={row} /> },
    {
      id: 'name',
      title: 'Task',
      track: 'minmax(140px, 2fr)',
      draw: (row) => (
        <a href={hrefOf({ page: 'task', item: row.taskId })} dir="auto" tabIndex={-1}>
          {nameOf(row)}
        </a>
      ),
    },
    ...(isOverAll
      ? [
          {
            id: 'project',
            title: 'Project',
            track: 'minmax(100px, 1fr)',
            draw: ({ projectId }: Row) => <span dir="auto">{nameOfProject(projectId) ?? '–'}</span>,
          },
        ]
      : []),
    {
      id: 'step',
      title: 'Step',
      track: 'minmax(90px, 1fr)',
      draw: ({ currentStepId }) => currentStepId ?? '–',
    },
    {
      id: 'priority',
      title: 'Priority',
      track: '64px',
      isFigure: true,
      draw: ({ priority }) => figure(priority ?? 0),
    },
    {
      id: 'why',
      title: 'Who, or why nobody',
      track: 'minmax(160px, 2fr)',
      draw: (row) => (
        <span dir="auto">
          {why(row)}
          {row.flagged && <span class="task-flag">{WORDS.flagged}</span>}
        </span>
      ),
    },
    {
      id: 'age',
      title: 'Added',
      track: '96px',
      isSortable: true,
      draw: ({ createdAt }) => <Ago at={createdAt} />,
    },
  ]
}

function Card({ row }: { readonly row: Row }): VNode {
  return (
    <>
      <span class="task-card">
        <b dir="auto">{nameOf(row)}</b>
        <StateOf row={row} />
      </span>
      <span class="quiet" dir="auto">
        {[row.currentStepId ?? '', why(row), row.flagged ? WORDS.flagged : '']
          .filter((part) => part !== '')
          .join(' · ')}
      </span>
    </>
  )
}
