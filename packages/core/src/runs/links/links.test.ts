import { describe, expect, it } from 'vitest'
import { freshEscalation } from '../escalation/policy.ts'
import type { LinkMapping } from './link.ts'
import { linkVerdict } from './link-verdict.ts'
import { mapScenario, type SourceScenario } from './mapping.ts'

const tallies = (settled: number) => ({ total: 2, completed: settled, failed: 0, cancelled: 0, byModel: {} })
const escalation = (ready: number, open: number) => ({
  ...freshEscalation({ when: [], task: { payload: {} } }, 2),
  ready,
  tasks: { open, completed: 0, cancelled: 0 },
})

describe('A link', () => {
  it.each([
    ['completed', 'running', 2, null, 'wait'],
    ['completed', 'paused', 0, null, 'wait'],
    ['completed', 'completed', 2, escalation(1, 1), 'start'],
    ['completed', 'cancelled', 2, null, 'cancel'],
    ['peopleDone', 'completed', 2, null, 'start'],
    ['peopleDone', 'completed', 2, escalation(1, 0), 'wait'],
    ['peopleDone', 'completed', 2, escalation(0, 1), 'wait'],
    ['peopleDone', 'completed', 2, escalation(0, 0), 'start'],
    ['peopleDone', 'cancelled', 2, null, 'cancel'],
    ['ended', 'completed', 2, null, 'start'],
    ['ended', 'cancelled', 1, null, 'wait'],
    ['ended', 'cancelled', 2, null, 'start'],
  ] as const)('of %s, where the run before is %s', (when, status, settled, asked, verdict) => {
    expect(linkVerdict(when, { status, tallies: tallies(settled), escalation: asked })).toBe(verdict)
  })
})

const source: SourceScenario = {
  scenarioId: 's',
  payload: { text: 'why' },
  results: [
    { model: 'a', state: 'completed', result: { text: 'so' }, error: null },
    { model: 'b', state: 'failed', result: null, error: { code: 'odd', message: 'It went oddly' } },
  ],
  escalated: true,
  outcome: null,
  reasons: ['failure'],
}
const mapped = (mapping: LinkMapping, given = source) => mapScenario(mapping, 0, given)

describe('A mapping', () => {
  it('fills templates per result, refuses what is not there, and drops what need not be', () => {
    const payload = { said: { $: '/result/text' }, why: { $: '/reasons/0' }, of: { $: '/scenario/payload' } }
    const [said, refused] = mapped({ per: 'result', payload }).toSorted((a) => ('scenario' in a ? -1 : 1))
    expect(said).toMatchObject({
      scenario: { payload: { said: 'so', why: 'failure', of: { text: 'why' } } },
    })
    expect(refused).toEqual({
      of: 's',
      refused: [{ path: 'payload.said', message: 'needs a value at /result/text, where there is none' }],
    })
    const lenient = {
      ...payload,
      said: { $: '/result/text', required: false },
      error: { $: '/error/code', required: false },
    }
    expect(mapped({ per: 'result', where: { state: ['failed'] }, payload: lenient })).toMatchObject([
      { scenario: { payload: { why: 'failure', error: 'odd' } } },
    ])
  })

  it('names scenarios and orders results without the models, unless they are revealed', () => {
    const all: LinkMapping = { per: 'result', payload: { $: '/results' } }
    const ids = mapped(all).map((one) => 'scenario' in one && one.scenario.scenarioId)
    expect(ids).toEqual(['s/1', 's/2'])
    expect(JSON.stringify(mapped(all))).not.toMatch(/"model"|"a"|"b"/)
    const models = { per: 'result', payload: { $: '/model' }, scenarioId: { $: '/model' } } as const
    expect(mapped(models)).toMatchObject([{ refused: [{}, {}] }, { refused: [{}, {}] }])
    expect(new Set(mapped({ ...models, revealModels: true }))).toEqual(
      new Set(['a', 'b'].map((model) => ({ scenario: { scenarioId: model, payload: model } }))),
    )
  })

  it('takes those scenarios alone that are meant', () => {
    const same = { per: 'scenario', payload: { $: '/scenario/payload' } } as const
    expect(mapped(same)).toEqual([{ scenario: { scenarioId: 's', payload: { text: 'why' } } }])
    expect(mapped({ ...same, where: { model: ['b'], state: ['failed'] } })).toHaveLength(1)
    expect(mapped({ ...same, where: { model: ['a'], state: ['failed'] } })).toEqual([])
    expect(mapped({ ...same, where: { escalated: false } })).toEqual([])
    const outcome = { per: 'scenario', payload: { $: '/outcome' } } as const
    expect(mapped(outcome)).toMatchObject([{ refused: [{ path: 'payload' }] }])
    expect(mapped(outcome, { ...source, outcome: 'yes' })).toMatchObject([{ scenario: { payload: 'yes' } }])
  })
})
