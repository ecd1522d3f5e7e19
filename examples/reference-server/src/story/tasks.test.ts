import type { Split } from '@muster-examples/language-id'
import { describe, expect, it } from 'vitest'
import { planTasks } from './tasks.ts'

describe('planTasks', () => {
  it('has gold tasks pulled and pushes the others by two strategies in turn', () => {
    const planned = planTasks({ splits: splits(40) })
    const gold = planned.filter((task) => task.gold !== undefined)
    const others = planned.filter((task) => task.gold === undefined)
    expect(gold.length).toBeGreaterThan(0)
    expect(new Set(gold.map(({ givenBy }) => givenBy))).toEqual(new Set(['pull']))
    expect(others.slice(0, 3).map(({ givenBy }) => givenBy)).toEqual([
      'round_robin',
      'performance_weighted',
      'round_robin',
    ])
  })

  it('plans the same each time, and tells no annotator the language', () => {
    const [first] = planTasks({ splits: splits(1) })
    expect(planTasks({ splits: splits(1) })).toEqual([first])
    expect(first?.truth).toBe('no')
    expect(Object.keys(first?.payload ?? {}).sort()).toEqual(['candidates', 'text'])
  })
})

function splits(count: number): Split[] {
  return Array.from({ length: count }, (_, index) => ({
    dataset: 'udhr',
    scenarioId: `udhr-no-${index + 1}-phrase`,
    text: 'Alle mennesker er født frie',
    length: 'phrase',
    language: 'no',
    answers: [
      { model: 'franc', language: 'no', confidence: 0.4 },
      { model: 'eld', language: 'da', confidence: 0.5 },
    ],
  }))
}
