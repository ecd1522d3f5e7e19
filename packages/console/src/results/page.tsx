import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { Field } from '../design/field.tsx'
import { Icon } from '../design/icon.tsx'
import { Loading } from '../design/loading.tsx'
import { PageHead } from '../design/page-head.tsx'
import { lookOf } from '../design/state.tsx'
import { figure, formatted, percent } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import type { Channel } from '../feed/follow.ts'
import { useLater, useLive } from '../feed/live.ts'
import { projectInSight } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { become, changed, route } from '../route/route.ts'
import { columnsOf, comparable, differing, placesIn, RowsInSight, type Run, rowsOf, toggled } from './data.ts'
import { ItemDrawer } from './item-drawer.tsx'
import { Matrix } from './matrix.tsx'
import './results.css'
import { WORDS } from './words.ts'

/** Runs to choose from. */
const MOST_RUNS = 100
/** What came of a run that goes on is read again so long after it moved. */
const LATER_MS = 5_000

/** Scenarios × models of a run. */
export function Page(): VNode {
  const projectId = projectInSight.value
  if (projectId === undefined) return <main class="page-list results" tabIndex={-1} />
  return <Results key={projectId} projectId={projectId} />
}

function Results({ projectId }: { readonly projectId: string }): VNode {
  const runs = useReading(async () => {
    const query = { limit: MOST_RUNS }
    const { items } = await call('GET /projects/{projectId}/runs', { params: { projectId }, query })
    const wanted = route.peek().run
    if (wanted === undefined || items.some(({ runId }) => runId === wanted)) return items
    return [await call('GET /runs/{id}', { params: { id: wanted } }), ...items]
  })
  const chosen = route.value.run
  useEffect(() => void runs.again(), [chosen])
  const known = runs.value.value
  const newest = known?.[0]
  const run = known?.find(({ runId }) => runId === chosen) ?? (chosen === undefined ? newest : undefined)
  useEffect(() => {
    // A run that is started later must not take the page over.
    if (chosen === undefined && newest !== undefined) become(changed({ run: newest.runId }))
  }, [chosen, newest])
  return (
    <main class="page-list results" tabIndex={-1}>
      {run === undefined ? (
        <>
          <PageHead title={WORDS.title} />
          {runs.problem.value !== undefined ? (
            <Trouble problem={runs.problem.value} onAgain={() => void runs.again()} />
          ) : known === undefined ? (
            <Loading rows={8} />
          ) : (
            <Empty title={WORDS.none}>{WORDS.noneMore}</Empty>
          )}
        </>
      ) : (
        <OfRun key={run.runId} run={run} runs={known ?? []} onMoved={runs.again} />
      )}
    </main>
  )
}

interface OfRunProps {
  readonly run: Run
  readonly runs: readonly Run[]
  readonly onMoved: () => Promise<void>
}

function OfRun({ run, runs, onMoved }: OfRunProps): VNode {
  const { where = '', at: labelAt, item, with: second } = route.value
  const others = comparable(run, runs)
  const beside = others.find(({ runId }) => runId === second)
  const columns = useMemo(() => columnsOf(run, beside), [run.runId, beside?.runId])
  const problem = useSignal<Problem | undefined>(undefined)
  const drawn = useSignal(0)
  const found = useSignal<
    { readonly rows: RowsInSight; readonly count: number; readonly total: number } | undefined
  >(undefined)
  /** How many scenarios match no longer, or newly. */
  const differ = useSignal(0)
  const seen = useRef<readonly [number, number]>([0, 50])
  const turn = useRef(0)
  const params = { id: run.runId }
  const at = labelAt === undefined ? {} : { labelAt }
  const trying = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act()
      problem.value = undefined
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    }
  }
  const find = (): Promise<void> =>
    trying(async () => {
      turn.current += 1
      const mine = turn.current
      const query = { ...at, ...(where !== '' && { where }) }
      const { count, total, bitmap } = await call('GET /runs/{id}/matrix/places', { params, query })
      if (mine !== turn.current) return
      const rows = new RowsInSight(
        placesIn(bitmap),
        (places) => rowsOf(run, beside, places, labelAt),
        () => {
          drawn.value += 1
        },
      )
      found.value = { rows, count, total }
      differ.value = 0
      await rows.see(...seen.current)
    })
  /** What is in sight is read anew where it stands; what would come or go is counted. */
  const look = (): Promise<void> =>
    trying(async () => {
      const rows = found.peek()?.rows
      if (rows === undefined) return
      if (where !== '') {
        const mine = turn.current
        const { bitmap } = await call('GET /runs/{id}/matrix/places', { params, query: { ...at, where } })
        if (mine !== turn.current) return
        differ.value = differing(rows.places, placesIn(bitmap))
      }
      rows.forget()
      await rows.see(...seen.current)
    })
  const later = useLater(async () => {
    await onMoved()
    await look()
  }, LATER_MS)
  useLive(`${run.runId} ${where} ${labelAt ?? ''} ${beside?.runId ?? ''}`, {
    channels: [run, ...(beside === undefined ? [] : [beside])].flatMap((one): Channel[] =>
      isOver(one) && isDecided(one) ? [] : [`run:${one.runId}`],
    ),
    read: find,
    keyOf: ({ type }) => (type === 'run_progress' || type === 'run_escalation' ? type : undefined),
    apply: later,
  })
  const { name, version } = run.config.definitionSnapshot
  const now = found.value
  const settled = run.progress.completed + run.progress.failed + run.progress.cancelled
  return (
    <>
      <PageHead
        title={WORDS.title}
        state={
          now !== undefined && (
            <p class="quiet" aria-live="polite">
              {figure(now.count)} of {figure(now.total)}
              {!isOver(run) && ` · ${percent(run.progress.percentComplete / 100)} settled`}
            </p>
          )
        }
      />
      <div class="results-bar">
        <Field
          label={WORDS.run}
          value={run.runId}
          onInput={(runId) => become(changed({ run: runId, item: undefined, with: undefined }))}
          choices={(runs.includes(run) ? runs : [run, ...runs]).map((one) => ({
            value: one.runId,
            title: titleOf(one),
          }))}
        />
        {others.length > 0 && (
          <Field
            label={WORDS.compareWith}
            value={beside?.runId ?? ''}
            onInput={(runId) => become(changed({ with: runId === '' ? undefined : runId }))}
            choices={[
              { value: '', title: WORDS.compareNo },
              ...others.map((one) => ({ value: one.runId, title: titleOf(one) })),
            ]}
          />
        )}
        <Where where={where} />
      </div>
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={() => void find()} />}
      {differ.value > 0 && (
        <Button kind="quiet" onClick={() => void find()}>
          {`${figure(differ.value)} ${WORDS.differ}`}
        </Button>
      )}
      {now === undefined ? (
        problem.value === undefined && <Loading rows={8} />
      ) : now.count === 0 ? (
        <Empty title={WORDS.empty}>{WORDS.emptyMore}</Empty>
      ) : (
        <>
          {settled === 0 && <p class="quiet">{WORDS.unsettled}</p>}
          <div class="beside">
            <Matrix
              label={`${name} v${version}`}
              columns={columns}
              hasPeople={run.escalation !== null}
              rows={now.rows}
              count={now.count}
              turn={drawn.value}
              onSeen={(start, end) => {
                seen.current = [start, end]
                void trying(() => now.rows.see(start, end))
              }}
            />
            {item !== undefined && (
              <ItemDrawer key={item} run={run} beside={beside} place={Number(item)} labelAt={labelAt} />
            )}
          </div>
        </>
      )}
    </>
  )
}

function isOver({ status }: Run): boolean {
  return status === 'completed' || status === 'cancelled'
}

/** Whether people have nothing more to say of its scenarios. */
function isDecided({ escalation }: Run): boolean {
  if (escalation == null) return true
  const { waiting, ready, tasks } = escalation
  return waiting + ready + tasks.open === 0
}

/** Models that are named in the title of a run. */
const NAMED = 2

const startOf = formatted({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

/** Tells a run from others of its definition: by its models, and when it was started. */
function titleOf({ config, createdAt, status }: Run): string {
  const { name, version } = config.definitionSnapshot
  const { models } = config
  const named = models.slice(0, NAMED).join(', ')
  const more = models.length > NAMED ? ` and ${figure(models.length - NAMED)} more` : ''
  return `${name} v${version} · ${named}${more} · ${startOf(new Date(createdAt))} · ${lookOf('run', status).word}`
}

/** The words of the filter: typed and taken with Enter, two of them by a button. */
function Where({ where }: { readonly where: string }): VNode {
  const text = useSignal(where)
  useEffect(() => {
    text.value = where
  }, [where])
  const set = (next: string): void =>
    become(changed({ where: next.trim() === '' ? undefined : next.trim(), item: undefined }))
  const has = (word: string): boolean => where.split(' ').includes(word)
  return (
    <search class="results-where" aria-label={WORDS.search}>
      <Icon name="search" />
      <input
        data-search
        type="text"
        aria-label={WORDS.search}
        autocomplete="off"
        spellcheck={false}
        placeholder={WORDS.hint}
        value={text.value}
        onInput={({ currentTarget: { value } }) => (text.value = value)}
        onKeyDown={(event) => {
          if (event.isComposing) return
          if (event.key === 'Enter') set(text.peek())
          else if (event.key === 'Escape') event.currentTarget.blur()
          else return
          event.preventDefault()
        }}
      />
      <Button kind="quiet" pressed={has('split')} onClick={() => set(toggled(where, 'split'))}>
        {WORDS.split}
      </Button>
      <Button kind="quiet" pressed={has('failed')} onClick={() => set(toggled(where, 'failed'))}>
        {WORDS.failed}
      </Button>
    </search>
  )
}
