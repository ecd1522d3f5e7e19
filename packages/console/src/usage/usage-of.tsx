import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Chart } from '../design/chart.tsx'
import { Empty } from '../design/empty.tsx'
import { Field } from '../design/field.tsx'
import { Figures } from '../design/figures.tsx'
import { Loading } from '../design/loading.tsx'
import { Panel } from '../design/panel.tsx'
import { figures, PlainTable } from '../design/plain-table.tsx'
import { figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { usePolled } from '../feed/polled.ts'
import { nameOfProject } from '../feed/projects.ts'
import { useReading } from '../feed/reading.ts'
import { become, changed, hrefOf, route } from '../route/route.ts'
import { AGAIN_MS, money, partSaid, readUsage, type Split, type Usage, type UsagePart } from './data.ts'
import { SPLITS, WORDS } from './words.ts'

const MICROS = 1_000_000

/** What was used in a time, in all and by model, run, day or project. */
export function UsageOf({ projectId }: { readonly projectId: string | undefined }): VNode {
  const { by: named, from, to } = route.value
  const by = splitOf(named)
  const asked = { projectId, by, from, to }
  const reading = useReading(() => readUsage(asked))
  const isFirst = useRef(true)
  useEffect(() => {
    if (!isFirst.current) void reading.again()
    isFirst.current = false
  }, [by, from, to])
  usePolled(reading.again, AGAIN_MS)
  const usage = reading.value.value
  const problem = reading.problem.value
  const faultOf = (path: string): string | undefined =>
    problem?.errors?.find((one) => one.path === path)?.message
  return (
    <>
      <div class="fields usage-fields">
        <Field
          label={WORDS.by}
          value={by}
          onInput={(value) => become(changed({ by: value === 'model' ? undefined : value }))}
          choices={SPLITS}
        />
        <Field
          label={WORDS.from}
          type="date"
          value={from ?? ''}
          help={WORDS.days}
          fault={faultOf('from')}
          onInput={(value) => become(changed({ from: value }))}
        />
        <Field
          label={WORDS.to}
          type="date"
          value={to ?? ''}
          fault={faultOf('to')}
          onInput={(value) => become(changed({ to: value }))}
        />
      </div>
      {problem !== undefined && problem.errors === undefined && (
        <Trouble problem={problem} onAgain={() => void reading.again()} />
      )}
      {usage === undefined ? problem === undefined && <Loading rows={6} /> : <Told usage={usage} />}
    </>
  )
}

const splitOf = (named: string | undefined): Split =>
  SPLITS.find(({ value }) => value === named)?.value ?? 'model'

function Told({ usage: { by, items, more, total } }: { readonly usage: Usage }): VNode {
  if (total.calls === 0) return <Empty title={WORDS.none}>{WORDS.noneMore}</Empty>
  const days = by === 'day' ? items.toSorted((a, b) => ((a.day ?? '') < (b.day ?? '') ? -1 : 1)) : []
  return (
    <>
      <Figures
        figures={[
          { title: WORDS.cost, value: money(total.costMicros) },
          { title: WORDS.calls, value: figure(total.calls) },
          { title: WORDS.input, value: figure(total.input), more: 'tokens' },
          { title: WORDS.output, value: figure(total.output), more: 'tokens' },
          {
            title: WORDS.unpriced,
            value: figure(total.unpriced),
            ...(total.unpriced > 0 && { tone: 'wait' as const }),
          },
        ]}
      />
      {total.unpriced > 0 && <p class="note">{WORDS.unpricedSays}</p>}
      {days.length > 1 && (
        <Panel title="Cost a day">
          <div class="panel-body">
            <Chart
              summary={`Cost on ${days.length} days, ${money(total.costMicros)} in all`}
              times={days.map(({ day }) => Date.parse(`${day}T00:00:00Z`))}
              series={[{ title: WORDS.cost, values: days.map(({ costMicros }) => costMicros / MICROS) }]}
            />
          </div>
        </Panel>
      )}
      <Panel title={`By ${by}`} {...(more && { more: WORDS.more })}>
        <PlainTable<UsagePart>
          label={`By ${by}`}
          rows={by === 'day' ? days.toReversed() : items}
          keyOf={(part) => part.model ?? part.day ?? part.projectId ?? part.runId ?? 'none'}
          columns={[
            {
              id: 'part',
              title: SPLITS.find(({ value }) => value === by)?.title ?? by,
              draw: (part) => <Part part={part} />,
            },
            figures('cost', WORDS.cost, ({ costMicros }) => money(costMicros)),
            figures('calls', WORDS.calls, (part) => figure(part.calls)),
            figures('input', WORDS.input, (part) => figure(part.input)),
            figures('output', WORDS.output, (part) => figure(part.output)),
            figures('cached', 'Cached', (part) => figure(part.cached)),
            figures('cacheWrite', 'Cache write', (part) => figure(part.cacheWrite)),
            figures('reasoning', 'Reasoning', (part) => figure(part.reasoning)),
            figures('unpriced', 'Unpriced', (part) => figure(part.unpriced)),
          ]}
        />
      </Panel>
    </>
  )
}

function Part({ part }: { readonly part: UsagePart }): VNode {
  const words = partSaid(part, nameOfProject)
  if (part.runId != null) return <a href={hrefOf({ page: 'run', item: part.runId })}>{words}</a>
  return <bdi>{words}</bdi>
}
