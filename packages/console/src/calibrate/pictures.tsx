import { widthsByLabels } from '@muster/core/evaluation'
import type { VNode } from 'preact'
import { Pictured } from '../design/pictured.tsx'
import { figures } from '../design/plain-table.tsx'
import { Plot } from '../design/plot.tsx'
import { valueTicks } from '../design/ticks.ts'
import { exact, figure } from '../design/time.ts'
import { between, type Calibrated } from './data.ts'
import { WORDS } from './words.ts'

type Width = ReturnType<typeof widthsByLabels>[number]
type Point = Calibrated['curve'][number]

const axis = (from: number, to: number, title: string) => ({
  from,
  to,
  title,
  ticks: valueTicks(from, to, exact),
})

/** About how wide a model’s interval is with fewer and with more labels. */
export function Widths({ model }: { readonly model: Calibrated }): VNode {
  const rows = widthsByLabels(model)
  const [first, last] = [rows[0], rows.at(-1)]
  const half = ((model.high ?? 0) - (model.low ?? 0)) / 2
  return (
    <Pictured<Width>
      title={WORDS.widths}
      more={<bdi>{model.model}</bdi>}
      note={WORDS.widthsNote}
      table={{
        rows,
        keyOf: ({ labels }) => String(labels),
        columns: [
          { id: 'labels', title: 'Labels', draw: ({ labels }) => figure(labels) },
          figures('half', 'Half-width', ({ halfWidth }) => `± ${exact(halfWidth)}`),
          figures('alone', 'Without the judge', ({ alone }) => (alone === null ? '–' : `± ${exact(alone)}`)),
        ],
      }}
    >
      {first === undefined || last === undefined ? (
        <p class="panel-body">{model.refused?.message}</p>
      ) : (
        <Plot
          label={`${model.model}: half-width ${exact(half)} with ${figure(model.labelled)} labels, about ${exact(last.halfWidth)} with ${figure(last.labels)}`}
          height={220}
          x={axis(0, last.labels, 'labels')}
          y={axis(0, Math.max(first.halfWidth, first.alone ?? 0), 'half-width')}
          lines={[
            { points: rows.map(({ labels, halfWidth }) => [labels, halfWidth]), look: 0 },
            { points: rows.map(({ labels, alone }) => [labels, alone]), look: 1 },
          ]}
          dots={[{ x: model.labelled, y: half }]}
        />
      )}
    </Pictured>
  )
}

interface CurveProps {
  readonly model: Calibrated
  readonly line: readonly [number, number]
}

/** People beside each part of the judge’s range. */
export function Curve({ model: { model, curve }, line }: CurveProps): VNode {
  return (
    <Pictured<Point>
      title={WORDS.curve}
      more={<bdi>{model}</bdi>}
      note={WORDS.curveNote}
      table={{
        rows: curve,
        keyOf: ({ score }) => String(score),
        columns: [
          { id: 'judge', title: 'Judge', draw: ({ score }) => exact(score) },
          figures('people', 'People', ({ answer }) => exact(answer)),
          figures('interval', 'Interval', between),
          figures('labels', 'Labels', ({ n }) => figure(n)),
        ],
      }}
    >
      <Plot
        label={`${model}: ${curve.map(({ score, answer }) => `people ${exact(answer)} where the judge says ${exact(score)}`).join(', ')}`}
        height={220}
        x={axis(...line, 'judge')}
        y={axis(...line, 'people')}
        lines={[{ points: line.map((end) => [end, end]), look: 1 }]}
        dots={curve.map(({ score, answer, low, high }) => ({ x: score, y: answer, low, high }))}
      />
    </Pictured>
  )
}
