import type { ReadonlySignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { type AnswerOf, call } from '../api/call.ts'
import { Empty } from '../design/empty.tsx'
import { Loading } from '../design/loading.tsx'
import { Panel } from '../design/panel.tsx'
import { PlainTable } from '../design/plain-table.tsx'
import { decimal, figure } from '../design/time.ts'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import type { Person } from './data.ts'
import { NO_VALUE, WORDS } from './words.ts'

type Row = AnswerOf<'GET /projects/{projectId}/agreement'>['items'][number]
type Effect = AnswerOf<'GET /projects/{projectId}/position'>[number]

const MOST_PAIRS = 200

interface AgreementProps {
  readonly projectId: string
  readonly people: readonly Person[]
  /** Rises when what is shown may have moved. */
  readonly changes: ReadonlySignal<number>
}

/** How far people agree, by question and by pair, and how much the side shown first is preferred, all with their intervals. */
export function Agreement({ projectId, people, changes }: AgreementProps): VNode {
  const read = useReading(async () => {
    const params = { projectId }
    const [overall, pairs, effects] = await Promise.all([
      call('GET /projects/{projectId}/agreement', { params, query: {} }),
      call('GET /projects/{projectId}/agreement', { params, query: { by: 'pair' } }),
      call('GET /projects/{projectId}/position', { params, query: {} }),
    ])
    return { overall: overall.items, pairs: pairs.items, effects }
  })
  useEffect(() => void read.again(), [changes.value])
  const { value, problem } = read
  if (problem.value !== undefined)
    return <Trouble problem={problem.value} onAgain={() => void read.again()} />
  if (value.value === undefined) return <Loading />
  const { overall, pairs, effects } = value.value
  const names = new Map(people.map(({ userId, displayName }) => [userId, displayName]))
  const name = (userId: string): string => names.get(userId) ?? `…${userId.slice(-8)}`
  if (overall.every(({ items }) => items === 0))
    return <Empty title={WORDS.agreementNone}>{WORDS.agreementNoneMore}</Empty>
  const shownEffects = effects.filter(({ decisive }) => decisive > 0)
  return (
    <div class="agreement">
      <Panel title={WORDS.agreementByQuestion}>
        <PlainTable
          label={WORDS.agreementByQuestion}
          rows={overall}
          keyOf={keyOf}
          columns={[
            { id: 'question', title: 'Question', draw: (row) => <Named row={row} /> },
            ...VALUE_COLUMNS,
            { id: 'raters', title: 'People', isFigure: true, draw: ({ raters }) => figure(raters) },
          ]}
        />
      </Panel>
      <Panel
        title={WORDS.agreementByPair}
        more={pairs.length > MOST_PAIRS ? `the first ${MOST_PAIRS} of ${figure(pairs.length)}` : undefined}
      >
        <PlainTable
          label={WORDS.agreementByPair}
          rows={pairs.slice(0, MOST_PAIRS)}
          keyOf={keyOf}
          columns={[
            {
              id: 'pair',
              title: 'Pair',
              draw: ({ group }) =>
                group !== null && 'a' in group ? `${name(group.a)} · ${name(group.b)}` : '–',
            },
            { id: 'question', title: 'Question', draw: (row) => <Named row={row} /> },
            ...VALUE_COLUMNS,
          ]}
        />
      </Panel>
      {shownEffects.length > 0 && (
        <Panel title={WORDS.position}>
          <PlainTable
            label={WORDS.position}
            rows={shownEffects}
            keyOf={(row) => `${row.stepId} ${row.question} ${row.criterion ?? ''}`}
            columns={EFFECT_COLUMNS}
          />
        </Panel>
      )}
    </div>
  )
}

const keyOf = ({ stepId, formId, question, coefficient, group }: Row): string =>
  JSON.stringify([stepId, formId, question, coefficient, group])

function Named({ row: { stepId, question } }: { readonly row: Row }): VNode {
  return (
    <>
      <span dir="auto">{question}</span> <small class="quiet">{stepId}</small>
    </>
  )
}

/** A value within its interval, such as `0.44 (0.31 to 0.57)`. */
const within = (value: number, low: number | null, high: number | null): string =>
  low === null || high === null ? decimal(value) : `${decimal(value)} (${decimal(low)} to ${decimal(high)})`

const VALUE_COLUMNS = [
  { id: 'coefficient', title: 'Coefficient', draw: ({ coefficient }: Row) => coefficient },
  {
    id: 'value',
    title: 'Value, 95 %',
    isFigure: true,
    draw: ({ value, low, high, reason, raters }: Row) =>
      value === null ? (NO_VALUE[raters === 0 ? 'empty' : (reason ?? '')] ?? '–') : within(value, low, high),
  },
  { id: 'items', title: 'Tasks', isFigure: true, draw: ({ items }: Row) => figure(items) },
]

const EFFECT_COLUMNS = [
  {
    id: 'question',
    title: 'Question',
    draw: ({ stepId, question, criterion }: Effect) => (
      <>
        <span dir="auto">{criterion === null ? question : `${question}, ${criterion}`}</span>{' '}
        <small class="quiet">{stepId}</small>
      </>
    ),
  },
  {
    id: 'effect',
    title: 'Above one half, 95 %',
    isFigure: true,
    draw: ({ effect, low, high, reason }: Effect) =>
      effect === null ? (NO_VALUE[reason ?? ''] ?? '–') : within(effect, low, high),
  },
  { id: 'decisive', title: 'Answers', isFigure: true, draw: ({ decisive }: Effect) => figure(decisive) },
]
