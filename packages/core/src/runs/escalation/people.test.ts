import { shareInterval } from '@muster/statistics'
import { expect, it } from 'vitest'
import type { Json } from '../../json/json.ts'
import { comparisonOf } from './comparison.ts'
import { compareWithPeople, type ResultWithPeople } from './people.ts'
import { type EscalationPolicy, type EscalationReason, freshEscalation } from './policy.ts'

const split = { type: 'disagreement', agreeOn: '/label' } as const
const sample = { type: 'sample', probability: 0.25, seed: 1 } as const

function line(
  result: Json | null,
  outcome: Json | null,
  reasons: readonly EscalationReason[],
  more: Partial<ResultWithPeople> = {},
): ResultWithPeople {
  return {
    scenarioId: 's',
    model: 'm',
    repeat: 1,
    state: result === null ? 'failed' : 'completed',
    payload: null,
    result,
    error: null,
    outcome,
    taskId: null,
    taskStatus: 'completed',
    reasons,
    probability: reasons.includes('disagreement') ? 1 : 0.25,
    ...more,
  }
}

async function compared(
  lines: readonly ResultWithPeople[],
  { overLimit = 0, ...policy }: Partial<EscalationPolicy> & { readonly overLimit?: number } = {},
) {
  async function* results() {
    yield* lines
  }
  const told = freshEscalation({ when: [split, sample], task: { payload: 1 }, ...policy }, lines.length)
  const by = { agreeOn: '/label', comparison: comparisonOf('/label', null) }
  return compareWithPeople({ ...told, overLimit }, by, ['m', 'idle'], results())
}

const de = { label: 'de' }
const lines = [
  line(de, de, ['disagreement']),
  line({ label: 'en' }, de, ['disagreement', 'sample']),
  line(de, de, ['sample']),
  line(de, de, ['sample']),
  line(null, de, ['disagreement']),
  line(de, null, ['disagreement']),
  line(de, { other: 1 }, ['sample']),
  line(de, de, ['manual'], { probability: 0 }),
  line(de, null, ['sample'], { taskStatus: 'open' }),
]

it('People count for each model how often it agrees, differs, gave no answer or could not be judged', async () => {
  const { settled, byReason } = await compared(lines)
  const interval = shareInterval(0.8, 0, 5)
  expect(settled['m']).toEqual({
    agrees: 4,
    differs: 1,
    failed: 1,
    undecided: 2,
    n: 5,
    accuracy: 0.8,
    interval,
  })
  expect(byReason.disagreement['m']).toMatchObject({ agrees: 1, differs: 1, n: 2, accuracy: 0.5 })
  expect(byReason.manual['m']).toMatchObject({ agrees: 1, accuracy: 1, interval: null })
  expect(settled['idle']).toMatchObject({ n: 0, accuracy: null, interval: null })
})

it('An estimate weighs each scenario by the probability with which people were asked about it', async () => {
  const { estimate } = await compared(lines)
  // Two of weight 1, one of which agrees, and two of weight 4 that do: 9 of 10, at 10² / (1 + 1 + 16 + 16).
  const interval = shareInterval(0.9, 0, 100 / 34)
  const m = { agrees: 3, differs: 1, failed: 1, undecided: 2, n: 4, accuracy: 0.9, interval }
  expect(estimate).toMatchObject({ tasksOpen: 1, models: { m } })
})

it('Without a sample, or once a limit was reached, there is no estimate', async () => {
  expect((await compared(lines, { when: [split] })).estimate).toEqual({ refused: 'no_sample' })
  expect((await compared(lines, { overLimit: 1 })).estimate).toEqual({ refused: 'limit_reached' })
})

it('A value that the policy leaves out if it is absent is no wrong answer', async () => {
  const given = [line({ other: 1 }, de, ['disagreement'])]
  expect((await compared(given)).settled['m']).toMatchObject({ differs: 1, failed: 0 })
  const when = [{ ...split, absent: 'ignored' }] as const
  expect((await compared(given, { when })).settled['m']).toMatchObject({ differs: 0, failed: 1 })
})
