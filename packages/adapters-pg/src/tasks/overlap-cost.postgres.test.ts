import type { NewOverlap } from '@muster/core/calls'
import type { NewForm } from '@muster/core/forms'
import { freshDatabase } from '@muster/test-services/vitest'
import { SequentialIds } from '@muster/testing'
import { ANNOTATE, openEngine } from '@muster/testing/worlds'
import { Client } from 'pg'
import { expect, it, vi } from 'vitest'
import { emptiedPostgres } from '../jobs/emptied.test.support.ts'

const open = emptiedPostgres(freshDatabase)

const FORM: NewForm = {
  name: 'rating',
  title: 'Rating',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [
    { id: 'rating', type: 'choice', title: 'Rating', options: [{ value: 'good' }, { value: 'bad' }] },
  ],
}

it('decides overlap with one statement more than a submission that decides nothing', async () => {
  const adapter = await open()
  const { persistence, clock } = adapter
  const statementsOf = async (
    first: number,
    assignmentsRequired: number | NewOverlap,
    second: string,
  ): Promise<string[]> => {
    const world = await openEngine({
      adapter: { persistence, clock, ids: new SequentialIds(2 ** 42 + first * 2 ** 30) },
      // A step behind it, so that every task goes on alike.
      steps: [
        { ...ANNOTATE, form: FORM, assignmentsRequired },
        { ...ANNOTATE, stepId: 'after' },
      ],
    })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    await world.task()
    await world.does(ann, { rating: 'good' })
    const held = await world.claimAndStart(ben)
    const spy = vi.spyOn(Client.prototype, 'query')
    await world.submitAs(ben, held, { rating: second })
    const asked = (spy.mock.calls as unknown[][]).map(([statement]) =>
      typeof statement === 'string' ? statement : (statement as { readonly text: string }).text,
    )
    spy.mockRestore()
    return asked
  }
  const until = [{ question: 'rating', posterior: 0.9 }]
  const fixed = await statementsOf(1, 2, 'good')
  const holds = await statementsOf(2, { min: 2, max: 3, until }, 'good')
  const asksMore = await statementsOf(3, { min: 2, max: 3, until }, 'bad')
  expect(fixed.length).toBeGreaterThan(5)
  expect(holds.filter((text) => text.includes('believe_answers'))).toHaveLength(1)
  expect(holds).toHaveLength(fixed.length + 1)
  expect(asksMore.filter((text) => text.includes('overlap_decision'))).toHaveLength(1)
  expect(asksMore.length).toBeLessThanOrEqual(fixed.length + 1)
  await adapter.close()
})
