import { differenceLine, REASONS_SAID, VERDICTS_SAID } from '@muster/core/evaluation'
import type { VNode } from 'preact'
import { IntervalRow } from '../design/interval-row.tsx'
import { Pictured } from '../design/pictured.tsx'
import { figures } from '../design/plain-table.tsx'
import { type Look, State } from '../design/state.tsx'
import { exact, figure, signed } from '../design/time.ts'
import { changed, hrefOf } from '../route/route.ts'
import { type Compared, type Comparison, chance, summaryOf } from './data.ts'
import { WORDS } from './words.ts'

/** How a verdict looks. */
function lookOf(verdict: Compared['verdict']): Look {
  const word = VERDICTS_SAID[verdict]
  if (verdict === 'improved') return { shape: 'check', word, tone: 'done' }
  if (verdict === 'regressed') return { shape: 'cross', word, tone: 'failed' }
  return verdict === 'INCONCLUSIVE'
    ? { shape: 'mark', word, tone: 'wait' }
    : { shape: 'ring', word, tone: 'rest' }
}

/** What is said of one metric, whether it is drawn or not. */
const reasonOf = ({ reason }: Compared): string | undefined =>
  reason === null ? undefined : REASONS_SAID[reason]

const nameOf = ({ metric, aggregate }: Compared): string =>
  aggregate === 'mean' ? metric : `${metric} (${aggregate})`

interface DifferencesProps {
  readonly comparison: Comparison
  /** The metric whose pairs are shown. */
  readonly now: string
}

/** Each metric with its verdict, its difference and its interval: drawn, and the same as a table. */
export function Differences({ comparison: { metrics }, now }: DifferencesProps): VNode {
  return (
    <Pictured<Compared>
      title={WORDS.differences}
      more={summaryOf(metrics)}
      note={
        <>
          {WORDS.legend} {WORDS.corrected}
        </>
      }
      table={{ rows: metrics, keyOf: ({ metric }) => metric, columns: COLUMNS }}
    >
      <ul class="interval-rows">
        {metrics.map((metric) => (
          <Drawn key={metric.metric} metric={metric} isNow={metric.metric === now} />
        ))}
      </ul>
    </Pictured>
  )
}

function Drawn({ metric, isNow }: { readonly metric: Compared; readonly isNow: boolean }): VNode {
  const { verdict, difference, low, high, minimumDetectable } = metric
  const reason = reasonOf(metric)
  const line = differenceLine(metric)
  return (
    <IntervalRow
      isNow={isNow}
      name={
        <>
          <a
            href={hrefOf(changed({ metric: metric.metric, pair: undefined }))}
            aria-current={isNow ? 'true' : undefined}
            title="Show its pairs"
            dir="auto"
          >
            {nameOf(metric)}
          </a>
          <State look={lookOf(verdict)} />
          {reason !== undefined && <small>{reason}</small>}
        </>
      }
      interval={
        line === null || difference === null || low === null || high === null
          ? undefined
          : {
              label: `${nameOf(metric)}: ${signed(difference)}, from ${signed(low)} to ${signed(high)}`,
              value: difference,
              low,
              high,
              line,
              mark: 0,
              band: minimumDetectable === null ? undefined : [-minimumDetectable, minimumDetectable],
              tone: verdict === 'improved' ? 'done' : verdict === 'regressed' ? 'failed' : undefined,
            }
      }
      ends={[`${signed(line?.[0] ?? 0)} worse`, `${signed(line?.[1] ?? 0)} better`]}
    >
      <p>
        <b>{signed(difference)}</b> {low !== null && <span>{between(metric)}</span>}
      </p>
      <p>
        {exact(metric.baseline)} → {exact(metric.candidate)} · {figure(metric.wins)} better,{' '}
        {figure(metric.losses)} worse of {figure(metric.n)}
      </p>
      <p>
        p {chance(metric.pAdjusted)} corrected · detectable {exact(minimumDetectable)}
      </p>
    </IntervalRow>
  )
}

const between = ({ low, high }: Compared): string =>
  low === null ? '–' : `${signed(low)} to ${signed(high)}`

const COLUMNS = [
  { id: 'metric', title: 'Metric', draw: (metric: Compared) => <bdi>{nameOf(metric)}</bdi> },
  {
    id: 'verdict',
    title: 'Verdict',
    draw: (metric: Compared) => (
      <>
        <State look={lookOf(metric.verdict)} /> {reasonOf(metric)}
      </>
    ),
  },
  figures<Compared>('difference', 'Difference', ({ difference }) => signed(difference)),
  figures('interval', 'Interval', between),
  figures<Compared>('baseline', 'Baseline', ({ baseline }) => exact(baseline)),
  figures<Compared>('candidate', 'Candidate', ({ candidate }) => exact(candidate)),
  figures<Compared>('wins', 'Better', ({ wins }) => figure(wins)),
  figures<Compared>('losses', 'Worse', ({ losses }) => figure(losses)),
  figures<Compared>('n', 'n', ({ n }) => figure(n)),
  figures<Compared>(
    'missing',
    'Without a value',
    ({ missing }) => `${figure(missing.baseline)}, ${figure(missing.candidate)}`,
  ),
  figures<Compared>('p', 'p, corrected', ({ pAdjusted }) => chance(pAdjusted)),
  { id: 'test', title: 'Test', draw: ({ test }: Compared) => test ?? '–' },
  figures<Compared>('detectable', 'Detectable', ({ minimumDetectable }) => exact(minimumDetectable)),
]
