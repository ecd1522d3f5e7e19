import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { Ago } from '../design/ago.tsx'
import { Empty } from '../design/empty.tsx'
import { NewButton } from '../design/new-button.tsx'
import { PageHead } from '../design/page-head.tsx'
import { State } from '../design/state.tsx'
import type { Column } from '../design/table.tsx'
import { figure } from '../design/time.ts'
import { Listed, useListWindow } from '../feed/listed.tsx'
import { useLive } from '../feed/live.ts'
import { projectInSight } from '../feed/projects.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { go, hrefOf, route } from '../route/route.ts'
import { type Import, lookOfImport, moved, readImport } from './data.ts'
import { Drops } from './drops.tsx'
import './imports.css'
import { NewImport } from './new-import.tsx'
import { OneImport } from './one.tsx'
import { WORDS } from './words.ts'

/** Files that were brought into a project, one of them, or a new one. */
export function Page(): VNode {
  const projectId = projectInSight.value
  const { item, new: isNew } = route.value
  useDeeds(['imports'], {
    newImport: () => {
      if (projectId === undefined) return false
      go({ page: 'imports', project: projectId, new: '1' })
      return true
    },
  })
  if (item !== undefined) return <OneImport key={item} importId={item} />
  if (projectId === undefined) return <main class="page-list imports" tabIndex={-1} />
  if (isNew !== undefined) return <NewImport key={projectId} projectId={projectId} />
  return <List key={projectId} projectId={projectId} />
}

const idOf = ({ importId }: Import): string => importId

function List({ projectId }: { readonly projectId: string }): VNode {
  const list = useListWindow<Import>(
    (cursor, limit) =>
      call('GET /projects/{projectId}/imports', {
        params: { projectId },
        query: { limit, ...(cursor !== undefined && { cursor }) },
      }),
    idOf,
  )
  useLive(`imports ${projectId}`, {
    channels: [`project:${projectId}`],
    read: () => list.open(),
    keyOf: ({ type, data }) =>
      type === 'import_progress' ? `progress ${String(data['importId'])}` : undefined,
    apply: (batch) => {
      for (const event of batch) {
        if (event.type !== 'import_progress' && event.type !== 'import_ended') continue
        const id = String(event.data['importId'])
        const row = list.rows.peek().find((each) => idOf(each) === id)
        if (row === undefined) list.arrive(id)
        else if (event.type === 'import_progress') list.change(moved(row, event))
        else
          void readImport(id).then(
            (now) => list.change(now),
            () => undefined,
          )
      }
    },
  })
  return (
    <main class="page-list imports" tabIndex={-1}>
      <PageHead title={WORDS.title}>
        <NewButton words={WORDS.add} deed="newImport" kind="primary" />
      </PageHead>
      <Drops>
        <Listed<Import>
          list={list}
          fresh={WORDS.fresh}
          empty={<Empty title={WORDS.none}>{WORDS.noneMore}</Empty>}
          label={WORDS.title}
          columns={COLUMNS}
          leastWidth={760}
          rows={list.rows.value}
          keyOf={idOf}
          onOpen={({ importId }) => go({ page: 'imports', project: projectId, item: importId })}
          narrow={(row) => (
            <>
              <span class="import-line">
                <Name row={row} />
                <State look={lookOfImport(row)} />
              </span>
              <small class="quiet">
                {row.format} · {figure(row.counts.made)} {madeSaid(row)} · <Ago at={row.createdAt} />
              </small>
            </>
          )}
        />
      </Drops>
    </main>
  )
}

const madeSaid = ({ dryRun }: Import): string => (dryRun ? 'would be made' : 'made')

function Name({ row: { importId, name, projectId } }: { readonly row: Import }): VNode {
  return (
    <a href={hrefOf({ page: 'imports', project: projectId, item: importId })} tabIndex={-1} dir="auto">
      {name}
    </a>
  )
}

const figures = (id: string, title: string, draw: (row: Import) => string): Column<Import> => ({
  id,
  title,
  track: '88px',
  isFigure: true,
  draw,
})

const COLUMNS: readonly Column<Import>[] = [
  { id: 'name', title: 'Import', track: 'minmax(160px, 2fr)', draw: (row) => <Name row={row} /> },
  {
    id: 'state',
    title: 'State',
    track: '112px',
    draw: (row) => <State look={lookOfImport(row)} />,
  },
  {
    id: 'target',
    title: 'Becomes',
    track: 'minmax(100px, 1fr)',
    draw: ({ dryRun, target }) => `${target ?? '–'}${dryRun ? ', dry run' : ''}`,
  },
  { id: 'format', title: 'Format', track: 'minmax(100px, 1fr)', draw: ({ format }) => format },
  figures('read', 'Read', ({ counts }) => figure(counts.read)),
  figures('made', 'Made', ({ counts, dryRun }) =>
    dryRun ? `(${figure(counts.made)})` : figure(counts.made),
  ),
  figures('refused', 'Refused', ({ counts }) => figure(counts.refused + counts.changed)),
  { id: 'since', title: 'Brought', track: '92px', draw: ({ createdAt }) => <Ago at={createdAt} /> },
]
