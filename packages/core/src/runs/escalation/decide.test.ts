import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Form } from '../../forms/form.ts'
import { parse } from '../../input/parse.ts'
import type { Json } from '../../json/json.ts'
import { comparedQuestion } from './comparison.ts'
import { decideEscalation, type EscalationDecision, type ScenarioResult } from './decide.ts'
import { sampleEnds } from './draw.ts'
import type { EscalationCondition, EscalationPolicy } from './policy.ts'
import { escalationPolicy } from './policy-input.ts'

const WHOLE = { payload: { $: '/scenario/payload' } }
const label = fc.constantFrom<Json | undefined>('de', 'en', 'fr', null, undefined)
const result = fc.oneof(
  label.map((said) => completed(said === undefined ? {} : { label: said })),
  fc.constant(failed()),
)
const results = fc.array(result, { minLength: 1, maxLength: 6 })

function completed(value: Json): ScenarioResult {
  return { model: 'm', state: 'completed', result: value, error: null }
}

function failed(): ScenarioResult {
  return { model: 'm', state: 'failed', result: null, error: { code: 'network', message: 'reset' } }
}

function decided(
  when: readonly EscalationCondition[] | EscalationPolicy,
  given: readonly ScenarioResult[],
  { scenarioId = 's1', byHand = false, ids = ['s1'] } = {},
): EscalationDecision {
  const policy = parse(escalationPolicy, Array.isArray(when) ? { when, task: WHOLE } : when)
  const named = given.map((each, index) => ({ ...each, model: `model-${index}` }))
  const rule = { policy, sampleSeed: 7, sampleEnds: sampleEnds(policy, ids) }
  return decideEscalation(rule, { scenarioId, payload: { text: 'hi' }, byHand }, named)
}

const isUp = (when: readonly EscalationCondition[], given: readonly ScenarioResult[]): boolean =>
  decided(when, given).state === 'escalated'

describe('Disagreement', () => {
  it('holds if two answers differ at the pointer, whatever the order of the models', () => {
    fc.assert(
      fc.property(
        results,
        fc.constantFrom(2, 3),
        fc.constantFrom('differs', 'ignored'),
        (given, min, absent) => {
          const when = [{ type: 'disagreement', agreeOn: '/label', minModels: min, absent } as const]
          const said = given
            .filter(({ state }) => state === 'completed')
            .map(({ result: value }) => JSON.stringify((value as { label?: Json }).label) ?? 'absent')
            .filter((each) => absent === 'differs' || (each !== 'absent' && each !== 'null'))
          expect(isUp(when, given)).toBe(said.length >= min && new Set(said).size > 1)
          expect(isUp(when, given.toReversed())).toBe(isUp(when, given))
        },
      ),
    )
  })

  it('compares whole results by canonical JSON if the pointer is empty', () => {
    const when = [{ type: 'disagreement', agreeOn: '' }] as const
    expect(isUp(when, [completed({ a: 1, b: [2] }), completed({ b: [2], a: 1 })])).toBe(false)
    expect(isUp(when, [completed({ a: 1 }), completed({ a: '1' })])).toBe(true)
  })

  it('compares no result with a failure', () => {
    const when = [{ type: 'disagreement', agreeOn: '/label' }] as const
    expect(isUp(when, [completed({ label: 'de' }), failed(), failed()])).toBe(false)
  })
})

describe('A question of a form', () => {
  const form = {
    show: [],
    questions: [
      { id: 'note', type: 'text', title: 'Why' },
      { id: 'grade', type: 'scale', title: 'How good', min: 1, max: 5, agree: { by: 'ordinal', within: 1 } },
    ],
  } as unknown as Form
  const ruleWith = (more: object) => ({
    policy: parse(escalationPolicy, {
      when: [{ type: 'disagreement', agreeOn: { form: 'Grades', question: 'grade', ...more } }],
      task: { payload: { $: '/candidates' } },
    }),
    sampleSeed: 7,
    sampleEnds: [null],
    compared: [comparedQuestion(form, 'grade') ?? null],
  })
  const says = (results: readonly Json[], more: object = {}) => {
    const scenario = { scenarioId: 's', payload: null, byHand: false }
    const decision = decideEscalation(ruleWith(more), scenario, results.map(completed))
    return 'task' in decision ? decision.task.payload : decision.state
  }

  it('compares by its comparator, each answer with each other', () => {
    expect(says([{ grade: 2 }, { grade: 3 }])).toBe('kept')
    expect(says([{ grade: 2 }, { grade: 3 }, { grade: 4 }])).not.toBe('kept')
    expect(says([{ grade: 1 }, { grade: 4 }, { grade: 4 }])).toEqual(expect.arrayContaining([1, 4]))
  })

  it('is answered at its id, or at the pointer that the policy names', () => {
    expect(
      says([
        { grade: 2, is: { at: 1 } },
        { grade: 2, is: { at: 5 } },
      ]),
    ).toBe('kept')
    expect(says([{ is: { at: 1 } }, { is: { at: 5 } }], { at: '/is/at' })).toHaveLength(2)
  })

  it('goes with the task that is made', () => {
    const scenario = { scenarioId: 's', payload: null, byHand: true }
    const rule = { ...ruleWith({}), formId: '01900000-0000-7000-8000-00000000f00d' as never }
    expect(decideEscalation(rule, scenario, [{ grade: 1 }].map(completed))).toMatchObject({
      state: 'escalated',
      task: { formId: rule.formId },
    })
  })

  it('takes a value that its form refuses for no answer', () => {
    expect(says([{ grade: 'good' }, { grade: [] }, {}])).toBe('kept')
    expect(says([{ grade: 9 }, { grade: 3 }])).toEqual([3])
  })
})

it('Failure holds if any, or all, have failed', () => {
  fc.assert(
    fc.property(results, (given) => {
      const count = given.filter(({ state }) => state === 'failed').length
      expect(isUp([{ type: 'failure' }], given)).toBe(count > 0)
      expect(isUp([{ type: 'failure', of: 'all' }], given)).toBe(count === given.length)
    }),
  )
})

it('Score looks at the numbers alone: any, all, or their mean', () => {
  const score = (of: 'any' | 'all' | 'mean', ...scores: readonly Json[]) =>
    isUp(
      [{ type: 'score', at: '/score', below: 0.5, of }],
      scores.map((each) => completed({ score: each })),
    )
  expect(score('any', 0.4, 0.9)).toBe(true)
  expect(score('all', 0.4, 0.9)).toBe(false)
  expect(score('all', 0.4, 0.49)).toBe(true)
  expect(score('mean', 0.4, 0.6)).toBe(false)
  expect(score('mean', 0.4, 0.59)).toBe(true)
  expect(score('any', 0.5)).toBe(false)
  expect(score('any', '0.1', null)).toBe(false)
  expect(score('all', 'low')).toBe(false)
})

describe('A sample', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 60 })
  const taken = (all: readonly string[], sample: object): string[] =>
    all.filter(
      (scenarioId) =>
        decided([{ type: 'sample', seed: 5, ...sample }], [completed(1)], { scenarioId, ids: [...all] })
          .state === 'escalated',
    )

  it('has exactly as many as its count, and is contained in a larger one', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 70 }), (all, count) => {
        const fewer = taken(all, { count })
        expect(fewer).toHaveLength(Math.min(count, all.length))
        expect(taken(all, { count: count + 1 })).toEqual(expect.arrayContaining(fewer))
      }),
    )
  })

  it('contains that of a smaller probability, and is drawn by the first 52 bits of the digest', () => {
    fc.assert(
      fc.property(ids, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, probability) => {
        const some = taken(all, { probability })
        expect(some).toEqual(expect.arrayContaining(taken(all, { probability: probability / 2 })))
        const below = all.filter((id) => {
          const digest = createHash('sha256').update(`5\nescalate\n${id}`).digest('hex')
          return Number(BigInt(`0x${digest}`) >> 204n) / 2 ** 52 < probability
        })
        expect(some).toEqual(below)
      }),
    )
  })

  it('says with which probability it has a scenario, taken or not', () => {
    const all = Array.from({ length: 10 }, (_, index) => `s${index}`)
    const says = (...when: EscalationCondition[]) =>
      new Set(all.map((scenarioId) => decided(when, [completed(1)], { scenarioId, ids: all }).probability))
    expect(says({ type: 'sample', seed: 1, count: 4 })).toEqual(new Set([0.4]))
    expect(says({ type: 'sample', seed: 1, count: 40 })).toEqual(new Set([1]))
    expect(
      says({ type: 'sample', seed: 1, count: 4 }, { type: 'sample', seed: 1, probability: 0.2 }),
    ).toEqual(new Set([0.4]))
    expect(
      says({ type: 'sample', seed: 1, count: 5 }, { type: 'sample', seed: 2, probability: 0.5 }),
    ).toEqual(new Set([0.75]))
    expect(says({ type: 'failure' })).toEqual(new Set([0]))
  })

  it('does not lower the probability of what its answers decide', () => {
    const both = [{ type: 'failure' }, { type: 'sample', seed: 1, probability: 0.01 }] as const
    expect(decided(both, [failed()])).toMatchObject({ state: 'escalated', probability: 1 })
  })
})

describe('A task', () => {
  const policy = (task: object, more: object = {}) =>
    ({
      when: [{ type: 'disagreement', agreeOn: '/label' }],
      task: { payload: WHOLE.payload, ...task },
      ...more,
    }) as EscalationPolicy
  const split = [
    completed({ label: 'de', why: 'ß' }),
    completed({ label: 'en' }),
    completed({ label: 'de' }),
    failed(),
  ]

  it('is filled from the scenario, its results and the distinct answers', () => {
    const payload = {
      text: { $: '/scenario/payload/text' },
      gone: { $: '/scenario/payload/nothing' },
      of: [{ $: '/candidates' }, { $: '/candidates/7' }, 'kept'],
      all: { $: '/results' },
    }
    const skills = [{ anyOf: { $: '/candidates' }, minLevel: 2 }]
    const decision = decided(
      policy({ payload, requiredSkills: skills, gold: { $: '/scenario/payload/gold' } }),
      split,
    )
    if (decision.state !== 'escalated') throw new Error(decision.state)
    const task = decision.task
    const made = task.payload as { readonly text: Json; readonly of: Json[]; readonly all: Json[] }
    expect(Object.keys(made)).toEqual(['text', 'of', 'all'])
    expect(made.text).toBe('hi')
    expect((made.of[0] as string[]).toSorted()).toEqual(['de', 'en'])
    expect(made.of[1]).toBe('kept')
    const seen = decision.order.map(
      (place) =>
        [
          { result: { label: 'de', why: 'ß' }, answer: 'de' },
          { result: { label: 'en' }, answer: 'en' },
          { result: { label: 'de' }, answer: 'de' },
          { error: { code: 'network', message: 'reset' } },
        ][place],
    )
    expect(made.all).toEqual(seen)
    expect(task.requiredSkills?.[0]?.anyOf.toSorted()).toEqual(['de', 'en'])
    expect('gold' in task && task.gold !== undefined).toBe(false)
  })

  it('names no model, unless the policy reveals them', () => {
    const payload = { $: '/results' }
    expect(JSON.stringify(decided(policy({ payload }), split))).not.toContain('model-')
    expect(JSON.stringify(decided(policy({ payload }, { revealModels: true }), split))).toContain('model-3')
  })

  it('shows answers in an order that is drawn, scenario by scenario', () => {
    const orders = Array.from({ length: 400 }, (_, index) => {
      const decision = decided(policy({ payload: { $: '/candidates' } }), split, { scenarioId: `s${index}` })
      return decision.state === 'escalated' ? (decision.task.payload as string[]).join() : decision.state
    })
    const deFirst = orders.filter((order) => order === 'de,en').length
    expect(deFirst + orders.filter((order) => order === 'en,de').length).toBe(400)
    expect(deFirst).toBeGreaterThan(150)
    expect(deFirst).toBeLessThan(250)
  })

  it.each([
    [{ payload: { $: '/scenario/payload/nothing' } }, 'payload'],
    [{ payload: { a: [{ $: '/nowhere', required: true }] } }, 'payload.a[0]'],
    [{ requiredSkills: { $: '/candidates' } }, 'requiredSkills[0]'],
    [{ gold: { label: { $: '/scenario/gold', required: true } } }, 'gold.label'],
  ])('is refused if it cannot be made of %j, naming %s', (task, path) => {
    const decision = decided(policy(task), split)
    if (decision.state !== 'refused') throw new Error(decision.state)
    expect(decision.issues[0]?.path).toBe(path)
    expect(decision.reasons).toEqual(['disagreement'])
  })
})

it('A scenario of which a job was cancelled is decided by hand alone', () => {
  const cut: ScenarioResult = { model: 'm', state: 'cancelled', result: null, error: null }
  const given = [completed(1), cut]
  const when = [{ type: 'failure' }, { type: 'sample', seed: 1, probability: 1 }] as const
  expect(decided(when, given)).toEqual({ state: 'notDecided', reasons: [], probability: 0 })
  expect(decided(when, given, { byHand: true })).toMatchObject({ state: 'escalated', reasons: ['manual'] })
})

it('All reasons that hold are recorded, each once', () => {
  const when = [
    { type: 'score', at: '', below: 2 },
    { type: 'failure' },
    { type: 'disagreement', agreeOn: '' },
    { type: 'failure', of: 'any' },
  ] as const
  expect(decided(when, [completed(1), completed(2), failed()], { byHand: true }).reasons).toEqual([
    'disagreement',
    'failure',
    'score',
    'manual',
  ])
})

describe('A policy', () => {
  const ok = { when: [{ type: 'failure' }], task: { payload: {} } }
  it.each([
    [{ ...ok, when: [] }, 'when'],
    [{ ...ok, when: [{ type: 'quorum' }] }, 'when[0].type'],
    [{ ...ok, when: [{ type: 'failure', of: 'most' }] }, 'when[0].of'],
    [{ ...ok, when: [{ type: 'disagreement' }] }, 'when[0].agreeOn'],
    [{ ...ok, when: [{ type: 'disagreement', agreeOn: 'label' }] }, 'when[0].agreeOn'],
    [{ ...ok, when: [{ type: 'disagreement', agreeOn: '', minModels: 1 }] }, 'when[0].minModels'],
    [{ ...ok, when: [{ type: 'score', at: '/score' }] }, 'when[0].below'],
    [{ ...ok, when: [{ type: 'sample', seed: 1 }] }, 'when[0].probability'],
    [{ ...ok, when: [{ type: 'sample', seed: 1, probability: 0.5, count: 3 }] }, 'when[0].count'],
    [{ ...ok, when: [{ type: 'sample', seed: 1, probability: 0 }] }, 'when[0].probability'],
    [{ ...ok, when: [{ type: 'sample', count: 3 }] }, 'when[0].seed'],
    [{ ...ok, task: {} }, 'task.payload'],
    [{ ...ok, task: { payload: { a: { $: 'b' } } } }, 'task.payload.a.$'],
    [{ ...ok, task: { payload: [{ $: '/b', required: 1 }] } }, 'task.payload[0].required'],
    [{ ...ok, task: { payload: { $: '/b', default: 1 } } }, 'task.payload.default'],
    [{ ...ok, task: { payload: 1, priority: 1001 } }, 'task.priority'],
    [{ ...ok, limit: 0 }, 'limit'],
    [{ ...ok, modelNames: true }, 'modelNames'],
  ])('%j is refused, naming %s', (policy, path) => {
    expect(() => parse(escalationPolicy, policy)).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ path })] }),
    )
  })
})
