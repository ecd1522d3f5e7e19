import { describe, expect, it } from 'vitest'
import type { Split } from '../analysis/tables.ts'
import { externalIdOf, taskOfSplit } from './task-of-split.ts'
import { storyWorkflow } from './workflow.ts'

function split(scenarioId: string, language: string, ...answers: (string | null)[]): Split {
  return {
    dataset: 'udhr',
    scenarioId,
    text: 'a text',
    length: 'phrase',
    language,
    answers: answers.map((answered, n) => ({ model: `model-${n}`, language: answered, confidence: 0.5 })),
  }
}

/** Splits of Danish texts that two models took for Danish and one for Norwegian. */
const many = Array.from({ length: 400 }, (_, n) => split(`udhr-da-${n}-phrase`, 'da', 'da', 'no', null, 'da'))

describe('the task of a split', () => {
  it('holds each candidate once, and asks for somebody who reads one of them', () => {
    const [first] = many
    const { payload, requiredSkills } = taskOfSplit(first ?? split('s', 'da', 'da', 'no'), { seed: 42 })
    expect(payload.text).toBe('a text')
    expect(payload.candidates.toSorted()).toEqual(['da', 'no'])
    expect(requiredSkills).toEqual([{ anyOf: payload.candidates, minLevel: 2 }])
  })

  it('shows people nothing of the true language, the models, or the name of the scenario', () => {
    for (const { payload, externalId } of many.map((each) => taskOfSplit(each, { seed: 42 }))) {
      expect(Object.keys(payload).sort()).toEqual(['candidates', 'text'])
      expect(externalId).toMatch(/^split-[0-9a-f]{16}$/)
    }
  })

  it('shuffles the candidates, so that their order says nothing', () => {
    const danishFirst = many.filter((each) => taskOfSplit(each, { seed: 42 }).payload.candidates[0] === 'da')
    expect(danishFirst.length).toBeGreaterThan(150)
    expect(danishFirst.length).toBeLessThan(250)
  })

  it('is gold for about half of them, and the same for the same seed', () => {
    const gold = (seed: number) => many.filter((each) => taskOfSplit(each, { seed }).gold?.label === 'da')
    expect(gold(42).length).toBeGreaterThan(150)
    expect(gold(42).length).toBeLessThan(250)
    expect(gold(42)).toEqual(gold(42))
    expect(gold(43)).not.toEqual(gold(42))
  })

  it('is never gold if the true language is no candidate', () => {
    const hopeless = many.map(({ scenarioId }) => split(scenarioId, 'sv', 'da', 'no'))
    expect(hopeless.filter((each) => taskOfSplit(each, { seed: 42 }).gold !== undefined)).toEqual([])
  })

  it('has a name of its own by which it is found again', () => {
    const names = new Set(many.map((each) => externalIdOf(each, 42)))
    expect(names.size).toBe(many.length)
    expect(taskOfSplit(many[7] ?? split('s', 'da'), { seed: 42 }).externalId).toBe([...names][7])
  })
})

it('has each step done by somebody else', () => {
  const excludes = storyWorkflow.steps.map(({ stepType, excludes = [] }) => [stepType, excludes])
  expect(excludes).toEqual([
    ['annotation', []],
    ['review', ['annotate']],
    ['adjudication', ['annotate', 'review']],
  ])
})
