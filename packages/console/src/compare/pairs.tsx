import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { CallError, type Problem } from '../api/call.ts'
import { Empty } from '../design/empty.tsx'
import { Field } from '../design/field.tsx'
import { Loading } from '../design/loading.tsx'
import { Panel } from '../design/panel.tsx'
import { type Look, State } from '../design/state.tsx'
import { type Column, DataTable } from '../design/table.tsx'
import { Tabs } from '../design/tabs.tsx'
import { exact, figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { become, changed, hrefOf, route } from '../route/route.ts'
import {
  CHANGES,
  type Change,
  type Compared,
  type Comparison,
  countOf,
  keyOfPair,
  type Pair,
  readPairs,
} from './data.ts'
import { WORDS } from './words.ts'

/** Rows that have come are drawn this often while more come. */
const DRAWN_MS = 100

interface PairsProps {
  readonly comparison: Comparison
  readonly metric: Compared
  readonly change: Change
}

/** The pairs that changed so by one metric, in the order of the baseline's scenarios; the first are there before the last are read. */
export function Pairs({ comparison, metric, change }: PairsProps): VNode {
  const rows = useSignal<readonly Pair[]>([])
  const isRead = useSignal(false)
  const problem = useSignal<Problem | undefined>(undefined)
  const at = useSignal<string | undefined>(undefined)
  const reading = useRef<AbortController>(undefined)
  const read = async (): Promise<void> => {
    reading.current?.abort()
    const mine = new AbortController()
    reading.current = mine
    const come: Pair[] = []
    let drawn = 0
    const draw = (): void => {
      drawn = performance.now()
      rows.value = come.slice()
    }
    isRead.value = false
    problem.value = undefined
    rows.value = []
    try {
      await readPairs(
        comparison.comparisonId,
        metric.metric,
        change,
        (more) => {
          if (mine.signal.aborted) return
          const isFirst = come.length === 0
          for (const pair of more) come.push(pair)
          if (isFirst || performance.now() - drawn > DRAWN_MS) draw()
        },
        mine.signal,
      )
      if (mine.signal.aborted) return
      draw()
      isRead.value = true
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      if (!mine.signal.aborted) problem.value = error.problem
    }
  }
  useEffect(() => {
    void read()
    return () => reading.current?.abort()
  }, [])
  const pairs = rows.value
  return (
    <Panel title={WORDS.pairs} more={metric.metric} class="compare-pairs">
      <div class="compare-which">
        <Tabs
          label={WORDS.sendWhich}
          now={change}
          tabs={(Object.keys(CHANGES) as Change[]).map((id) => ({
            id,
            title: CHANGES[id],
            count: figure(countOf(comparison, metric, id)),
            href: hrefOf(changed({ change: id, pair: undefined })),
          }))}
        />
        {comparison.metrics.length > 1 && (
          <Field
            label="Metric"
            value={metric.metric}
            onInput={(named) => become(changed({ metric: named, pair: undefined }))}
            choices={comparison.metrics.map((each) => ({ value: each.metric, title: each.metric }))}
          />
        )}
      </div>
      {problem.value !== undefined && <Trouble problem={problem.value} onAgain={() => void read()} />}
      {pairs.length > 0 ? (
        <DataTable<Pair>
          label={`${CHANGES[change]}: pairs by ${metric.metric}`}
          columns={comparison.pairs.clusters === null ? COLUMNS.filter(({ id }) => id !== 'repeat') : COLUMNS}
          leastWidth={520}
          rows={pairs}
          keyOf={keyOfPair}
          at={at.value ?? route.value.pair}
          onAt={(key) => (at.value = key)}
          onOpen={(pair) => become(changed({ pair: keyOfPair(pair) }))}
          narrow={(pair) => (
            <>
              <span dir="auto">{pair.scenarioId}</span>
              <span class="quiet">
                {exact(pair.baseline)} → {exact(pair.candidate)}
              </span>
            </>
          )}
        />
      ) : isRead.value ? (
        <Empty title={WORDS.pairsNone}>{WORDS.pairsNoneMore}</Empty>
      ) : (
        problem.value === undefined && <Loading rows={6} />
      )}
    </Panel>
  )
}

const LOOKS: Readonly<Record<NonNullable<Pair['change']>, Look>> = {
  worse: { shape: 'cross', word: 'worse', tone: 'failed' },
  better: { shape: 'check', word: 'better', tone: 'done' },
  same: { shape: 'ring', word: 'same', tone: 'rest' },
}
const NONE: Look = { shape: 'mark', word: 'no value', tone: 'wait' }

const COLUMNS: readonly Column<Pair>[] = [
  {
    id: 'scenario',
    title: 'Scenario',
    track: 'minmax(140px, 3fr)',
    draw: ({ scenarioId }) => <span dir="auto">{scenarioId}</span>,
  },
  {
    id: 'change',
    title: 'Candidate is',
    track: '104px',
    draw: ({ change }) => <State look={change === null ? NONE : LOOKS[change]} />,
  },
  { id: 'repeat', title: 'Repeat', track: '64px', isFigure: true, draw: ({ repeat }) => figure(repeat) },
  {
    id: 'baseline',
    title: 'Baseline',
    track: '92px',
    isFigure: true,
    draw: ({ baseline }) => exact(baseline),
  },
  {
    id: 'candidate',
    title: 'Candidate',
    track: '92px',
    isFigure: true,
    draw: ({ candidate }) => exact(candidate),
  },
]
