import { describe, expect, it } from 'vitest'
import type { FormId, ProjectId, UserId } from '../ids.ts'
import type { GroupCounters, Measured } from './agreement.ts'
import { KeptAlphas } from './kept-alphas.ts'

const OF = {
  projectId: 'p' as ProjectId,
  stepId: 'label',
  formId: 'f' as FormId,
  question: 'tags',
  skill: null,
}

function counted(tasks: Readonly<Record<string, number>>, people = 2): GroupCounters {
  return {
    compositions: Object.entries(tasks).map(([composition, times]) => ({ ...OF, composition, tasks: times })),
    shares: [],
    raters: Array.from({ length: people }, (_, nth) => ({
      ...OF,
      userId: `${nth}` as UserId,
      answers: 3,
      compared: 3,
    })),
  }
}

describe('the α of sets and numbers', () => {
  it('is computed once, and again only when a counter or what is asked is another', () => {
    const kept = new KeptAlphas()
    let computed = 0
    const ask = (asked: string, counters: GroupCounters): number | null =>
      kept.of(asked, counters, (): Measured => {
        computed += 1
        return { value: computed, low: null, high: null, reason: null, items: 2, raters: 2, answers: 4 }
      }).value
    const before = counted({ '{"1":2}': 5, '{"1":1,"2":1}': 3 })
    expect([ask('0.95', before), ask('0.95', counted({ '{"1":2}': 5, '{"1":1,"2":1}': 3 }))]).toEqual([1, 1])
    expect(ask('0.95', counted({ '{"1":2}': 6, '{"1":1,"2":1}': 3 }))).toBe(2)
    expect(ask('0.95', counted({ '{"1":2}': 5, '{"1":1,"3":1}': 3 }))).toBe(3)
    expect(ask('0.95', counted({ '{"1":2}': 5, '{"1":1,"2":1}': 3 }, 3))).toBe(4)
    expect(ask('0.9', before)).toBe(5)
    expect(ask('0.95', before)).toBe(1)
  })

  it('is forgotten once a hundred others were asked for since', () => {
    const kept = new KeptAlphas()
    const computed: number[] = []
    const ask = (level: number): void => {
      kept.of(level, counted({}), (): Measured => {
        computed.push(level)
        return { value: 1, low: null, high: null, reason: null, items: 0, raters: 0, answers: 0 }
      })
    }
    for (let level = 0; level < 100; level++) ask(level)
    ask(0)
    ask(100)
    ask(0)
    ask(1)
    expect(computed.slice(100)).toEqual([100, 1])
  })
})
