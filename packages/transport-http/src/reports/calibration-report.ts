import { answerLine, type CalibratedModel, type Calibration, widthsByLabels } from '@muster/core/evaluation'
import {
  figure,
  html,
  intervalPicture,
  linesPicture,
  type Markup,
  moment,
  page,
  scale,
  signed,
} from './page.ts'

/** A calibration as one self-contained page. */
export function calibrationReport(calibration: Calibration): string {
  const { design, target, budget, units, labelled, waiting, unscored, seed, status } = calibration
  const told = calibration.models.filter(({ estimate }) => estimate !== null)
  const range = answerLine(calibration.kind, told)
  return page(
    'A judge calibrated by people',
    html`<p class="quiet">Run ${calibration.runId} · people answer ${calibration.truth.question} · ${design} design · speaks of ${target === 'run' ? 'these very outputs' : 'scenarios like these'} · seed ${seed} · ${moment(calibration.createdAt)}</p>
<p>${labelled} of ${budget} units labelled, drawn from ${units} · ${waiting} tasks open · ${unscored} units without a score · ${status}</p>
${calibration.provisional ? html`<p><b>Provisional: labels are missing, and this sample was not drawn to be looked at before.</b></p>` : null}
${calibration.extended ? html`<p><b>Extended: the level of the intervals was promised for one budget.</b></p>` : null}
<div class="wide"><table><caption>What people would say: the dot with its interval; the ring is the judge’s own mean</caption>
<thead><tr><th>Model</th><th class="n">Estimate</th><th class="n">Interval</th><th>Picture</th><th class="n">Judge</th><th class="n">Bias</th><th class="n">Labels</th><th class="n">Labels saved</th></tr></thead>
<tbody>${calibration.models.map((model) => modelRow(model, range))}</tbody></table></div>
${calibration.differences.length === 0 ? null : differences(calibration)}
${told.map((model) => html`<h2>${model.model}</h2>${curve(model, range)}${widths(model)}`)}`,
  )
}

function modelRow(model: CalibratedModel, range: readonly [number, number]): Markup {
  const { estimate, low, high, judgeMean, bias, labelled, saved, refused } = model
  if (estimate === null || low === null || high === null)
    return html`<tr><th>${model.model}</th><td colspan="5" class="bad">no number: ${refused?.message ?? 'too few labels'}</td><td class="n">${labelled}</td><td class="n">–</td></tr>`
  const label = `${model.model}: ${figure(estimate)}, from ${figure(low)} to ${figure(high)}; the judge says ${figure(judgeMean)}`
  const told = { value: estimate, low, high, ...(judgeMean !== null && { other: judgeMean }) }
  return html`<tr><th>${model.model}</th><td class="n">${figure(estimate)}</td><td class="n">${figure(low)} to ${figure(high)}</td>
<td>${intervalPicture(told, range, null, label)}</td><td class="n">${figure(judgeMean)}</td><td class="n">${signed(bias?.value ?? null)}</td>
<td class="n">${labelled}</td><td class="n">${saved === null ? '–' : `${Math.round(100 * saved)} %`}</td></tr>`
}

function differences({ differences: all }: Calibration): Markup {
  return html`<div class="wide"><table><caption>Models on the same labelled units</caption>
<thead><tr><th>Models</th><th class="n">Difference</th><th class="n">Interval</th><th class="n">Labels</th></tr></thead>
<tbody>${all.map(
    ({ a, b, estimate, low, high, labelled }) =>
      html`<tr><th>${b} less ${a}</th><td class="n">${signed(estimate)}</td><td class="n">${low === null ? '–' : `${signed(low)} to ${signed(high)}`}</td><td class="n">${labelled}</td></tr>`,
  )}</tbody></table></div>`
}

/** People beside the judge: a judge that is right lies on the dashed diagonal. */
function curve(
  { model, curve: points }: CalibratedModel,
  [from, to]: readonly [number, number],
): Markup | null {
  if (points.length === 0) return null
  const bars = points.map(({ score, low, high, answer }) => {
    const x = scale(score, [from, to], 48, 412)
    const y = (value: number): string => scale(value, [from, to], 170, 10)
    return html`${low === null || high === null ? null : html`<line class="bar" x1="${x}" x2="${x}" y1="${y(low)}" y2="${y(high)}"/>`}<circle class="dot" cx="${x}" cy="${y(answer)}" r="4"/>`
  })
  const axes = { x: [from, to], y: [from, to], xTitle: 'the judge’s score', yTitle: 'people' } as const
  const diagonal = {
    look: 'alone',
    points: [
      [from, from],
      [to, to],
    ],
  } as const
  const label = `${model}: people’s answers beside the judge’s score`
  return html`${linesPicture([diagonal], axes, label, html`${bars}`)}
<div class="wide"><table><caption>People beside the judge’s score</caption>
<thead><tr><th class="n">Judge</th><th class="n">People</th><th class="n">Interval</th><th class="n">Labels</th></tr></thead>
<tbody>${points.map(
    ({ score, answer, low, high, n }) =>
      html`<tr><td class="n">${figure(score)}</td><td class="n">${figure(answer)}</td><td class="n">${low === null ? '–' : `${figure(low)} to ${figure(high)}`}</td><td class="n">${n}</td></tr>`,
  )}</tbody></table></div>`
}

/** How wide the interval would be about, with so many labels, by the judge's help and by labels alone. */
function widths(told: CalibratedModel): Markup | null {
  const rows = widthsByLabels(told)
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) return null
  const helped = { look: 'line', points: rows.map((row) => [row.labels, row.halfWidth] as const) } as const
  const alone = {
    look: 'alone',
    points: rows.flatMap((row) => (row.alone === null ? [] : [[row.labels, row.alone] as const])),
  } as const
  const lines = alone.points.length === 0 ? [helped] : [helped, alone]
  const axes = {
    x: [first.labels, last.labels],
    y: [0, Math.max(first.halfWidth, first.alone ?? 0)],
    xTitle: 'labels',
    yTitle: 'half-width; dashed: labels alone',
  } as const
  return html`${linesPicture(lines, axes, `${told.model}: labels against half-width`)}
<div class="wide"><table><caption>About so wide with so many labels</caption>
<thead><tr><th class="n">Labels</th><th class="n">Half-width</th><th class="n">Labels alone</th></tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr><td class="n">${row.labels}</td><td class="n">${figure(row.halfWidth)}</td><td class="n">${figure(row.alone)}</td></tr>`,
  )}</tbody></table></div>`
}
