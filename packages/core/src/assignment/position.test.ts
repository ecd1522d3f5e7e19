import { positionEffect } from '@muster/statistics/comparison'
import { ANNOTATE, openEngine } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { NewForm } from '../forms/form.ts'
import type { Json } from '../json/json.ts'

const FORM: NewForm = {
  name: 'which',
  title: 'Which is better?',
  show: [
    {
      name: 'answers',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'a', at: '/a' },
        { id: 'b', at: '/b' },
      ],
    },
  ],
  questions: [
    { id: 'overall', type: 'pairwise', title: 'Overall', of: 'answers', tie: true, bothBad: true },
    {
      id: 'parts',
      type: 'pairwise',
      title: 'By part',
      of: 'answers',
      tie: true,
      required: false,
      criteria: [
        { id: 'true', title: 'True' },
        { id: 'short', title: 'Short' },
      ],
    },
  ],
}

/** Works through tasks of two; each person answers by the sides in the order that they are shown. */
async function worked(answers: readonly ((first: string, second: string) => Json)[]) {
  const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 2, form: FORM }] })
  const people = [await world.person('Ann'), await world.person('Ben')]
  for (let n = 0; n < answers.length; n += 2) {
    await world.task({ payload: { a: 'A', b: 'B' } })
    for (const [index, person] of people.entries()) {
      const row = await world.claimAndStart(person)
      const [first = '', second = ''] = row.presentation?.sides['answers'] ?? []
      await world.submitAs(person, row, answers[n + index]?.(first, second) ?? null)
    }
  }
  return world
}

describe('the position effect', () => {
  it('is of each pairwise question and criterion, over decisive answers, with an interval by task', async () => {
    const world = await worked([
      (first) => ({ overall: first, parts: { true: first, short: 'tie' } }),
      (first, second) => ({ overall: first, parts: { true: second, short: 'tie' } }),
      (first) => ({ overall: first }),
      () => ({ overall: 'tie' }),
      () => ({ overall: 'bothBad' }),
      (_, second) => ({ overall: second }),
      () => ({ overall: 'tie' }),
      () => ({ overall: 'tie' }),
    ])
    const tasks = [
      { first: 2, second: 0 },
      { first: 1, second: 0 },
      { first: 0, second: 1 },
    ]
    const overall = { stepId: 'annotate', question: 'overall', criterion: null, ...positionEffect(tasks) }
    expect(overall).toMatchObject({ share: 0.75, effect: 0.25, decisive: 4, tasks: 3 })
    const none = { share: null, effect: null, low: null, high: null }
    const part = { stepId: 'annotate', question: 'parts', ...none }
    expect(await world.tasks.positionEffects(world.projectId)).toEqual([
      overall,
      { ...part, criterion: 'true', reason: 'one_task', decisive: 2, tasks: 1 },
      { ...part, criterion: 'short', reason: 'empty', decisive: 0, tasks: 0 },
    ])
    const asked = { question: 'overall', level: 0.5 }
    expect(await world.tasks.positionEffects(world.projectId, asked)).toEqual([
      { ...overall, ...positionEffect(tasks, { level: 0.5 }) },
    ])
    expect(await world.tasks.positionEffects(world.projectId, { stepId: 'review' })).toEqual([])
    await expect(world.tasks.positionEffects(world.projectId, { level: 2 })).rejects.toThrow('level')
  })

  it('finds people who always take the side that they are shown first, and none who do not look at places', async () => {
    const always = await worked(Array.from({ length: 40 }, () => (first: string) => ({ overall: first })))
    expect(await always.tasks.positionEffects(always.projectId, { question: 'overall' })).toMatchObject([
      { share: 1, effect: 0.5, high: 0.5, decisive: 40, tasks: 20 },
    ])
    const never = await worked(Array.from({ length: 40 }, () => () => ({ overall: 'a' })))
    const [effect] = await never.tasks.positionEffects(never.projectId, { question: 'overall' })
    expect(effect).toMatchObject({ share: 0.5, effect: 0, decisive: 40, tasks: 20 })
  })
})
