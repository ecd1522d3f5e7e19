import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { call } from '../api/call.ts'
import { useSaving } from '../api/saving.ts'
import { Ago } from '../design/ago.tsx'
import { Button } from '../design/button.tsx'
import { Empty } from '../design/empty.tsx'
import { Figures } from '../design/figures.tsx'
import { Loading } from '../design/loading.tsx'
import { NewButton } from '../design/new-button.tsx'
import { PageHead } from '../design/page-head.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { nameOfProject } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { keyOf } from '../keys/bindings.ts'
import { useDeeds } from '../keys/page-keys.ts'
import { hrefOf, route } from '../route/route.ts'
import { CHANGES, type Change, type Comparison, firstMetric } from './data.ts'
import { Differences } from './differences.tsx'
import { PairDrawer } from './pair-drawer.tsx'
import { Pairs } from './pairs.tsx'
import { SendPairs, type Sent } from './send-pairs.tsx'
import { Slices } from './slices.tsx'
import { WORDS } from './words.ts'

/** One comparison: what differs, on which slices, and the pairs that turned. */
export function OneComparison({ comparisonId }: { readonly comparisonId: string }): VNode {
  const reading = useReading(() => call('GET /comparisons/{id}', { params: { id: comparisonId } }))
  useEffect(() => void reading.again(), [])
  const comparison = reading.value.value
  if (comparison === undefined)
    return (
      <main class="page-panels compare" tabIndex={-1}>
        <PageHead title={WORDS.title} />
        {reading.problem.value === undefined ? (
          <Loading rows={8} />
        ) : (
          <Trouble problem={reading.problem.value} onAgain={() => void reading.again()} />
        )}
      </main>
    )
  return <Told comparison={comparison} />
}

function Told({ comparison }: { readonly comparison: Comparison }): VNode {
  const { baseline, candidate, pairs, level, clusterBy, partial, seed, createdAt, metrics } = comparison
  const { metric: named, change: asked, pair } = route.value
  const metric = metrics.find((each) => each.metric === named) ?? firstMetric(metrics)
  const change: Change = asked !== undefined && asked in CHANGES ? (asked as Change) : 'worse'
  const isSending = useSignal(false)
  const sent = useSignal<Sent | undefined>(undefined)
  const send = (): boolean => {
    if (metric === undefined || pairs.n === 0) return false
    isSending.value = true
    return true
  }
  useDeeds(['compare'], { sendPairs: send })
  const { save, problem } = useSaving(
    `/comparisons/${comparison.comparisonId}/report.html`,
    `${candidate.model}-${baseline.model}.html`,
  )
  const details = [
    `intervals of ${figure(level * 100)} %`,
    clusterBy === null ? undefined : `clustered by ${clusterBy}`,
    `seed ${seed}`,
  ]
  return (
    <main class="page-panels compare" tabIndex={-1}>
      <PageHead
        title={`${candidate.model} against ${baseline.model}`}
        state={
          <p class="quiet">
            <Ago at={createdAt} /> · {details.filter(Boolean).join(' · ')}
          </p>
        }
      >
        <Button kind="primary" keyName={keyOf('sendPairs')} disabled={pairs.n === 0} onClick={send}>
          {WORDS.send}
        </Button>
        <Button icon="download" onClick={() => void save()}>
          {WORDS.report}
        </Button>
        <NewButton words={WORDS.fresh} deed="newComparison" />
      </PageHead>
      <p class="compare-runs">
        Candidate: <b dir="auto">{candidate.model}</b> of{' '}
        <a href={hrefOf({ page: 'run', project: comparison.projectId, item: candidate.runId })}>
          run {candidate.runId.slice(-8)}
        </a>
        . Baseline: <b dir="auto">{baseline.model}</b> of{' '}
        <a href={hrefOf({ page: 'run', project: comparison.projectId, item: baseline.runId })}>
          run {baseline.runId.slice(-8)}
        </a>
        .{' '}
        <a
          href={hrefOf({
            page: 'calibrate',
            project: comparison.projectId,
            new: '1',
            run: candidate.runId,
          })}
        >
          {WORDS.calibrate}
        </a>
        . <a href={hrefOf({ page: 'compare', project: comparison.projectId })}>All comparisons</a>
      </p>
      {partial && (
        <p class="note">
          <b>{WORDS.partial}</b>
        </p>
      )}
      {problem.value !== undefined && <Trouble problem={problem.value} isInline />}
      {sent.value !== undefined && <SentSaid sent={sent.value} />}
      <Figures
        figures={[
          {
            title: 'Pairs',
            value: figure(pairs.n),
            more: pairs.clusters === null ? undefined : `in ${figure(pairs.clusters)} clusters`,
          },
          { title: WORDS.onlyBaseline, value: figure(pairs.onlyBaseline), more: 'unpaired' },
          { title: WORDS.onlyCandidate, value: figure(pairs.onlyCandidate), more: 'unpaired' },
          { title: WORDS.changed, value: figure(pairs.changed), more: 'left out' },
        ]}
      />
      {pairs.n === 0 || metric === undefined ? (
        <Empty title={WORDS.noPairs}>{WORDS.noPairsMore}</Empty>
      ) : (
        <>
          <Differences comparison={comparison} now={metric.metric} />
          <div class={`beside compare-beside${pair === undefined ? '' : ' open'}`}>
            <Pairs
              key={`${metric.metric} ${change}`}
              comparison={comparison}
              metric={metric}
              change={change}
            />
            {pair !== undefined && <PairDrawer key={pair} comparison={comparison} pair={pair} />}
          </div>
          {comparison.slices.length > 0 && <Slices comparison={comparison} metric={metric.metric} />}
        </>
      )}
      {isSending.value && metric !== undefined && (
        <SendPairs
          comparison={comparison}
          metric={metric}
          change={change}
          onSent={(done) => (sent.value = done)}
          onClose={() => (isSending.value = false)}
        />
      )}
    </main>
  )
}

function SentSaid({ sent: { projectId, added, existing, comparisonId } }: { readonly sent: Sent }): VNode {
  return (
    <p class="note" role="status">
      {added === 1 ? '1 task was' : `${figure(added)} tasks were`} added to{' '}
      <bdi>{nameOfProject(projectId) ?? 'the project'}</bdi>
      {existing > 0 && `, ${figure(existing)} ${existing === 1 ? 'was' : 'were'} there already`}.{' '}
      <a href={hrefOf({ page: 'tasks', project: projectId, q: `comparison/${comparisonId}/` })}>
        See {added + existing === 1 ? 'it' : 'them'} in Tasks
      </a>
    </p>
  )
}
