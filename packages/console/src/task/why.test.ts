import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, type Decided, lowered, phrase, type Reason, remediesOf, whySentence } from './why.ts'

const STEPS = [
  { stepId: 'annotate', stepType: 'annotation' },
  { stepId: 'check', stepType: 'review' },
  { stepId: 'settle', stepType: 'adjudication' },
]
const UNTIL = new Date(2026, 10, 29, 14, 5).toISOString()

const person = (displayName: string, ...reasons: Reason[]): Candidate => ({
  userId: displayName,
  displayName,
  status: reasons.some(({ code }) => code === 'inactive') ? 'away' : 'active',
  eligible: reasons.length === 0,
  reasons,
})

const decided = (candidates: readonly Candidate[], more: Partial<Decided> = {}): Decided => {
  const reasons: Record<string, number> = {}
  for (const { reasons: own } of candidates)
    for (const code of new Set(own.map((each) => each.code))) reasons[code] = (reasons[code] ?? 0) + 1
  const eligible = candidates.filter((each) => each.eligible).length
  return { requirements: [], considered: candidates.length, eligible, reasons, candidates, ...more }
}

const skill = (level: number, minLevel = 2): Reason => ({
  code: 'missingSkill',
  anyOf: ['da', 'nb'],
  minLevel,
  level,
})
const did = (stepId: string): Reason => ({ code: 'excludedByStep', stepId })
const FULL = { code: 'noFreeSlot' }

/** Each reason with what is said of it behind a name. */
const PHRASES: readonly (readonly [Reason, string])[] = [
  [{ code: 'inactive' }, 'is away'],
  [{ code: 'notMember' }, 'is no member'],
  [skill(0), 'has no da or nb'],
  [skill(1), 'is one level short in da or nb'],
  [skill(1, 4), 'is three levels short in da or nb'],
  [{ code: 'alreadyAssigned' }, 'has had it at this step'],
  [did('annotate'), 'annotated it'],
  [did('check'), 'reviewed it'],
  [did('settle'), 'decided it'],
  [did('gone'), 'did gone'],
  [{ code: 'rejectedBefore' }, 'skipped it'],
  [{ code: 'atLimit', live: 6, limit: 6 }, 'holds 6 of 6'],
  [{ code: 'qualityPaused', since: UNTIL, reason: 'manual' }, 'is paused here'],
  [{ code: 'notQualified', judged: 2, count: 5 }, 'has 2 of 5 first answers judged'],
  [{ code: 'coolingDown', until: UNTIL }, 'must wait until 14:05'],
  [{ code: 'reservedFor', until: UNTIL }, 'finds it kept for somebody until 14:05'],
  [FULL, 'finds every place taken'],
  [{ code: 'queuePaused' }, 'finds the queue paused'],
]

describe('the sentence of why', () => {
  it.each(PHRASES)('has words for %j', (reason, words) => {
    expect(phrase(reason, 'away', STEPS)).toBe(words)
  })

  it('says that somebody is suspended, and shows a reason that it does not know', () => {
    expect(phrase({ code: 'inactive' }, 'suspended', STEPS)).toBe('is suspended')
    expect(phrase({ code: 'fullMoon' }, 'active', STEPS)).toBe('fullMoon')
  })

  it('names those with the skills and what keeps each, then whoever is nearest of the others', () => {
    const people = [
      person('Ingrid', did('annotate')),
      person('Olena', did('check')),
      person('Tunde', { code: 'inactive' }),
      person('Jana', skill(1)),
      person('Ben', skill(0), { code: 'inactive' }),
    ]
    const requirements = [{ anyOf: ['da', 'nb'], minLevel: 2 }]
    expect(whySentence(decided(people, { requirements }), STEPS)).toBe(
      'Of the three who have da or nb at 2, Ingrid annotated it, Olena reviewed it and Tunde is away. Jana is one level short in da or nb.',
    )
  })

  it.each([
    [[], 'Nobody is there to ask: the project has no annotators.'],
    [[person('Ann')], 'Ann may take it.'],
    [[person('Ann'), person('Ben'), person('Cem', { code: 'inactive' })], 'Ann and Ben may take it.'],
    [['A', 'B', 'C', 'D', 'E', 'F'].map((name) => person(name)), 'A, B, C, D and two more may take it.'],
    [[person('Ann', { code: 'inactive' })], 'Ann is away.'],
    [[person('Ann', FULL), person('Ben', FULL)], 'Every place of it is taken.'],
    [[person('Ann', did('annotate'), FULL)], 'Every place of it is taken. Ann annotated it.'],
    [
      [person('Ann', { code: 'queuePaused' }), person('Ben', { code: 'inactive' }, { code: 'queuePaused' })],
      'The queue is paused. Then Ann may take it.',
    ],
    [
      [
        person('Ann', { code: 'coolingDown', until: UNTIL }),
        person('Ben', { code: 'coolingDown', until: UNTIL }),
      ],
      'It rests until 14:05. Then Ann and Ben may take it.',
    ],
    [
      [person('Ann', { code: 'reservedFor', until: UNTIL })],
      'It is kept until 14:05 for the person who had it. Then Ann may take it.',
    ],
    [
      [
        person('Ann', { code: 'inactive' }, { code: 'atLimit', live: 2, limit: 2 }),
        person('Ben', { code: 'inactive' }),
      ],
      'Of two people, Ann is away and holds 2 of 2 and Ben is away.',
    ],
  ])('is said of each mix', (people, sentence) => {
    expect(whySentence(decided(people), STEPS)).toBe(sentence)
  })

  it('says that nobody has the skills, and who is nearest', () => {
    const requirements = [
      { anyOf: ['da'], minLevel: 2 },
      { anyOf: ['law'], minLevel: 4 },
    ]
    const people = [person('Ann', { code: 'missingSkill', anyOf: ['law'], minLevel: 4, level: 3 })]
    expect(whySentence(decided(people, { requirements }), STEPS)).toBe(
      'Nobody has da at 2 and law at 4. Ann is one level short in law.',
    )
  })

  it('counts those whom it does not name', () => {
    const people = Array.from({ length: 9 }, (_, nth) => person(`P${nth}`, { code: 'inactive' }))
    expect(whySentence(decided(people), STEPS)).toBe(
      'Of nine people, P0 is away, P1 is away, P2 is away, P3 is away and five more cannot either.',
    )
  })

  it('is a sentence for every mix of reasons, and never says that somebody may who may not', () => {
    const reasons = fc.uniqueArray(fc.constantFrom(...PHRASES.map(([reason]) => reason)), { maxLength: 4 })
    const mixes = fc.array(reasons, { maxLength: 8 })
    fc.assert(
      fc.property(mixes, fc.boolean(), (mix, asks) => {
        const people = mix.map((own, nth) => person(`P${nth}`, ...own))
        const requirements = asks ? [{ anyOf: ['da', 'nb'], minLevel: 2 }] : []
        const sentence = whySentence(decided(people, { requirements }), STEPS)
        expect(sentence).toMatch(/^[A-Z].*\.$/)
        expect(sentence).not.toMatch(/ {2}|undefined|NaN|\[object/)
        const mayNot = people.length > 0 && !people.some(({ eligible }) => eligible)
        expect(mayNot && /^P\d (may|and)/.test(sentence)).toBe(false)
      }),
    )
  })
})

describe('what would change it', () => {
  const own = [{ anyOf: ['da', 'nb'], minLevel: 2 }]

  it('is offered only if the decision says whom it lets in', () => {
    const people = [person('Ann', did('annotate')), person('Ben', skill(1), { code: 'inactive' })]
    expect(remediesOf(decided(people), own, [], false)).toEqual([])
    expect(remediesOf(decided(people), own, [], true)).toEqual([{ kind: 'override', people: [people[0]] }])
  })

  it('lowers a skill of the task to the nearest who lack it, never one of the step', () => {
    const people = [
      person('Jana', skill(1)),
      person('Kim', skill(0)),
      person('Lou', skill(1), did('annotate')),
    ]
    expect(remediesOf(decided(people), own, [], false)).toEqual([
      { kind: 'lower', requirement: own[0], to: 1, people: [people[0]] },
    ])
    expect(remediesOf(decided(people), own, own, false)).toEqual([])
    expect(remediesOf(decided(people), [], own, false)).toEqual([])
    const none = [person('Kim', skill(0))]
    const [remedy] = remediesOf(decided(none), own, [], false)
    expect(remedy).toMatchObject({ kind: 'lower', to: 0, people: none })
  })

  it('gives it to whoever may, adds a member, and opens what is kept', () => {
    const people = [
      person('Ann'),
      person('Out', { code: 'notMember' }),
      person('Kept', { code: 'reservedFor', until: UNTIL }),
    ]
    expect(remediesOf(decided(people), [], [], false).map(({ kind }) => kind)).toEqual([
      'assign',
      'addMember',
      'endReservations',
    ])
  })

  it('leaves the other requirements as they are', () => {
    const [first, second] = [own[0] ?? { anyOf: [], minLevel: 1 }, { anyOf: ['x'], minLevel: 3 }]
    expect(lowered([first, second], first, 1)).toEqual([{ anyOf: ['da', 'nb'], minLevel: 1 }, second])
    expect(lowered([first, second], first, 0)).toEqual([second])
  })
})
