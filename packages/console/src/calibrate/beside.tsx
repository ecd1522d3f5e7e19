import type { VNode } from 'preact'
import { IntervalRow } from '../design/interval-row.tsx'
import { Pictured } from '../design/pictured.tsx'
import { figures } from '../design/plain-table.tsx'
import { exact, figure, percent, signed } from '../design/time.ts'
import { changed, hrefOf } from '../route/route.ts'
import { between, type Calibrated, type Calibration } from './data.ts'
import { WORDS } from './words.ts'

interface BesideProps {
  readonly calibration: Calibration
  readonly line: readonly [number, number]
  /** The model whose pictures are shown. */
  readonly now: string | undefined
}

/** The judge’s mean beside what people would say, of each model: drawn, and as a table. */
export function Beside({ calibration: { models }, line, now }: BesideProps): VNode {
  return (
    <Pictured<Calibrated>
      title={WORDS.beside}
      note={WORDS.besideNote}
      table={{
        rows: models,
        keyOf: ({ model }) => model,
        columns: models.some(({ judge }) => judge !== null) ? [...COLUMNS, ...OF_SHARES] : COLUMNS,
      }}
    >
      <ul class="interval-rows">
        {models.map((model) => (
          <Row key={model.model} model={model} line={line} isNow={models.length > 1 && model.model === now} />
        ))}
      </ul>
    </Pictured>
  )
}

interface RowProps {
  readonly model: Calibrated
  readonly line: readonly [number, number]
  readonly isNow: boolean
}

function Row({ model: told, line, isNow }: RowProps): VNode {
  const { model, estimate, low, high, judgeMean, bias, saved, labelled, refused } = told
  return (
    <IntervalRow
      isNow={isNow}
      name={
        <>
          <a href={hrefOf(changed({ model }))} aria-current={isNow ? 'true' : undefined} dir="auto">
            {model}
          </a>
          {refused !== null && <small class="calibrate-refused">{refused.message}</small>}
        </>
      }
      interval={
        estimate === null || low === null || high === null
          ? undefined
          : {
              label: `${model}: ${exact(estimate)}, from ${between(told)}; the judge says ${exact(judgeMean)}`,
              value: estimate,
              low,
              high,
              line,
              other: judgeMean ?? undefined,
            }
      }
      ends={[exact(line[0]), exact(line[1])]}
    >
      <p>
        <b>{estimate === null ? WORDS.noNumber : exact(estimate)}</b>{' '}
        {low !== null && <span>{between(told)}</span>}
      </p>
      <p>
        judge {exact(judgeMean)} · bias {signed(bias?.value ?? null)}
      </p>
      <p>
        {figure(labelled)} labels{saved !== null && ` · ${savedSaid(saved)} saved`}
      </p>
    </IntervalRow>
  )
}

/** The judge may also cost labels. */
const savedSaid = (saved: number): string => (saved < 0 ? `−${percent(-saved)}` : percent(saved))

type Rate = 'sensitivity' | 'specificity' | 'precision' | 'kappa'

const rate = (of: Rate, title: string) =>
  figures<Calibrated>(of, title, ({ judge }) => {
    const { value, interval } = judge?.[of] ?? { value: null, interval: null }
    return interval === null ? exact(value) : `${exact(value)} (${between(interval)})`
  })

const COLUMNS = [
  { id: 'model', title: 'Model', draw: ({ model }: Calibrated) => <bdi>{model}</bdi> },
  figures<Calibrated>('people', 'People', ({ estimate }) => exact(estimate)),
  figures<Calibrated>('interval', 'Interval', between),
  figures<Calibrated>('judge', 'Judge', ({ judgeMean }) => exact(judgeMean)),
  figures<Calibrated>('bias', 'Bias', ({ bias }) =>
    bias === null ? '–' : `${signed(bias.value)} (${signed(bias.low)} to ${signed(bias.high)})`,
  ),
  figures<Calibrated>('labels', 'Labels', ({ labelled }) => figure(labelled)),
  figures<Calibrated>('saved', 'Saved', ({ saved }) => (saved === null ? '–' : savedSaid(saved))),
  { id: 'refused', title: 'No number', draw: ({ refused }: Calibrated) => refused?.message ?? '' },
]

/** How the judge does, where it says yes or no. */
const OF_SHARES = [
  rate('sensitivity', 'Sensitivity'),
  rate('specificity', 'Specificity'),
  rate('precision', 'Precision'),
  rate('kappa', 'κ'),
]
