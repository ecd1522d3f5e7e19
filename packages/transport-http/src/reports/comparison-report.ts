import {
  type ComparedMetric,
  type ComparedSlice,
  type Comparison,
  differenceLine,
  REASONS_SAID,
  type ShownDifference,
  VERDICTS_SAID,
} from '@muster/core/evaluation'
import { figure, html, intervalPicture, type Markup, moment, page, signed } from './page.ts'

/** A comparison as one self-contained page. */
export function comparisonReport(comparison: Comparison): string {
  const { baseline, candidate, pairs, level, seed, clusterBy, partial, createdAt } = comparison
  const facts = [
    `${pairs.n} pairs`,
    pairs.clusters === null ? null : `${pairs.clusters} clusters`,
    `${pairs.onlyBaseline} of the baseline and ${pairs.onlyCandidate} of the candidate without a partner`,
    `${pairs.changed} with another payload`,
    clusterBy === null ? null : `clustered by ${clusterBy}`,
    `seed ${seed}`,
    moment(createdAt),
  ]
  return page(
    `${candidate.model} compared with ${baseline.model}`,
    html`<p class="quiet">Candidate: ${candidate.model} of run ${candidate.runId}. Baseline: ${baseline.model} of run ${baseline.runId}.</p>
<p>${facts.filter((fact) => fact !== null).join(' · ')}</p>
${partial ? html`<p><b>A run had not completed when they were compared.</b></p>` : null}
<div class="wide"><table>
<caption>Metrics: above 0 is better, intervals of ${100 * level} %</caption>
<thead><tr><th>Metric</th><th>Verdict</th><th class="n">Difference</th><th class="n">Interval</th><th>Picture</th>
<th class="n">Baseline</th><th class="n">Candidate</th><th class="n">Better</th><th class="n">Worse</th><th class="n">n</th>
<th class="n">p, corrected</th><th>Test</th><th class="n">Detectable</th></tr></thead>
<tbody>${comparison.metrics.map(metricRow)}</tbody></table></div>
<p class="quiet">“Detectable” is the difference that as many pairs would show in four of five times: a smaller one may be there where none is shown.</p>
${comparison.slices.length === 0 ? null : slices(comparison.slices)}`,
  )
}

const LOOKS: Readonly<Record<ComparedMetric['verdict'], string>> = {
  improved: 'good',
  regressed: 'bad',
  no_difference_shown: '',
  INCONCLUSIVE: 'quiet',
}

function metricRow(each: ComparedMetric): Markup {
  const { metric, aggregate, verdict, reason, difference, low, high } = each
  const name = aggregate === 'mean' ? metric : `${metric} (${aggregate})`
  return html`<tr><th>${name}</th><td class="${LOOKS[verdict]}">${VERDICTS_SAID[verdict]}${reason === null ? null : html`<br><small>${REASONS_SAID[reason]}</small>`}</td>
<td class="n">${signed(difference)}</td><td class="n">${low === null ? '–' : `${signed(low)} to ${signed(high)}`}</td>
<td>${pictureOf(each, metric)}</td>
<td class="n">${figure(each.baseline)}</td><td class="n">${figure(each.candidate)}</td><td class="n">${each.wins}</td><td class="n">${each.losses}</td>
<td class="n">${each.n}</td><td class="n">${figure(each.pAdjusted)}</td><td>${each.test}</td><td class="n">${figure(each.minimumDetectable)}</td></tr>`
}

function pictureOf(shown: ShownDifference, metric: string): Markup | string {
  const { difference: value, low, high } = shown
  const line = differenceLine(shown)
  if (line === null || value === null || low === null || high === null) return '–'
  const label = `${metric}: ${signed(value)}, from ${signed(low)} to ${signed(high)}`
  return intervalPicture({ value, low, high }, line, 0, label)
}

function slices(all: readonly ComparedSlice[]): Markup {
  return html`<div class="wide"><table><caption>Slices: exploratory, they move no verdict</caption>
<thead><tr><th>At</th><th>Value</th><th>Metric</th><th class="n">n</th><th class="n">Difference</th><th class="n">Interval</th><th>Picture</th><th class="n">q</th></tr></thead>
<tbody>${all.map((slice) => {
    const { at, value, metric, n, difference, low, high, q } = slice
    return html`<tr><td>${at}</td><th>${typeof value === 'string' ? value : JSON.stringify(value)}</th><td>${metric}</td><td class="n">${n}</td>
<td class="n">${signed(difference)}</td><td class="n">${low === null ? '–' : `${signed(low)} to ${signed(high)}`}</td><td>${pictureOf(slice, metric)}</td><td class="n">${figure(q)}</td></tr>`
  })}</tbody></table></div>`
}
