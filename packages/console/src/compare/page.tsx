import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { Ago } from '../design/ago.tsx'
import { Empty } from '../design/empty.tsx'
import { NewButton } from '../design/new-button.tsx'
import { PageHead } from '../design/page-head.tsx'
import type { Column } from '../design/table.tsx'
import { figure } from '../design/time.ts'
import { Listed, useListWindow } from '../feed/listed.tsx'
import { useLive } from '../feed/live.ts'
import { projectInSight } from '../feed/projects.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { become, changed, go, hrefOf, route } from '../route/route.ts'
import './compare.css'
import { type Comparison, summaryOf } from './data.ts'
import { NewComparison } from './new-comparison.tsx'
import { OneComparison } from './one.tsx'
import { WORDS } from './words.ts'

/** Comparisons that are read at once: each comes with its slices. */
const AT_ONCE = 25

/** Two models on what both did: the comparisons of a project, or one of them. */
export function Page(): VNode {
  const projectId = projectInSight.value
  const { item, new: isNew } = route.value
  useDeeds(['compare'], {
    newComparison: () => {
      if (projectId === undefined) return false
      become(changed({ new: '1' }))
      return true
    },
  })
  return (
    <>
      {item !== undefined ? (
        <OneComparison key={item} comparisonId={item} />
      ) : projectId === undefined ? (
        <main class="page-list compare" tabIndex={-1} />
      ) : (
        <List key={projectId} projectId={projectId} />
      )}
      {isNew !== undefined && projectId !== undefined && (
        <NewComparison
          projectId={projectId}
          onClose={() => become(changed({ new: undefined, baseline: undefined, candidate: undefined }))}
        />
      )}
    </>
  )
}

const idOf = ({ comparisonId }: Comparison): string => comparisonId

function List({ projectId }: { readonly projectId: string }): VNode {
  const list = useListWindow<Comparison>(
    (cursor, limit) =>
      call('GET /projects/{projectId}/comparisons', {
        params: { projectId },
        query: { limit: Math.min(limit, AT_ONCE), ...(cursor !== undefined && { cursor }) },
      }),
    idOf,
  )
  useLive(`comparisons ${projectId}`, {
    channels: [`project:${projectId}`],
    read: () => list.open(),
    apply: (batch) => {
      for (const { type, data } of batch)
        if (type === 'comparison_created') list.arrive(String(data['comparisonId']))
    },
  })
  return (
    <main class="page-list compare" tabIndex={-1}>
      <PageHead title={WORDS.title}>
        <NewButton words={WORDS.fresh} deed="newComparison" kind="primary" />
      </PageHead>
      <Listed<Comparison>
        list={list}
        empty={<Empty title={WORDS.none}>{WORDS.noneMore}</Empty>}
        label={WORDS.title}
        columns={COLUMNS}
        leastWidth={680}
        rows={list.rows.value}
        keyOf={idOf}
        onOpen={({ comparisonId }) => go({ page: 'compare', project: projectId, item: comparisonId })}
        narrow={(comparison) => (
          <>
            <Name comparison={comparison} />
            <span class="quiet">{summaryOf(comparison.metrics)}</span>
          </>
        )}
      />
    </main>
  )
}

function Name({ comparison }: { readonly comparison: Comparison }): VNode {
  const { comparisonId, projectId, baseline, candidate } = comparison
  return (
    <a href={hrefOf({ page: 'compare', project: projectId, item: comparisonId })} tabIndex={-1}>
      <bdi>{candidate.model}</bdi> against <bdi>{baseline.model}</bdi>
    </a>
  )
}

const COLUMNS: readonly Column<Comparison>[] = [
  {
    id: 'name',
    title: 'Candidate against baseline',
    track: 'minmax(180px, 2fr)',
    draw: (comparison) => <Name comparison={comparison} />,
  },
  {
    id: 'found',
    title: 'Metrics',
    track: 'minmax(180px, 3fr)',
    draw: ({ metrics }) => summaryOf(metrics),
  },
  { id: 'since', title: 'Compared', track: '92px', draw: ({ createdAt }) => <Ago at={createdAt} /> },
  { id: 'pairs', title: 'Pairs', track: '84px', isFigure: true, draw: ({ pairs }) => figure(pairs.n) },
]
