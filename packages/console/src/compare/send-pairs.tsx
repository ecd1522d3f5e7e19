import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { call } from '../api/call.ts'
import { useOnce } from '../api/once.ts'
import { Confirm } from '../design/confirm.tsx'
import { Field } from '../design/field.tsx'
import { figure } from '../design/time.ts'
import { projects } from '../feed/projects.ts'
import { CHANGES, type Change, type Compared, type Comparison, countOf } from './data.ts'
import { WORDS } from './words.ts'

/** Pairs that were sent to people. */
export interface Sent {
  readonly comparisonId: string
  readonly projectId: string
  readonly added: number
  readonly existing: number
}

interface SendPairsProps {
  readonly comparison: Comparison
  readonly metric: Compared
  /** The pairs in sight. */
  readonly change: Change
  readonly onSent: (sent: Sent) => void
  readonly onClose: () => void
}

/** Asks where pairs go; the button says how many they are. */
export function SendPairs({ comparison, metric, change, onSent, onClose }: SendPairsProps): VNode {
  const { comparisonId, projectId: own } = comparison
  const all = projects.value ?? []
  // The project of the runs seldom is the one where people choose between two answers.
  const projectId = useSignal(all.find((one) => one.projectId !== own)?.projectId ?? own)
  const which = useSignal<'both' | Change>(change === 'same' ? 'same' : 'both')
  const once = useOnce()
  const [worse, better, same] = (['worse', 'better', 'same'] as const).map((one) =>
    countOf(comparison, metric, one),
  ) as [number, number, number]
  const counts = { both: worse + better, worse, better, same, none: 0 }
  const number = counts[which.value]
  return (
    <Confirm
      title={WORDS.sendTitle}
      deed={`Send ${figure(number)} ${number === 1 ? 'pair' : 'pairs'}`}
      isOff={number === 0}
      act={async () => {
        const body = {
          projectId: projectId.value,
          metric: metric.metric,
          ...(which.value !== 'both' && { change: which.value as 'worse' | 'better' | 'same' }),
        }
        const { added, existing } = await once(body, (key) =>
          call('POST /comparisons/{id}/tasks', { params: { id: comparisonId }, body }, { key }),
        )
        onSent({ comparisonId, projectId: projectId.value, added: added.length, existing })
      }}
      onClose={onClose}
    >
      <p>{WORDS.sendMore}</p>
      <Field
        label={`${WORDS.sendWhich}, by ${metric.metric}`}
        value={which.value}
        onInput={(value) => (which.value = value as Change)}
        choices={[
          { value: 'both', title: `Worse and better · ${figure(counts.both)}` },
          { value: 'worse', title: `${CHANGES.worse} · ${figure(worse)}` },
          { value: 'better', title: `${CHANGES.better} · ${figure(better)}` },
          { value: 'same', title: `${CHANGES.same} · ${figure(same)}` },
        ]}
      />
      <Field
        label={WORDS.sendProject}
        help={WORDS.sendProjectHelp}
        value={projectId.value}
        onInput={(value) => (projectId.value = value)}
        choices={all.map(({ projectId: value, name: title }) => ({ value, title }))}
      />
    </Confirm>
  )
}
