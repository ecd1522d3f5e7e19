import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { CallError, call, type Problem } from '../api/call.ts'
import { readLines } from '../api/lines.ts'
import { useSaving } from '../api/saving.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Confirm } from '../design/confirm.tsx'
import { Empty } from '../design/empty.tsx'
import { Figures } from '../design/figures.tsx'
import { Loading } from '../design/loading.tsx'
import { PageHead } from '../design/page-head.tsx'
import { Progress } from '../design/progress.tsx'
import { State } from '../design/state.tsx'
import { type Column, DataTable } from '../design/table.tsx'
import { Tabs } from '../design/tabs.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { useLater, useLive } from '../feed/live.ts'
import { projectInSight } from '../feed/projects.ts'
import { type Reading, useReading } from '../feed/reading.ts'
import { changed, go, hrefOf, route } from '../route/route.ts'
import {
  bring,
  bytesSaid,
  type Finding,
  hasEnded,
  type Import,
  LEVELS,
  lookOfImport,
  moved,
  readImport,
  sentLast,
} from './data.ts'
import { WORDS } from './words.ts'

/** One import: how far it is, what it made, and its report line by line. */
export function OneImport({ importId }: { readonly importId: string }): VNode {
  const reading = useReading(() => readImport(importId))
  const now = reading.value.value
  const projectId = now?.projectId ?? projectInSight.value
  useLive(projectId ?? '', {
    channels: [projectId === undefined ? undefined : `project:${projectId}`],
    read: reading.again,
    keyOf: ({ type, data }) =>
      type === 'import_progress' ? `progress ${String(data['importId'])}` : undefined,
    apply: (batch) => {
      for (const event of batch) {
        if (event.data['importId'] !== importId) continue
        const row = reading.value.peek()
        if (event.type === 'import_progress' && row !== undefined) reading.put(moved(row, event))
        else void reading.again()
      }
    },
  })
  if (now === undefined)
    return (
      <main class="page-panels imports" tabIndex={-1}>
        <PageHead title={WORDS.title} />
        {reading.problem.value === undefined ? (
          <Loading rows={8} />
        ) : (
          <Trouble problem={reading.problem.value} onAgain={() => void reading.again()} />
        )}
      </main>
    )
  return <Told row={now} reading={reading} />
}

interface ToldProps {
  readonly row: Import
  readonly reading: Reading<Import>
}

function Told({ row, reading }: ToldProps): VNode {
  const { importId, projectId, name, format, formatVersion, target, mode, bytes, counts, error, status } = row
  const isAsking = useSignal(false)
  const problem = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  const isEnded = hasEnded(status)
  const saving = useSaving(`/imports/${importId}/report.ndjson`, `import-${name}-report.ndjson`)
  const stale = reading.problem.value ?? saving.problem.value ?? problem.value
  const kept = sentLast.value?.importId === importId ? sentLast.value : undefined
  const again = kept === undefined ? undefined : againOf(row, kept)
  const sendAgain = async (): Promise<void> => {
    if (again === undefined) return
    problem.value = undefined
    isBusy.value = true
    try {
      const { answer } = await bring(projectId, again)
      go({ page: 'imports', project: projectId, item: answer.importId })
      if (answer.importId === importId) reading.put(answer)
    } catch (refusal) {
      if (!(refusal instanceof CallError)) throw refusal
      problem.value = refusal.problem
    } finally {
      isBusy.value = false
    }
  }
  return (
    <main class="page-list imports" tabIndex={-1}>
      <PageHead
        title={name}
        state={
          <>
            <State look={lookOfImport(row)} isPill />
            <p class="quiet">
              {format}
              {formatVersion !== null && ` ${formatVersion}`} · {target ?? 'not known yet'} · {mode}
              {row.dryRun && ', dry run'} · {bytesSaid(bytes)} · <Ago at={row.createdAt} />
            </p>
          </>
        }
      >
        {again !== undefined && (
          <Button kind="primary" disabled={isBusy.value} onClick={() => void sendAgain()}>
            {again.title}
          </Button>
        )}
        {!isEnded && (
          <Button kind="danger" onClick={() => (isAsking.value = true)}>
            {WORDS.cancel}
          </Button>
        )}
        <Button icon="download" onClick={() => void saving.save()}>
          {WORDS.download}
        </Button>
      </PageHead>
      <p class="import-of">
        <Said row={row} /> {status === 'completed' && !row.dryRun && <Created row={row} />}{' '}
        <a href={hrefOf({ page: 'imports', project: projectId })}>{WORDS.all}</a>
      </p>
      {stale !== undefined && <Trouble problem={stale} isInline />}
      {error !== null && (
        <p class="note" role="alert">
          {error.code}: {error.message}
        </p>
      )}
      <Figures
        figures={[
          { title: 'Read', value: figure(counts.read) },
          { title: row.dryRun || !isEnded ? 'Would be made' : 'Made', value: figure(counts.made) },
          { title: 'There, the same', value: figure(counts.same) },
          {
            title: 'There, another',
            value: figure(counts.changed),
            ...(counts.changed > 0 && { tone: 'wait' as const }),
          },
          {
            title: 'Refused',
            value: figure(counts.refused),
            ...(counts.refused > 0 && { tone: 'failed' as const }),
          },
          { title: 'Without a home', value: figure(counts.left) },
        ]}
      />
      {!isEnded && (
        <Progress
          label={name}
          isTall
          total={counts.read}
          parts={[
            { title: 'made', value: counts.made, tone: 'done' },
            { title: 'the same', value: counts.same, tone: 'rest' },
            { title: 'at fault', value: counts.refused + counts.changed, tone: 'failed' },
          ]}
        />
      )}
      <Report row={row} />
      {isAsking.value && (
        <Confirm
          title={WORDS.cancelTitle}
          deed={WORDS.cancelDeed}
          isDanger
          act={async () => {
            reading.put(await call('POST /imports/{id}/cancel', { params: { id: importId }, body: {} }))
          }}
          onClose={() => (isAsking.value = false)}
        >
          <p>{mode === 'atomic' ? WORDS.cancelAtomic : WORDS.cancelChunks}</p>
        </Confirm>
      )}
    </main>
  )
}

type Again = Parameters<typeof bring>[1] & { readonly title: string }

/** How the same file may be sent once more: for real after a dry run, without parts at fault, or as it was after a cut. */
function againOf(
  { dryRun, mode, status }: Import,
  { file, wish }: Pick<Again, 'file' | 'wish'>,
): Again | undefined {
  if (status === 'completed') return dryRun ? { file, wish, dryRun: false, title: WORDS.realNow } : undefined
  if (status === 'failed' || status === 'cancelled') return { file, wish, dryRun, title: WORDS.sendAgain }
  if (status !== 'refused' || mode !== 'atomic') return undefined
  return { file, wish: { ...wish, mode: 'chunks' }, dryRun, title: dryRun ? WORDS.tryRest : WORDS.bringRest }
}

/** What its state means for whoever brought the file. */
function Said({ row: { dryRun, mode, status } }: { readonly row: Import }): VNode | null {
  if (route.value['again'] !== undefined) return <span role="status">{WORDS.again}</span>
  if (status === 'failed') return <span>{WORDS.failed}</span>
  if (status === 'refused') return <span>{mode === 'atomic' ? WORDS.refused : WORDS.refusedChunks}</span>
  if (status === 'completed' && dryRun) return <span>{WORDS.checked}</span>
  return null
}

/** Leads to what an import made. */
function Created({ row: { createdIds, projectId, target } }: { readonly row: Import }): VNode | null {
  if (target === 'tasks') return <a href={hrefOf({ page: 'tasks', project: projectId })}>{WORDS.tasks}</a>
  const { definitionId, runId } = createdIds
  if (runId !== undefined) return <a href={hrefOf({ page: 'run', item: runId })}>{WORDS.run}</a>
  if (definitionId === undefined) return null
  const to = { page: 'runs', project: projectId, show: 'all', definition: definitionId } as const
  return <a href={hrefOf(to)}>{WORDS.definition}</a>
}

/** A report is read anew this long after what it counts has moved. */
const SOON_MS = 2_000

type Line = Finding & { readonly key: string }

/** The findings of an import, each with its line and field. */
function Report({ row }: ToldReport): VNode {
  const { importId, counts, status } = row
  const lines = useSignal<readonly Line[] | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const at = useSignal<string | undefined>(undefined)
  const turn = useRef<AbortController>(undefined)
  const read = async (): Promise<void> => {
    turn.current?.abort()
    const mine = new AbortController()
    turn.current = mine
    const found: Line[] = []
    try {
      await readLines<Finding>(
        `/imports/${importId}/report.ndjson`,
        (part) => {
          for (const one of part) found.push({ ...one, key: String(found.length) })
        },
        mine.signal,
      )
      if (mine !== turn.current) return
      lines.value = found
      problem.value = undefined
    } catch (error) {
      if (mine !== turn.current) return
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    }
  }
  useEffect(() => () => turn.current?.abort(), [])
  const isEnded = hasEnded(status)
  useEffect(() => void read(), [isEnded])
  const soon = useLater(read, SOON_MS)
  const told = counts.changed + counts.left + counts.refused
  useEffect(() => {
    if (!isEnded) soon()
  }, [told])
  const { level } = route.value
  const all = lines.value ?? []
  const shown = level === undefined ? all : all.filter((one) => one.level === level)
  const tab = (id: string | undefined, title: string) => ({
    id: id ?? 'all',
    title,
    href: hrefOf(changed({ level: id })),
    count: figure(id === undefined ? all.length : all.filter((one) => one.level === id).length),
  })
  return (
    <>
      <Tabs
        label={WORDS.report}
        now={level ?? 'all'}
        tabs={[
          tab(undefined, WORDS.report),
          tab('error', 'Errors'),
          tab('left', 'Without a home'),
          tab('note', 'Notes'),
        ]}
      />
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={() => void read()} />}
      {lines.value === undefined ? (
        problem.value === undefined && <Loading rows={4} />
      ) : shown.length === 0 ? (
        <Empty title={level === undefined ? WORDS.reportNone : WORDS.reportEmpty} />
      ) : (
        <DataTable<Line>
          label={WORDS.report}
          columns={COLUMNS}
          leastWidth={760}
          rows={shown}
          keyOf={({ key }) => key}
          at={at.value}
          onAt={(key) => (at.value = key)}
          narrow={(one) => (
            <>
              <span class="import-line">
                <bdi title={one.message}>{one.message}</bdi>
                <State look={LEVELS[one.level]} />
              </span>
              <small class="quiet">
                {one.line !== null && `line ${one.line} · `}
                {one.place || one.code}
              </small>
            </>
          )}
        />
      )}
    </>
  )
}

interface ToldReport {
  readonly row: Import
}

const COLUMNS: readonly Column<Line>[] = [
  { id: 'level', title: 'Finding', track: '88px', draw: ({ level }) => <State look={LEVELS[level]} /> },
  { id: 'line', title: 'Line', track: '72px', isFigure: true, draw: ({ line }) => line ?? '–' },
  {
    id: 'place',
    title: 'Field',
    track: 'minmax(100px, 1fr)',
    draw: ({ place }) => <bdi title={place ?? ''}>{place || '–'}</bdi>,
  },
  {
    id: 'externalId',
    title: 'Id',
    track: 'minmax(80px, 1fr)',
    draw: ({ externalId }) => <bdi title={externalId ?? ''}>{externalId ?? '–'}</bdi>,
  },
  { id: 'code', title: 'Code', track: 'minmax(100px, 1fr)', draw: ({ code }) => code },
  {
    id: 'message',
    title: 'Message',
    track: 'minmax(200px, 4fr)',
    draw: ({ message }) => <bdi title={message}>{message}</bdi>,
  },
]
